import { DatabaseSync } from "node:sqlite";

export interface LegacyRow {
  readonly from?: string;
  readonly to?: string;
  readonly content?: string;
  readonly data?: unknown;
  readonly at?: string;
  readonly file?: string;
  readonly read?: boolean;
}

/** A database with the tables of claude-ipc-mcp 2.0, which its program has open. */
export class LegacyStoreBench implements Disposable {
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(`
      CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, from_id TEXT NOT NULL,
        to_id TEXT NOT NULL, content TEXT NOT NULL, timestamp TEXT NOT NULL, data TEXT, summary TEXT,
        large_file_path TEXT, read_flag INTEGER DEFAULT 0);
      CREATE TABLE instances (instance_id TEXT PRIMARY KEY, last_seen TEXT NOT NULL);
      CREATE TABLE sessions (session_token_hash TEXT PRIMARY KEY, instance_id TEXT NOT NULL,
        created_at TEXT NOT NULL, expires_at TEXT NOT NULL);
      CREATE TABLE name_history (old_name TEXT PRIMARY KEY, new_name TEXT NOT NULL,
        changed_at TEXT NOT NULL);
    `);
  }

  message(row: LegacyRow): void {
    const { from = "fred", to = "barney", content = "hello", at = "2026-11-20T14:03:07.123456" } =
      row;
    this.#db.prepare(
      `INSERT INTO messages (from_id, to_id, content, timestamp, data, large_file_path, read_flag)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      from,
      to,
      content,
      at,
      row.data === undefined ? null : JSON.stringify(row.data),
      row.file ?? null,
      row.read ? 1 : 0,
    );
  }

  instance(name: string, seen = "2026-11-20T14:00:00"): void {
    this.#db.prepare("INSERT INTO instances VALUES (?, ?)").run(name, seen);
  }

  renamed(former: string, name: string, at: Date): void {
    this.#db.prepare("INSERT INTO name_history VALUES (?, ?, ?)").run(former, name, localTime(at));
  }

  begin(): void {
    this.#db.exec("BEGIN IMMEDIATE");
  }

  commit(): void {
    this.#db.exec("COMMIT");
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

/** As Python's `datetime.isoformat` writes it: no zone. */
function localTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return `${local.toISOString().replace("Z", "")}000`;
}
