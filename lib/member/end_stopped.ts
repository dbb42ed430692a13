import type { Endpoint } from "./endpoint_file.ts";

/**
 * Ends the process behind `endpoint` where it is certain that it is that very process and that it is
 * stopped (Linux: pid, start time and state of /proc agree). Returns whether it did: false where
 * that cannot be known, as on other systems, or across containers.
 */
export function endStopped({ pid, started }: Endpoint): boolean {
  const stat = processStat(pid);
  const same = started !== undefined && stat?.started === started;
  if (!same || (stat.state !== "T" && stat.state !== "t")) return false;
  try {
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false; // not ours to end, or gone by itself
  }
}

/** When this process started, in the words of the system; undefined where it does not tell. */
export function processStarted(pid: number): string | undefined {
  return processStat(pid)?.started;
}

/** Fields 3 and 22 of /proc/PID/stat (proc(5)); the name before them may hold anything. */
function processStat(pid: number): { state: string; started: string } | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, started] = [fields[0], fields[19]];
    return state === undefined || started === undefined ? undefined : { state, started };
  } catch {
    return undefined;
  }
}
