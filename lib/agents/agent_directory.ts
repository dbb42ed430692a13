/** Where the environment and the current directory come from; tests have their own. */
export interface Surroundings {
  env(name: string): string | undefined;
  cwd(): string;
}

const ownProcess: Surroundings = {
  env: (name) => Deno.env.get(name),
  cwd: () => Deno.cwd(),
};

/**
 * The directory in which an agent of the client `short` works: for Claude Code the one that it names
 * (`CLAUDE_PROJECT_DIR`: its servers may be started elsewhere), for all others the current directory.
 * The variable is heeded for Claude alone: an agent that Claude's shell started inherits it. A
 * current directory that no longer exists becomes `/`.
 */
export function agentDirectory(short: string, from: Surroundings = ownProcess): string {
  const named = short === "claude" ? from.env("CLAUDE_PROJECT_DIR") : undefined;
  if (named !== undefined && named !== "") return named;
  try {
    return from.cwd();
  } catch {
    return "/";
  }
}
