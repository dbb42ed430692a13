import type { Endpoint } from "./endpoint_file.ts";
import { processStat } from "./process_stat.ts";

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
