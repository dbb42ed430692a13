/** What a process takes, as Linux tells it. */
export interface ProcessCost {
  /** Memory that is its own at the moment, shared pages with it, in MiB. */
  readonly mb: number;
  /** Processor time so far, in hundredths of a second. */
  readonly ticks: number;
}

/** What it takes now; throws where there is no such process, or no Linux. */
export function processCost(pid: number): ProcessCost {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
  return {
    mb: Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024,
    ticks: Number(fields[11]) + Number(fields[12]),
  };
}
