import type { Endpoint } from "./endpoint_file.ts";
import { isStopped } from "./is_stopped.ts";

/** When this process started, in ms since 1970: tells it from a later one with its pid. */
export const ownStartMs = Math.round(performance.timeOrigin);

/**
 * Ends the process behind `endpoint` where it is certain that it is that very process and that it is
 * stopped: pid, start time and state agree by the word of `ps`. Returns whether it did; false where
 * that cannot be known, as across containers or where there is no such `ps`.
 */
export function endStopped(endpoint: Endpoint): boolean {
  if (!isStopped(endpoint)) return false;
  try {
    Deno.kill(endpoint.pid, "SIGKILL");
    return true;
  } catch {
    return false; // it is gone by itself, or not ours to end
  }
}
