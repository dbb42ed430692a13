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
  os = Deno.build.os,
  ps = askPs,
): "stopped" | "running" | "gone" | undefined {
  // A `ps` that is found on Windows is one of another world, and knows other processes.
  if (startMs === undefined || os === "windows") return undefined;
  try {
    const { state, start } = factsIn(ps(pid));
    if (Number.isNaN(start)) return undefined;
    // Z: it has ended, and its parent has not looked yet.
    if (Math.abs(start - startMs) > toleranceMs || state.startsWith("Z")) return "gone";
    return /^[Tt]/.test(state) ? "stopped" : "running";
  } catch {
    return undefined;
  }
}

/**
 * State and start as `ps` of Linux (procps) and macOS tells them, in the same words on all machines. A
 * list of columns with `=` in it is one column with a strange title for macOS: each has its own `-o`.
 */
function askPs(pid: number): string {
  const { stdout } = new Deno.Command("ps", {
    args: ["-o", "stat=", "-o", "lstart=", "-p", String(pid)],
    env: { LC_ALL: "C" },
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout);
}

function factsIn(line: string): { state: string; start: number } {
  const [state = "", ...start] = line.trim().split(/\s+/);
  return { state, start: Date.parse(start.join(" ")) };
}
