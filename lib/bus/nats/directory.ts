import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { Messages, Transaction } from "../../store/store.ts";
import { CopiedMailboxes, newBoxId } from "./copied_mailboxes.ts";
import type { MailCounts } from "./copied_mailboxes.ts";
import { CopiedOversight } from "./copied_oversight.ts";
import { CopiedRooms } from "./copied_rooms.ts";
import type { RoomIds } from "./copied_rooms.ts";
import { DirectoryCopy } from "./directory_copy.ts";
import type { DirectoryChange } from "./directory_copy.ts";
import { Following } from "./following.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import type { BoxRecord } from "./records.ts";
import type { Random } from "../../core/clock.ts";

/** What a rule of the hub works on here. */
export interface DirectoryView extends Omit<Transaction, "messages"> {
  /** Who takes another box queues again what it holds in the former one once that is done. */
  readonly messages: Pick<Messages, "requeue">;
}

export interface DirectoryOptions {
  /** This machine, as owners of boxes name it. */
  readonly machine: string;
  readonly random: Random;
}

const noMail: MailCounts = () => ({ accepted: 0, handed: 0 });

/**
 * Who has which name and is in which rooms: a copy of the directory's bucket, kept up by one ordered
 * watch, on which the rules of the hub run as they do on a store.
 */
export class Directory {
  readonly #link: Link;
  readonly #options: DirectoryOptions;
  readonly #copy = new DirectoryCopy();
  readonly #records: KeyedRecords<unknown>;
  readonly #following: Following;
  readonly #roomIds: RoomIds = { byKey: new Map(), keys: [] };
  readonly #listeners = new Set<(key: string) => void>();
  #heardTo = 0;
  readonly #waiting = new Set<() => void>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(link: Link, options: DirectoryOptions) {
    this.#link = link;
    this.#options = options;
    this.#records = new KeyedRecords(link, link.names.directory);
    const { stream, prefix } = this.#records;
    this.#following = new Following(link, {
      stream,
      filter: `${prefix}>`,
      from: () => this.#heardTo + 1,
      onReset: () => this.#reset(),
      onMessage: (subject, sequence, body) => {
        this.#heard(subject.slice(prefix.length), sequence, body);
        this.#heardTo = sequence;
        for (const fn of [...this.#waiting]) fn();
      },
    });
  }

  /** Resolves once all that lay on the server is in the copy. Rejects as `Link.run` does. */
  static async open(link: Link, options: DirectoryOptions): Promise<Directory> {
    const directory = new Directory(link, options);
    try {
      directory.#following.start();
      await directory.refresh();
      return directory;
    } catch (error) {
      directory.close();
      throw error;
    }
  }

  close(): void {
    this.#following.stop();
  }

  /** Brings in all that lay on the server when this was called. Rejects as `Link.run` does. */
  async refresh(): Promise<void> {
    const { stream, prefix } = this.#records;
    // Also a record that was deleted is the last one.
    const last = await this.#link.run(() =>
      this.#link.jsm.streams.getMessage(stream, { "last_by_subj": `${prefix}>` })
    );
    if (last !== null && last.seq > this.#heardTo) {
      this.#following.hurry();
      this.#following.expect(last.seq);
      await this.#link.run(() => this.#reached(last.seq));
    }
  }

  /** Calls `fn` with the key of each record that has changed; returns what takes that back. */
  onChange(fn: (key: string) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** A box as it lies there, or the one whose name took over its own. */
  box(id: number): BoxRecord | undefined {
    return this.#copy.box(this.#copy.living(id));
  }

  /** The id of the box that reads what lies in box `id`. */
  living(id: number): number {
    return this.#copy.living(id);
  }

  /** All boxes: also those that nobody's name leads to. */
  boxes(): number[] {
    return [...this.#copy.boxes()];
  }

  /** False for a box that lost its name to another one. */
  isNamed(id: number): boolean {
    return this.#copy.isNamed(id);
  }

  /** Another record of the directory, as it was heard of last. */
  get<T>(key: string): T | undefined {
    return this.#copy.get(key) as T | undefined;
  }

  /** Keys of records that begin so. */
  keys(prefix: string): string[] {
    return this.#copy.keys(prefix);
  }

  /** Keys of which only a note is left that their record is gone, with its sequence. */
  marks(): [key: string, sequence: number][] {
    return this.#copy.marks();
  }

  /** The server has no such note any more. */
  forgetMark(key: string): void {
    if (this.#copy.get(key) === undefined) this.#copy.missing(key);
  }

  /** What a rule finds in the copy: it changes nothing. */
  look<T>(work: (view: DirectoryView) => T, counts: MailCounts = noMail): T {
    return this.#copy.draft(() => work(this.#view([], counts))).result;
  }

  /**
   * Runs a rule that may change boxes, names and rooms, and writes what it changed by compare-and-set; where
   * another process was faster, it runs again on what that one wrote. Throws what the rule throws, and
   * rejects as `Link.run` does; then a part of it may be written that means nothing by itself.
   */
  transact<T>(work: (view: DirectoryView) => T, counts: MailCounts = noMail): Promise<T> {
    return this.#inTurn(async () => {
      const ids: number[] = [];
      for (let n = 0; n < limits.natsRounds; n++) {
        const { result, changes } = this.#draft(work, ids, counts);
        if (await this.#write(changes)) {
          await this.#removeUnused(ids);
          return result;
        }
      }
      throw new HustingsError(
        "store_busy",
        `Others changed the directory of the bus ${limits.natsRounds} times meanwhile, so nothing was changed: try again`,
      );
    });
  }

  /**
   * Changes one other record by what it is now; `change` returns the same object to leave it. It is called
   * again where another process was faster.
   */
  change<T>(key: string, change: (now: T | undefined) => T | undefined): Promise<T | undefined> {
    return this.transact(() => {
      const value = change(this.get<T>(key));
      this.#copy.put(key, value);
      return value;
    });
  }

  /** Nothing of what was heard of is there any more. */
  #reset(): void {
    this.#heardTo = 0;
    for (const key of this.#copy.clear()) for (const fn of this.#listeners) fn(key);
  }

  /** Resolves when the copy has all up to `sequence`. */
  #reached(sequence: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.#heardTo < sequence) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #view(ids: number[], counts: MailCounts): DirectoryView {
    let made = 0;
    const newId = () => ids[made++] ?? ids[ids.push(newBoxId(this.#options.random)) - 1]!;
    const { machine } = this.#options;
    const mailboxes = new CopiedMailboxes({ copy: this.#copy, machine, newId, counts });
    const rooms = new CopiedRooms(this.#copy, this.#roomIds);
    const oversight = new CopiedOversight(this.#copy, this.#link.clock);
    return { mailboxes, rooms, oversight, messages: { requeue: () => [] } };
  }

  #draft<T>(
    work: (view: DirectoryView) => T,
    ids: number[],
    counts: MailCounts,
  ): { result: T; changes: DirectoryChange[] } {
    const { result, changes } = this.#copy.draft(() => work(this.#view(ids, counts)));
    return { result, changes: changes.toSorted((a, b) => rank(a) - rank(b)) };
  }

  /** False where one of them was not as expected any more: what it is now is in the copy then. */
  async #write(changes: readonly DirectoryChange[]): Promise<boolean> {
    for (const { key, value, expected } of changes) {
      const repeatId = crypto.randomUUID();
      const options = { expected, repeatId };
      const sequence = value === undefined
        ? await this.#records.mark(key, options)
        : await this.#records.put(key, value, options);
      if (sequence === undefined) {
        await this.#lookUp(key);
        return false;
      }
      this.#learned(key, sequence, value);
    }
    return true;
  }

  async #lookUp(key: string): Promise<void> {
    const subject = this.#records.prefix + key;
    const found = await this.#link.run(() =>
      this.#link.jsm.streams.getMessage(this.#records.stream, { "last_by_subj": subject })
    );
    if (found === null) this.#copy.missing(key);
    else this.#heard(key, found.seq, found.data);
  }

  /** Boxes that were made in a round that was lost, and that no other round needed. */
  async #removeUnused(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      const key = `box.${id}`;
      if (this.#copy.get(key) === undefined || this.#copy.isNamed(id)) continue;
      await this.#write([{
        key,
        value: undefined,
        isNew: false,
        expected: this.#copy.sequence(key),
      }]);
    }
  }

  #heard(key: string, sequence: number, body: Uint8Array): void {
    const found = this.#records.read(this.#records.prefix + key, sequence, body);
    this.#learned(key, sequence, found?.record);
  }

  #learned(key: string, sequence: number, value: unknown): void {
    if (!this.#copy.heard(key, sequence, value)) return;
    for (const fn of this.#listeners) fn(key);
  }

  /** One after the other: two of one process at once would only make each other lose. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }
}

/**
 * The order in which changes are written, so that what is written of them when it ends half-way does no
 * harm: a box that no name leads to is nobody's; a name that leads to a box which is called otherwise forwards
 * to it; what is taken away comes last.
 */
function rank({ key, value, isNew }: DirectoryChange): number {
  // Whether a box may go is decided with it alone: its names go only once it has.
  if (value === undefined) return key.startsWith("box.") ? 4 : 5;
  // A room without anybody is not there; one that somebody is in and nobody has described is another one.
  if (key.startsWith("room.")) return -1;
  if (key.startsWith("box.")) return isNew ? 0 : 2;
  if (key.startsWith("name.")) return (value as { untilMs?: number }).untilMs === undefined ? 1 : 3;
  return 1;
}
