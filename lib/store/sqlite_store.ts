import { HustingsError } from "../core/errors.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import { atomically } from "./atomically.ts";
import { Database, isFull } from "./database.ts";
import { openDatabase } from "./open_database.ts";
import { behindMark } from "./fault_inside.ts";
import { storeIdentity } from "./store_identity.ts";
import type { Reserve } from "./reserve.ts";
import { salvage } from "./salvage.ts";
import type { Salvaged } from "./salvage.ts";
import { migrations } from "./schema.ts";
import { schemaChecksum } from "./schema_checksum.ts";
import { SqliteMailboxes } from "./sqlite_mailboxes.ts";
import { SqliteMessages } from "./sqlite_messages.ts";
import { SqliteOversight } from "./sqlite_oversight.ts";
import { SqliteRooms } from "./sqlite_rooms.ts";
import type { Outcome, Reign, Store, Transaction, Work } from "./store.ts";
import { readMark, writeMark } from "./store_mark.ts";
import type { StoreMark } from "./store_mark.ts";

type Claimant = Parameters<Store["claim"]>[0];

export interface SqliteStoreOptions {
  /** The space with which the store goes on when the disk is full. */
  readonly reserve?: Reserve;
  /** Where to note what the store holds, so that its loss is noticed. */
  readonly mark?: string;
}

/** The store on SQLite: WAL, and each commit flushed to the disk before it returns. */
export class SqliteStore implements Store {
  readonly #db: Database;
  readonly #path: string;
  /** The files under its name when it was opened. */
  readonly #identity: string;
  readonly #reserve: Reserve | undefined;
  readonly #mark: string | undefined;
  readonly #transaction: Transaction;
  /** The epoch that was claimed through this connection. */
  #claimed: number | undefined;
  /** Nothing was changed since the mark was written. */
  #isMarked = false;
  #schema: number | undefined;
  #isFull = false;
  #isDamaged = false;

  private constructor(db: Database, path: string, { reserve, mark }: SqliteStoreOptions) {
    this.#db = db;
    this.#path = path;
    this.#identity = storeIdentity(path);
    this.#reserve = reserve;
    this.#mark = mark;
    this.#transaction = {
      mailboxes: new SqliteMailboxes(db),
      messages: new SqliteMessages(db),
      rooms: new SqliteRooms(db),
      oversight: new SqliteOversight(db),
    };
  }

  /**
   * Opens the store at `path`, or makes it. Throws `store_damaged` when the file is not a store,
   * `version` when a newer build has changed its form, and `store_full` where the reserve is not
   * enough; the file stays as it is then.
   */
  static open(path: string, options: SqliteStoreOptions = {}): SqliteStore {
    const open = () => new SqliteStore(openDatabase(path), path, options);
    return options.reserve === undefined ? open() : options.reserve.lend(open, isFull);
  }

  claim(by: Claimant): number {
    const epoch = this.#draining(() => this.#raise(by));
    this.#claimed = epoch;
    this.#firstMark();
    return epoch;
  }

  claimOver(judged: number, by: Claimant): number | undefined {
    const epoch = this.#draining(() => this.reign().epoch === judged ? this.#raise(by) : undefined);
    this.#claimed = epoch;
    this.#firstMark();
    return epoch;
  }

  moved(epoch: number, port: number): void {
    this.#draining(() => {
      this.#checkEpoch(epoch);
      this.#isMarked = false;
      this.#db.run("UPDATE reign SET port = ?, commits = commits + 1", port);
      this.#noteReign();
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
      const before = this.#changes();
      const outcomes = works.map((work) => this.#one(work));
      // Counted, so that commits that got lost are missed.
      if (this.#changes() > before) {
        this.#isMarked = false;
        this.#db.run("UPDATE reign SET commits = commits + 1");
      }
      return outcomes;
    };
    if (!grows) return this.#noticing(() => this.#draining(body));
    return this.#noticing(() => {
      this.#makeRoom();
      return atomically(this.#db, body);
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

  warnings(nowMs: number): string[] {
    const notices = this.#db.all(
      "SELECT text FROM notices WHERE at_ms > ? ORDER BY id DESC LIMIT 5",
      nowMs - limits.noticeMs,
    );
    const said = notices.map((row) => String(row["text"]));
    return this.#isFull ? [fullError().message, ...said] : said;
  }

  keepMark(): void {
    if (this.#claimed !== undefined && !this.#isMarked) this.#writeMark({ clean: false });
  }

  close(): void {
    this.#lastMark();
    this.#db.close();
  }

  /** What shows that this is not the store of which `mark` speaks, or is missing commits; or undefined. */
  behind(mark: StoreMark): string | undefined {
    return behindMark(this.#db, mark);
  }

  /** Closes it and carries no log over: a connection that still reads keeps SQLite from doing so. */
  closeAsItIs(): void {
    const reader = new Database(this.#path, { readOnly: true });
    reader.run("BEGIN");
    reader.value("SELECT count(*) FROM sqlite_schema");
    this.#db.close();
    reader.close();
  }

  /** Takes what can be read of the damaged store at `path`, if any, into this one, which is empty. */
  takeOver(path: string | undefined, mark: StoreMark | undefined): Salvaged {
    return this.#draining(() => salvage(path, this.#db, mark));
  }

  /** Notes what the user has to be told. */
  notice(text: string, atMs: number): void {
    this.#draining(() =>
      this.#db.run("INSERT INTO notices (at_ms, text) VALUES (?, ?)", atMs, text)
    );
  }

  /**
   * Before the first commit that is acknowledged. The mark of a broker that died asks for no less than
   * this one would, so that a takeover leaves it to the next upkeep.
   */
  #firstMark(): void {
    const mark = this.#mark === undefined ? undefined : readMark(this.#mark);
    const stands = mark !== undefined && !mark.clean && mark.log && !mark.damaged;
    if (!stands) this.keepMark();
  }

  /**
   * Written before the end: should the log go missing between the two, that shows. Who closes the store
   * as the last one, without having claimed it, takes the log away.
   */
  #lastMark(): void {
    if (this.#mark === undefined || this.#isDamaged) return;
    if (this.#claimed !== undefined) return this.#writeMark({ clean: true });
    const mark = readMark(this.#mark);
    if (mark !== undefined) writeMark(this.#mark, { ...mark, log: false });
  }

  /** Not in the epoch of another broker: that one keeps the mark. */
  #writeMark({ clean }: { readonly clean: boolean }): void {
    if (this.#mark === undefined || this.#isDamaged) return;
    try {
      const reign = this.#db.get("SELECT epoch, commits FROM reign");
      const commits = Number(reign?.["commits"]);
      if (reign?.["epoch"] !== this.#claimed) return;
      const last = this.#db.value("SELECT seq FROM sqlite_sequence WHERE name = 'messages'");
      writeMark(this.#mark, {
        form: migrations.length,
        schema: this.#schema ??= schemaChecksum(this.#db),
        epoch: Number(reign?.["epoch"]),
        commits,
        lastMessage: Number(last ?? 0),
        clean,
        log: true,
        damaged: false,
      });
      this.#isMarked = true;
    } catch {
      // Whatever is wrong with the store shows where it is used: the older mark stays.
    }
  }

  /** What `body` returns; a full disk and a damaged page are noted, for who asks and who comes next. */
  #noticing<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      if (error instanceof HustingsError && error.code === "store_damaged") this.#noteDamage();
      throw error;
    }
  }

  #noteDamage(): void {
    this.#isDamaged = true;
    if (this.#mark === undefined) return;
    const none = { form: 0, schema: 0, epoch: 0, commits: 0, lastMessage: 0 };
    const mark = readMark(this.#mark) ?? { ...none, clean: false, log: false };
    writeMark(this.#mark, { ...mark, damaged: true });
  }

  #changes(): number {
    return Number(this.#db.value("SELECT total_changes()"));
  }

  #raise({ port, pid, atMs }: Claimant): number {
    this.#db.run(
      `UPDATE reign SET epoch = epoch + 1, commits = commits + 1, port = ?, pid = ?, since_ms = ?`,
      port,
      pid,
      atMs,
    );
    this.#noteReign();
    return this.reign().epoch;
  }

  /** The last reigns are kept for those who look on. */
  #noteReign(): void {
    this.#db.run(
      `INSERT OR REPLACE INTO reigns (epoch, port, pid, since_ms)
        SELECT epoch, port, pid, since_ms FROM reign`,
    );
    this.#db.run(
      "DELETE FROM reigns WHERE epoch <= (SELECT epoch FROM reign) - ?",
      limits.reigns,
    );
  }

  /** A transaction that has to succeed on a full disk: what is kept for it is freed then. */
  #draining<T>(body: () => T): T {
    if (this.#reserve === undefined) return atomically(this.#db, body);
    let isFirst = true;
    return this.#reserve.lend(() => {
      // In the space that was freed the log is carried over first, so that it begins anew in place.
      if (!isFirst) this.#carryOver();
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
    this.#isFull = !this.#reserve.hold() || !this.#isLogShort();
    if (this.#isFull) throw fullError();
  }

  /** False for a log that has grown because the disk does not take what it holds. */
  #isLogShort(): boolean {
    return sizeOf(`${this.#path}-wal`) <= limits.walBytes || this.#carryOver();
  }

  /** Carries the log over into the database; returns false where the disk does not take it. */
  #carryOver(): boolean {
    try {
      this.#db.get("PRAGMA wal_checkpoint(PASSIVE)");
      return true;
    } catch (error) {
      // Another connection that reads puts it off: that is no want of space.
      return !isFull(error);
    }
  }

  /** Inside the transaction, so that nobody can raise the epoch between this look and the commit. */
  #checkEpoch(epoch: number): void {
    // A store that was set aside belongs to nobody, whatever its epoch says.
    const isInPlace = storeIdentity(this.#path) === this.#identity;
    if (isInPlace && this.reign().epoch === epoch) return;
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
