import { runCommand } from "./run_command.ts";
import type { RunCommand } from "./run_command.ts";

/**
 * Which of these ports Windows keeps to itself, in ranges for Hyper-V, containers or WSL: nobody has them
 * and nobody can bind them. None on other systems, or where the system does not tell.
 */
export async function reservedPorts(
  ports: readonly number[],
  os = Deno.build.os,
  run: RunCommand = runCommand,
): Promise<Set<number>> {
  if (os !== "windows") return new Set();
  const words = ["interface", "ipv4", "show", "excludedportrange", "protocol=tcp"];
  const table = await run("netsh", ...words) ?? "";
  // The titles are in the system's language; a star marks a range that an administrator has made.
  const ranges = [...table.matchAll(/^\s*(\d+)\s+(\d+)\s*\*?\s*$/gm)]
    .map(([, first, last]) => ({ first: Number(first), last: Number(last) }));
  return new Set(
    ports.filter((port) => ranges.some(({ first, last }) => first <= port && port <= last)),
  );
}
