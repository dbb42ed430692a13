import { limits } from "../../core/limits.ts";
import { nameKey } from "../../core/names.ts";
import type { Directory } from "./directory.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import type { Presence } from "./presence.ts";
import type { BoxRecord, NameRecord } from "./records.ts";

export interface MendingOptions {
  readonly link: Link;
  readonly directory: Directory;
  readonly presence: Presence;
}

/** Sets right in a directory what a process left that ended half-way through a change, or without a word. */
export class Mending {
  readonly #options: MendingOptions;
  readonly #records: KeyedRecords<unknown>;

  constructor(options: MendingOptions) {
    this.#options = options;
    this.#records = new KeyedRecords(options.link, options.link.names.directory);
  }

  /** One round; to repeat it does no harm. Rejects as `Link.run` does. */
  async mend(nowMs: number): Promise<void> {
    const { directory, presence } = this.#options;
    // Whose process died without a word is missed by that, and its name is free then.
    await presence.look(directory.boxes());
    for (const key of directory.keys("name.").slice(0, limits.tidyMessages)) {
      if (this.#isAdrift(key)) await this.#settle(key, nowMs);
    }
    const lost = directory.boxes().filter((id) => this.#isLost(id, nowMs));
    for (const id of lost.slice(0, limits.tidyMessages)) await this.#find(id);
    await this.#forgetRooms();
    await this.#forgetMarks(nowMs);
  }

  /** It was led to a box that was not called so yet, and the one that did that went no further. */
  #isAdrift(key: string): boolean {
    const { directory } = this.#options;
    const found = directory.get<NameRecord>(key);
    if (found === undefined || found.untilMs !== undefined) return false;
    return `name.${nameKey(directory.box(found.box)?.name ?? "")}` !== key;
  }

  /** It forwards, for as long as a name does that was changed; to nothing it does not lead. */
  async #settle(key: string, nowMs: number): Promise<void> {
    const { directory } = this.#options;
    await directory.change<NameRecord>(key, (now) => {
      if (now === undefined || !this.#isAdrift(key)) return now;
      const isThere = directory.box(now.box) !== undefined;
      return isThere ? { box: now.box, untilMs: nowMs + limits.forwardMs } : undefined;
    });
  }

  /** No name leads to it, and nobody is about to lead one there. */
  #isLost(id: number, nowMs: number): boolean {
    const { directory, presence } = this.#options;
    const box = directory.box(id);
    if (box === undefined || directory.isNamed(id) || directory.living(id) !== id) return false;
    if (box.instance !== undefined && presence.isAlive(box.instance)) return false;
    return box.sinceMs <= nowMs - limits.tidyPauseMs;
  }

  /** Who has its name reads what lies in it; where nobody has that, it leads there again. */
  async #find(id: number): Promise<void> {
    const { directory } = this.#options;
    const name = directory.box(id)?.name;
    if (name === undefined) return;
    const heir = directory.look(({ mailboxes }) => mailboxes.byName(name)?.id);
    if (heir === undefined) {
      await directory.change<NameRecord>(`name.${nameKey(name)}`, () => ({ box: id }));
      return;
    }
    await directory.change<BoxRecord>(`box.${heir}`, (now) => {
      if (now === undefined || now.also?.includes(id)) return now;
      return { ...now, also: [...now.also ?? [], id] };
    });
    await directory.change(`box.${id}`, () => undefined);
  }

  /** Rooms with which nobody has anything to do any more. */
  async #forgetRooms(): Promise<void> {
    const { directory } = this.#options;
    const names = directory.look(({ rooms }) => rooms.all().map(({ name }) => nameKey(name)));
    const kept = new Set(names);
    for (const key of directory.keys("room.").slice(0, limits.tidyMessages)) {
      const isEmpty = () => !kept.has(key.slice("room.".length));
      if (isEmpty()) await directory.change(key, () => undefined);
    }
  }

  /** Notes that a record is gone, which all have heard by now. */
  async #forgetMarks(nowMs: number): Promise<void> {
    const { link, directory } = this.#options;
    for (const [key, sequence] of directory.marks().slice(0, limits.tidyMessages)) {
      const found = await link.run(() =>
        link.jsm.streams.getMessage(this.#records.stream, { seq: sequence })
      );
      if (found === null) directory.forgetMark(key);
      else if (found.time.getTime() <= nowMs - limits.keepMs) {
        await this.#records.remove(key, sequence);
        directory.forgetMark(key);
      }
    }
  }
}
