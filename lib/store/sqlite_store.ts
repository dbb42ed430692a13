import { HustingsError } from "../core/errors.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { Database } from "./database.ts";
import { applicationId, migrations } from "./schema.ts";
import { SqliteMailboxes } from "./sqlite_mailboxes.ts";
import { SqliteMessages } from "./sqlite_messages.ts";
import type { Outcome, Reign, Store, Transaction, Work } from "./store.ts";

type Claimant = Parameters<Store["claim"]>[0];

/** The store on SQLite: WAL, and each commit flushed to the disk before it returns. */
export class SqliteStore implements Store {
  readonly #db: Database;
  readonly #transaction: Transaction;

  private constructor(db: Database) {
    this.#db = db;
    this.#transaction = {
      mailboxes: new SqliteMailboxes(db),
      messages: new SqliteMessages(db),
    };
  }

  /**
   * Opens the store at `path`, or makes it. Throws `store_damaged` when the file is not a store,
   * and `version` when a newer build has changed its form; the file stays as it is then.
   */
  static open(path: string): SqliteStore {
    const db = new Database(path);
    try {
      recognise(db, path);
      configure(db);
      migrate(db);
      return new SqliteStore(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  claim(by: Claimant): number {
    return atomically(this.#db, () => this.#raise(by));
  }

  claimOver(judged: number, by: Claimant): number | undefined {
    return atomically(
      this.#db,
      () => this.reign().epoch === judged ? this.#raise(by) : undefined,
    );
  }

  moved(epoch: number, port: number): void {
    atomically(this.#db, () => {
      this.#checkEpoch(epoch);
      this.#db.run("UPDATE reign SET port = ?", port);
    });
  }

  reign(): Reign {
    const row = this.#db.get("SELECT epoch, port, pid FROM reign");
    if (row === undefined) throw new HustingsError("store_damaged", "The store has lost its epoch");
    return { epoch: Number(row["epoch"]), port: Number(row["port"]), pid: Number(row["pid"]) };
  }

  batch(epoch: number, works: readonly Work<unknown>[]): Outcome[] {
    return atomically(this.#db, () => {
      this.#checkEpoch(epoch);
      return works.map((work) => this.#one(work));
    });
  }

  instances(): string[] {
    const rows = this.#db.all(
      `SELECT instance FROM mailboxes WHERE instance IS NOT NULL
        UNION SELECT instance FROM deliveries WHERE state = 1`,
    );
    return rows.map((row) => String(row["instance"]));
  }

  sizeBytes(): number {
    const pages = this.#db.value("PRAGMA page_count");
    return Number(pages) * Number(this.#db.value("PRAGMA page_size"));
  }

  close(): void {
    this.#db.close();
  }

  #raise({ port, pid, atMs }: Claimant): number {
    this.#db.run(
      "UPDATE reign SET epoch = epoch + 1, port = ?, pid = ?, since_ms = ?",
      port,
      pid,
      atMs,
    );
    return this.reign().epoch;
  }

  /** Inside the transaction, so that nobody can raise the epoch between this look and the commit. */
  #checkEpoch(epoch: number): void {
    if (this.reign().epoch === epoch) return;
    throw new HustingsError("fenced", `Epoch ${epoch} is over: another broker has the store`);
  }

  #one(work: Work<unknown>): Outcome {
    this.#db.run("SAVEPOINT operation");
    try {
      const done = work(this.#transaction);
      this.#db.run("RELEASE operation");
      return { done };
    } catch (error) {
      if (error instanceof InvariantViolation || isStoreFault(error)) throw error;
      this.#db.run("ROLLBACK TO operation");
      this.#db.run("RELEASE operation");
      return { error };
    }
  }
}

function isStoreFault(error: unknown): boolean {
  return error instanceof HustingsError &&
    (error.code === "store_full" || error.code === "store_damaged");
}

/** Throws unless the file is empty or a store that this build knows: before anything is written to it. */
function recognise(db: Database, path: string): void {
  // Another connection can have the file only for the moment of its last commit; who has to wait for
  // longer tries again without holding up everything else meanwhile.
  db.get("PRAGMA busy_timeout = 50");
  const form = Number(db.value("PRAGMA user_version"));
  const mark = Number(db.value("PRAGMA application_id"));
  const isEmpty = mark === 0 && form === 0 && db.value("SELECT count(*) FROM sqlite_schema") === 0;
  if (mark !== applicationId && !isEmpty) {
    throw new HustingsError(
      "store_damaged",
      `'${path}' is a database of another program, so the bus does not touch it: move it away`,
    );
  }
  if (form <= migrations.length) return;
  throw new HustingsError(
    "version",
    `The store ${path} has form ${form}; this build knows forms up to ${migrations.length}: ` +
      "update hustings for this agent",
  );
}

/** Each setting as a prepared statement: only those tell a damaged file by its result code. */
function configure(db: Database): void {
  db.get("PRAGMA journal_mode = WAL");
  db.get("PRAGMA synchronous = FULL");
  // On macOS only these reach the disk itself (sqlite.org/pragma.html#pragma_fullfsync).
  db.get("PRAGMA fullfsync = 1");
  db.get("PRAGMA checkpoint_fullfsync = 1");
  db.get("PRAGMA foreign_keys = ON");
  db.get("PRAGMA journal_size_limit = 8388608");
}

function migrate(db: Database): void {
  const from = Number(db.value("PRAGMA user_version"));
  if (from === migrations.length) return;
  atomically(db, () => {
    // Another process may have taken the steps since.
    const taken = Number(db.value("PRAGMA user_version"));
    for (const step of migrations.slice(taken)) db.script(step);
    db.script(`PRAGMA application_id = ${applicationId}`);
    db.script(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** One transaction around `body`; undone when it throws. */
function atomically<T>(db: Database, body: () => T): T {
  db.run("BEGIN IMMEDIATE");
  try {
    const result = body();
    db.run("COMMIT");
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** SQLite may have rolled back by itself (a full disk): then there is nothing to roll back. */
function rollBack(db: Database): void {
  try {
    db.run("ROLLBACK");
  } catch {
    // The error that led here is the one to report.
  }
}
