/** Read while this process may read its environment; elsewhere it is not asked. */
const ownRoot = Deno.build.os === "windows" ? Deno.env.get("SystemRoot") : undefined;

/**
 * How a program that comes with the system is named to start it. On Windows by its whole path: a bare name
 * is looked for in the current directory first, which is that of somebody's project.
 */
export function systemProgram(name: string, os = Deno.build.os, root = ownRoot): string {
  return os === "windows" ? `${root ?? "C:\\Windows"}\\System32\\${name}.exe` : name;
}
