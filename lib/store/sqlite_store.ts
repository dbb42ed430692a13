import { HustingsError } from "../core/errors.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import { Database, isFull } from "./database.ts";
import type { Reserve } from "./reserve.ts";
import { applicationId, migrations } from "./schema.ts";
import { SqliteMailboxes } from "./sqlite_mailboxes.ts";
import { SqliteMessages } from "./sqlite_messages.ts";
import type { Outcome, Reign, Store, Transaction, Work } from "./store.ts";

type Claimant = Parameters<Store["claim"]>[0];

/** The store on SQLite: WAL, and each commit flushed to the disk before it returns. */
export class SqliteStore implements Store {
  readonly #db: Database;
  readonly #path: string;
  readonly #reserve: Reserve | undefined;
  readonly #transaction: Transaction;

  private constructor(db: Database, path: string, reserve: Reserve | undefined) {
    this.#db = db;
    this.#path = path;
    this.#reserve = reserve;
    this.#transaction = {
      mailboxes: new SqliteMailboxes(db),
      messages: new SqliteMessages(db),
    };
  }

  /**
   * Opens the store at `path`, or makes it; `reserve` is the space with which it goes on when the disk
   * is full. Throws `store_damaged` when the file is not a store, `version` when a newer build has
   * changed its form, and `store_full` where the reserve is not enough; the file stays as it is then.
   */
  static open(path: string, reserve?: Reserve): SqliteStore {
    const open = () => new SqliteStore(openDatabase(path), path, reserve);
    return reserve === undefined ? open() : reserve.lend(open, isFull);
  }

  claim(by: Claimant): number {
    return this.#draining(() => this.#raise(by));
  }

  claimOver(judged: number, by: Claimant): number | undefined {
    return this.#draining(() => this.reign().epoch === judged ? this.#raise(by) : undefined);
  }

  moved(epoch: number, port: number): void {
    this.#draining(() => {
      this.#checkEpoch(epoch);
      this.#db.run("UPDATE reign SET port = ?", port);
    });
  }

  reign(): Reign {
    const row = this.#db.get("SELECT epoch, port, pid FROM reign");
    if (row === undefined) throw new HustingsError("store_damaged", "The store has lost its epoch");
    return { epoch: Number(row["epoch"]), port: Number(row["port"]), pid: Number(row["pid"]) };
  }

  batch(
    epoch: number,
    works: readonly Work<unknown>[],
    { grows }: { readonly grows: boolean },
  ): Outcome[] {
    const body = () => {
      this.#checkEpoch(epoch);
      return works.map((work) => this.#one(work));
    };
    if (!grows) return this.#draining(body);
    this.#makeRoom();
    return atomically(this.#db, body);
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

  /** A transaction that has to succeed on a full disk: what is kept for it is freed then. */
  #draining<T>(body: () => T): T {
    if (this.#reserve === undefined) return atomically(this.#db, body);
    let isFirst = true;
    return this.#reserve.lend(() => {
      // In the space that was freed the log is carried over first, so that it begins anew in place.
      if (!isFirst) this.#carryOver("PASSIVE");
      isFirst = false;
      return atomically(this.#db, body);
    }, isFull);
  }

  /**
   * Throws `store_full` unless the space for acknowledgements is kept and enough for the log as it is.
   * Looking for it again at each new message is what ends a full disk without a restart.
   */
  #makeRoom(): void {
    if (this.#reserve === undefined) return;
    if (!this.#reserve.hold()) throw fullError();
    if (sizeOf(`${this.#path}-wal`) <= limits.walBytes) return;
    if (!this.#carryOver("TRUNCATE")) throw fullError();
  }

  /** Carries the log over into the database; returns false where the disk does not take it. */
  #carryOver(mode: "PASSIVE" | "TRUNCATE"): boolean {
    try {
      this.#db.get(`PRAGMA wal_checkpoint(${mode})`);
      return true;
    } catch (error) {
      // Another connection that reads puts it off: that is no want of space.
      return !isFull(error);
    }
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

function openDatabase(path: string): Database {
  const db = new Database(path);
  try {
    recognise(db, path);
    configure(db);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function fullError(): HustingsError {
  return new HustingsError(
    "store_full",
    "The disk is full, so no new message is taken; what was sent before is safe and can be read: " +
      "free some space and send it again",
  );
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function isStoreFault(error: unknown): boolean {
  return error instanceof HustingsError &&
    (error.code === "store_full" || error.code === "store_damaged");
}

/** Throws unless the file is empty or a store that this build knows: before anything is written to it. */
function recognise(db: Database, path: string): void {
  // Another connection can have the file only for the moment of its last commit.
  db.get("PRAGMA busy_timeout = 500");
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
  db.get(`PRAGMA wal_autocheckpoint = ${limits.walPages}`);
  db.get(`PRAGMA journal_size_limit = ${limits.walBytes}`);
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
