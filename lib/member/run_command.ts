import { limits } from "../core/limits.ts";
import { systemProgram } from "./system_program.ts";

/** Runs a command of the system; gives what it printed, or undefined where it does not tell. */
export type RunCommand = (command: string, ...args: string[]) => Promise<string | undefined>;

/**
 * Runs a command of the system for what it knows, in English. Undefined, never an error, where there
 * is no such command or it takes longer than `limits.commandMs`, after which it is ended.
 */
export const runCommand: RunCommand = async (command, ...args) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const options = { args, env: { LC_ALL: "C" }, stdin: "null", stderr: "null" } as const;
    const child = new Deno.Command(systemProgram(command), { ...options, stdout: "piped" }).spawn();
    // One that hangs in the system does not even end by this: nobody waits for it.
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        child.kill("SIGKILL");
        resolve(undefined);
      }, limits.commandMs);
    });
    const output = await Promise.race([child.output(), late]);
    return output && new TextDecoder().decode(output.stdout);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
};
