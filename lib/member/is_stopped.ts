import type { Endpoint } from "./endpoint_file.ts";
import { processState } from "./process_state.ts";

/**
 * Whether the process behind `endpoint` is stopped. False also where another process has its pid by
 * now; undefined where that cannot be known, as across containers or where there is no such `ps`.
 */
export function isStopped(endpoint: Endpoint): boolean | undefined {
  const state = processState(endpoint);
  return state && state === "stopped";
}
