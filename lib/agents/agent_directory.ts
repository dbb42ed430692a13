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
 *
 * It is told in one way, as agents that work in one place have to be seen to: behind all links (`/tmp` is
 * one on macOS), and on Windows with backslashes and a drive in capitals.
 */
export function agentDirectory(
  short: string,
  from: Surroundings = ownProcess,
  os = Deno.build.os,
): string {
  const named = short === "claude" ? from.env("CLAUDE_PROJECT_DIR") : undefined;
  if (named !== undefined && named !== "") return real(named, os);
  try {
    return real(from.cwd(), os);
  } catch {
    return "/";
  }
}

function real(path: string, os: typeof Deno.build.os): string {
  let found = path;
  try {
    found = Deno.realPathSync(path);
  } catch {
    // One that is not there has no other way to be told.
  }
  if (os !== "windows") return found;
  return found.replaceAll("/", "\\").replace(/^[a-z]:/, (drive) => drive.toUpperCase());
}
