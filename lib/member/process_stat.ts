/** What the system tells about a process. */
export interface ProcessStat {
  /** One letter of proc(5): `T` and `t` are stopped. */
  readonly state: string;
  /** When it started, in the words of the system. */
  readonly started: string;
}

/** State and start of a process: fields 3 and 22 of /proc/PID/stat; undefined where the system does not tell. */
export function processStat(pid: number): ProcessStat | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name of the program, before these fields, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, started] = [fields[0], fields[19]];
    return state === undefined || started === undefined ? undefined : { state, started };
  } catch {
    return undefined;
  }
}
