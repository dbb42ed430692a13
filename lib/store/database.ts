import type { SQLInputValue, StatementSync } from "node:sqlite";
import { DatabaseSync } from "node:sqlite";
import { HustingsError } from "../core/errors.ts";

export type Row = Record<string, unknown>;

/** One SQLite file: statements are prepared once, and its errors carry our codes. */
export class Database {
  readonly #file: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  /** Opens the file at `path`, or makes it unless it is only to be read. Throws where it cannot be. */
  constructor(path: string, options: { readonly readOnly?: boolean } = {}) {
    this.#file = new DatabaseSync(path, options);
    // Deno waits five seconds for the lock where a file is only read: a takeover waits for no reader.
    if (options.readOnly) this.#file.exec("PRAGMA busy_timeout = 50");
  }

  /** Several statements without parameters; for the schema and pragmas. Its errors have no code. */
  script(sql: string): void {
    this.#translated(() => this.#file.exec(sql));
  }

  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number } {
    const result = this.#translated(() => this.#statement(sql).run(...values));
    return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#translated(() => this.#statement(sql).get(...values)) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#translated(() => this.#statement(sql).all(...values)) as Row[];
  }

  /** The one value of a pragma or of a query with one column. */
  value(sql: string, ...values: SQLInputValue[]): unknown {
    return Object.values(this.get(sql, ...values) ?? {})[0];
  }

  close(): void {
    this.#prepared.clear();
    this.#file.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#file.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }

  #translated<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw translate(error);
    }
  }
}

/** True for "another connection has the file": SQLITE_BUSY, by its primary result code. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === 5;
}

/** True for a disk that took no write. */
export function isFull(error: unknown): boolean {
  return error instanceof HustingsError && error.code === "store_full";
}

/**
 * True for what a database says that is not as this program wrote it: 1 error (a table is missing),
 * 11 corrupt, 19 constraint, 20 mismatch, 24 format, 26 not a database.
 */
export function isDamage(error: unknown): boolean {
  if (error instanceof HustingsError && error.code === "store_damaged") return true;
  return [1, 11, 19, 20, 24, 26].includes(resultCode(error) ?? 0);
}

/** The primary result code; a file that ends within a page (522, an I/O error for SQLite) is corrupt. */
function resultCode(error: unknown): number | undefined {
  const cause = error instanceof HustingsError ? error.cause : error;
  const code = (cause as { errcode?: unknown } | undefined)?.errcode;
  if (typeof code !== "number") return undefined;
  return code === 522 ? 11 : code & 0xff;
}

/** SQLite's result codes: 5 busy, 10 I/O error, 11 corrupt, 13 full, 26 not a database (sqlite.org/rescode.html). */
function translate(error: unknown): unknown {
  const cause = { cause: error };
  switch (resultCode(error)) {
    case 5:
      return new HustingsError(
        "store_busy",
        "Another process keeps the message store to itself: it may be stopped in the middle of a " +
          "commit. Nothing was changed; 'hustings status' names the broker",
        cause,
      );
    case 10:
      return new HustingsError(
        "store_full",
        "The disk refused to read or write; nothing was changed, and what was sent before is safe",
        cause,
      );
    case 13:
      return new HustingsError(
        "store_full",
        "The disk is full, so nothing was changed; what was sent before is safe and can be read: " +
          "free some space and try again",
        cause,
      );
    case 11:
    case 26:
      return new HustingsError("store_damaged", "The message store is damaged on disk", cause);
    default:
      return error;
  }
}
