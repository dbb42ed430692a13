import type { Programs } from "./programs.ts";

/** What a row of the table may use. */
export interface Context {
  /** Few repetitions, to see that the benchmark itself works; its figures say little. */
  readonly quick: boolean;
  /** In the forms that are there: from source, and compiled where `--binaries` names them. */
  readonly programs: readonly Programs[];
  /** The unmodified broker of claude-ipc-mcp, `claude_ipc_server.py`, where `--legacy` names it. */
  readonly legacy?: string;
  /** Tells the person who waits what is being done. */
  note(text: string): void;
}
