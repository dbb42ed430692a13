import type { Endpoint } from "./endpoint_file.ts";

/** Start times are told in whole seconds, and the two sources of one may differ a little. */
const toleranceMs = 3_000;

/**
 * What the process behind `endpoint` does, by the word of `ps`: pid and start time have to agree.
 * "gone" where it has ended, or another one has its pid by now; undefined where that cannot be known, as across
 * containers or where there is no such `ps`.
 */
export function processState(
  { pid, startMs }: Endpoint,
): "stopped" | "running" | "gone" | undefined {
  if (startMs === undefined) return undefined;
  try {
    const { state, start } = processFacts(pid);
    if (Number.isNaN(start)) return undefined;
    // Z: it has ended, and its parent has not looked yet.
    if (Math.abs(start - startMs) > toleranceMs || state.startsWith("Z")) return "gone";
    return /^[Tt]/.test(state) ? "stopped" : "running";
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
