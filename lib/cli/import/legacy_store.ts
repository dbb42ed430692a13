import { DatabaseSync } from "node:sqlite";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** An unread message of claude-ipc-mcp. */
export interface LegacyMessage {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  /** Local time without a zone, as ISO 8601. */
  readonly timestamp: string;
  readonly content: string;
  /** What came with it, as JSON. */
  readonly data: string | undefined;
  /** Where the whole of a longer text lies. */
  readonly largeFile: string | undefined;
}

export interface LegacyInstance {
  readonly name: string;
  /** NaN where it cannot be told. */
  readonly seenMs: number;
}

export interface LegacyRename {
  readonly former: string;
  readonly name: string;
  readonly atMs: number;
}

type Row = Record<string, unknown>;

/** The database of claude-ipc-mcp. It is only read, and its program may go on using it meanwhile. */
export class LegacyStore implements Disposable {
  readonly #file: DatabaseSync;
  readonly #path: string;

  /** Throws `bad_request` where `path` is no such database, or cannot be read. */
  constructor(path: string) {
    this.#path = path;
    this.#file = this.#explained(() => new DatabaseSync(path, { readOnly: true }));
    try {
      this.#all(`PRAGMA busy_timeout = ${limits.importBusyMs}`);
      this.#all("SELECT id, from_id, to_id, content, timestamp, read_flag FROM messages LIMIT 1");
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** The next unread messages with ids above `after`, oldest first, `limits.importedMessages` at most. */
  unread(after: number): LegacyMessage[] {
    const rows = this.#all(
      "SELECT * FROM messages WHERE read_flag = 0 AND id > ? ORDER BY id LIMIT ?",
      after,
      limits.importedMessages,
    );
    return rows.map((row) => ({
      id: Number(row["id"]),
      from: textOf(row["from_id"]) ?? "",
      to: textOf(row["to_id"]) ?? "",
      timestamp: textOf(row["timestamp"]) ?? "",
      content: textOf(row["content"]) ?? "",
      data: textOf(row["data"]),
      largeFile: textOf(row["large_file_path"]),
    }));
  }

  instances(): LegacyInstance[] {
    if (!this.#has("instances")) return [];
    return this.#all("SELECT instance_id, last_seen FROM instances ORDER BY instance_id").map(
      (row) => ({ name: textOf(row["instance_id"]) ?? "", seenMs: timeOf(row["last_seen"]) }),
    );
  }

  /** Oldest first. */
  renames(): LegacyRename[] {
    if (!this.#has("name_history")) return [];
    const rows = this.#all("SELECT old_name, new_name, changed_at FROM name_history");
    return rows.map((row) => ({
      former: textOf(row["old_name"]) ?? "",
      name: textOf(row["new_name"]) ?? "",
      atMs: timeOf(row["changed_at"]),
    })).sort((one, other) => one.atMs - other.atMs);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  #has(table: string): boolean {
    const sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    return this.#all(sql, table).length > 0;
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return this.#explained(() => this.#file.prepare(sql).all(...values) as Row[]);
  }

  #explained<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new HustingsError(
        "bad_request",
        `'${this.#path}' cannot be read as a database of claude-ipc-mcp (${why}): name its messages.db`,
        { cause },
      );
    }
  }
}

function textOf(value: unknown): string | undefined {
  return value === null || value === undefined || value === "" ? undefined : String(value);
}

/** A time without a zone is local, in either form of ISO 8601. */
function timeOf(value: unknown): number {
  return Date.parse(String(value).replace(" ", "T"));
}
