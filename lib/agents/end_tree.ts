import { runCommand } from "../member/run_command.ts";
import type { RunCommand } from "../member/run_command.ts";

/** A process that was started as the first of a group of its own. */
export interface Tree {
  readonly pid: number;
  kill(signal: Deno.Signal): void;
}

/** What the platform does; tests have their own. */
export interface Ending {
  readonly os: typeof Deno.build.os;
  readonly run: RunCommand;
  killGroup(pid: number): void;
}

const thisMachine: Ending = {
  os: Deno.build.os,
  run: runCommand,
  killGroup: (pid) => Deno.kill(-pid, "SIGKILL"),
};

/**
 * Ends a process and all that it has started. Windows knows no groups: its own command follows who started
 * whom, for which the first process has to be there still; where it does not end that, this does. Never
 * rejects.
 */
export async function endTree(tree: Tree, by: Ending = thisMachine): Promise<void> {
  try {
    if (by.os !== "windows") return by.killGroup(tree.pid);
    await by.run("taskkill", "/T", "/F", "/PID", String(tree.pid));
    tree.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}
