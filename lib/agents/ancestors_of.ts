import { limits } from "../core/limits.ts";
import { runCommand } from "../member/run_command.ts";
import type { RunCommand } from "../member/run_command.ts";

/**
 * The processes from which process `pid` descends, itself first, by one call of `ps`; empty where the
 * system does not tell, as on Windows.
 */
export async function ancestorsOf(
  pid: number,
  os = Deno.build.os,
  run: RunCommand = runCommand,
): Promise<number[]> {
  // Each column for itself: `pid=,ppid=` is one column with the title `,ppid=` for macOS, by POSIX.
  const table = os === "windows" ? undefined : await run("ps", "-A", "-o", "pid=", "-o", "ppid=");
  if (table === undefined) return [];
  const parents = new Map(
    table.split("\n").map((line) => line.trim().split(/\s+/).map(Number) as [number, number]),
  );
  const line: number[] = [];
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
    if (line.length === limits.ancestors || line.includes(at)) break;
    line.push(at);
  }
  return line;
}
