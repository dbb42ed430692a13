import { withoutMark } from "./without_mark.ts";

/** One way to start this program that a configuration file names. */
export interface ServerEntry {
  /** The program and what follows it. */
  readonly command: readonly string[];
}

/**
 * The entries of `hustings` in the text of a client's configuration: JSON, or Codex's TOML. Undefined
 * where the text has not the form that it should have.
 */
export function findServerEntries(path: string, text: string): ServerEntry[] | undefined {
  if (path.endsWith(".toml")) return tomlEntries(text);
  try {
    return jsonEntries(JSON.parse(withoutMark(text)));
  } catch {
    return undefined;
  }
}

/** Under `mcpServers` (opencode: `mcp`) at any depth: Claude Code has such lists per project too. */
function jsonEntries(value: unknown): ServerEntry[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const isList = key === "mcpServers" || key === "mcp";
    if (!isList || typeof below !== "object" || below === null) return jsonEntries(below);
    return Object.entries(below).flatMap(([name, server]) => entryOf(name, server));
  });
}

function entryOf(name: string, server: unknown): ServerEntry[] {
  const { command, args } = (server ?? {}) as { command?: unknown; args?: unknown };
  const words = [command, args].flat().filter((word) => typeof word === "string");
  const isOurs = name.toLowerCase().includes("hustings") || words.some(namesUs);
  return isOurs && words.length > 0 ? [{ command: words }] : [];
}

function namesUs(word: string): boolean {
  return /(^|[\\/])hustings(\.exe)?$/i.test(word);
}

/** The tables `[mcp_servers.NAME]`, of which only command and arguments are read. */
function tomlEntries(text: string): ServerEntry[] {
  return text.split(/^(?=\s*\[)/m).flatMap((table) => {
    const name = /^\s*\[mcp_servers\.("?)([^\]"]+)\1\]/.exec(table)?.[2];
    const command = tomlStrings(/^\s*command\s*=\s*(.+)$/m.exec(table)?.[1] ?? "");
    if (name === undefined || command.length === 0) return [];
    const args = tomlStrings(/^\s*args\s*=\s*\[([^\]]*)\]/m.exec(table)?.[1] ?? "");
    return entryOf(name, { command, args });
  });
}

/** The strings of a line, quoted in either way of TOML; of the escapes only the two of Windows' paths. */
function tomlStrings(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)].map(([, basic, literal]) =>
    literal ?? basic!.replace(/\\(["\\])/g, "$1")
  );
}
