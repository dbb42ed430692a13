import type { Endpoint } from "./endpoint_file.ts";

/** Start times are told in whole seconds, and the two sources of one may differ a little. */
const toleranceMs = 3_000;

/**
 * Whether the process behind `endpoint` is stopped: pid, start time and state by the word of `ps`.
 * False where another process has its pid by now; undefined where that cannot be known, as across
 * containers or where there is no such `ps`.
 */
export function isStopped({ pid, startMs }: Endpoint): boolean | undefined {
  if (startMs === undefined) return undefined;
  try {
    const { state, start } = processFacts(pid);
    if (Number.isNaN(start)) return undefined;
    return Math.abs(start - startMs) <= toleranceMs && /^[Tt]/.test(state);
  } catch {
    return undefined;
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
