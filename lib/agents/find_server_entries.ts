import type { ClientFile } from "./install/client_places.ts";
import { editors } from "./install/editors.ts";
import { startsUs } from "./install/own_words.ts";
import { commandOf } from "./install/server_entry.ts";
import { ConfigFault, isObject } from "./install/text_editor.ts";

/** One way to start this program that a configuration file names. */
export interface ServerEntry {
  /** The program and what follows it. */
  readonly command: readonly string[];
}

/** What the clients call their lists of servers. */
const lists = ["mcpServers", "mcp_servers", "servers", "mcp", "context_servers", "extensions"];

/**
 * The entries that start this program, or are called like it, in the text of a client's configuration.
 * Claude Code has such lists per project too, so they are looked for at any depth. A string says why the
 * text cannot be read.
 */
export function findServerEntries(
  format: ClientFile["format"],
  text: string,
): ServerEntry[] | string {
  try {
    return entriesIn(editors[format].parse(text));
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error;
    const { place, message } = error;
    return place === undefined
      ? message
      : `${message} (line ${place.line}, column ${place.column})`;
  }
}

function entriesIn(value: unknown): ServerEntry[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    if (!lists.includes(key) || !isObject(below)) return entriesIn(below);
    return Object.entries(below).flatMap(([name, server]) => entryOf(name, server));
  });
}

function entryOf(name: string, server: unknown): ServerEntry[] {
  const command = commandOf(server);
  const isOurs = name.toLowerCase().includes("hustings") || startsUs(command);
  return isOurs && command.length > 0 ? [{ command }] : [];
}
