import type { Endpoint } from "./endpoint_file.ts";

/** Start times are told in whole seconds, and the two sources of one may differ a little. */
const toleranceMs = 3_000;

/** When this process started, in ms since 1970: tells it from a later one with its pid. */
export const ownStartMs = Math.round(performance.timeOrigin);

/**
 * Ends the process behind `endpoint` where it is certain that it is that very process and that it is
 * stopped: pid, start time and state agree by the word of `ps`. Returns whether it did; false where
 * that cannot be known, as across containers or where there is no such `ps`.
 */
export function endStopped({ pid, startMs }: Endpoint): boolean {
  if (startMs === undefined) return false;
  try {
    const { state, start } = processFacts(pid);
    const same = Math.abs(start - startMs) <= toleranceMs;
    if (!same || !/^[Tt]/.test(state)) return false;
    Deno.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false; // no such process any more, no `ps`, or not ours to end
  }
}

/** State and start as `ps` of Linux (procps) and macOS tells them, in the same words on all machines. */
function processFacts(pid: number): { state: string; start: number } {
  const { stdout } = new Deno.Command("ps", {
    args: ["-o", "stat=", "-o", "lstart=", "-p", String(pid)],
    env: { LC_ALL: "C" },
    stderr: "null",
  }).outputSync();
  const [state = "", ...start] = new TextDecoder().decode(stdout).trim().split(/\s+/);
  return { state, start: Date.parse(start.join(" ")) };
}
