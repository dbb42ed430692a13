import { HustingsProcess } from "./hustings_process.ts";
import type { RunOptions } from "./hustings_process.ts";

/** Why a test that needs `script` of util-linux does not run here; undefined where it is there. */
export const noTerminal = await whyNot();

async function whyNot(): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command("script", { args: ["--version"] }).output();
    if (new TextDecoder().decode(stdout).includes("util-linux")) return undefined;
    return "'script' is not that of util-linux";
  } catch {
    return "there is no 'script'";
  }
}

/** A title of a test, with the reason where it is skipped. */
export function titled(name: string, skipped: string | undefined): string {
  return skipped === undefined ? name : `${name} (skipped: ${skipped})`;
}

/**
 * Runs the program with a pseudo-terminal as its stdin, stdout and stderr. Resolves with its exit code and
 * with all that the terminal was written, with `\n` for the line ends that a terminal makes of them.
 */
export async function onTerminal(
  bus: HustingsProcess,
  args: readonly string[],
  options: RunOptions & { readonly redirect?: string } = {},
): Promise<{ code: number; shown: string }> {
  const { env, directory, redirect = "" } = options;
  const words = [...bus.command(), ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const { code, stdout } = await new Deno.Command("script", {
    args: ["-qec", `${words.join(" ")} ${redirect}`, "/dev/null"],
    cwd: directory ?? bus.shop,
    env: { ...bus.environment(), TERM: "xterm", SHELL: "/bin/sh", ...env },
    stdin: "null",
    stderr: "null",
  }).output();
  return { code, shown: new TextDecoder().decode(stdout).replaceAll("\r\n", "\n") };
}
