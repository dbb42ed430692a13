import { limits } from "../../core/limits.ts";
import { inWindows } from "./in_windows.ts";
import type { Keyed, KeyedRecords } from "./keyed_records.ts";
import { readMailKey } from "./mail_keys.ts";
import type { DeliveryKey } from "./mail_keys.ts";
import type { OpenRecord } from "./records.ts";

/** One delivery that was not read, as far as it is known here. */
export interface Queued extends DeliveryKey {
  readonly key: string;
  /** Undefined until somebody wanted to know more than that it is there. */
  readonly found: { readonly sequence: number; readonly record: OpenRecord } | undefined;
}

/** One of which more is known than that it is there. */
export type Known = Queued & { readonly found: NonNullable<Queued["found"]> };

/**
 * What lies unread in one box, as this process knows it. The server decides: each change is compared
 * with what it was made from, so that what is outdated here only costs a second look.
 */
export class Queue {
  readonly #records: KeyedRecords<OpenRecord>;
  readonly #onFound: (sequence: number) => void;
  readonly box: number;
  readonly #entries = new Map<string, Queued>();
  /** The last ones that were read or taken away: what is heard of them late is of before. */
  readonly #gone = new Set<string>();
  /** All that was queued up to this sequence is known; undefined before the first look. */
  #knownTo: number | undefined;

  /** `onFound` is called with the sequence of each change that was asked for before it was told. */
  constructor(
    records: KeyedRecords<OpenRecord>,
    box: number,
    onFound: (sequence: number) => void,
  ) {
    this.#records = records;
    this.box = box;
    this.#onFound = onFound;
  }

  /** What its keys have in common. */
  get filter(): string {
    return `open.${this.box}.>`;
  }

  /** From which sequence on its changes are news here. */
  get newsFrom(): number {
    return (this.#knownTo ?? 0) + 1;
  }

  /** Brings in all that was queued before this was called. */
  async refresh(): Promise<void> {
    for (let n = 0; n < limits.natsSingleChanges && this.#knownTo !== undefined; n++) {
      const next = await this.#records.next(this.filter, this.#knownTo + 1);
      if (next === undefined) return;
      this.heard(next);
      this.#onFound(next.sequence);
    }
    await this.list();
  }

  /** What was heard of last is lost on the server: the next look is at all that is there. */
  reset(): void {
    this.#knownTo = undefined;
  }

  /** Looks all of it up anew, so that what others have read goes. */
  async list(): Promise<void> {
    const { keys, last } = await this.#records.keys(this.filter);
    const there = new Set(keys);
    for (const [key, { found }] of this.#entries) {
      // What came while it was looked up is known better than by the list.
      if ((found?.sequence ?? 0) > last) continue;
      if (there.has(key)) this.#set(key, undefined);
      else this.#entries.delete(key);
    }
    for (const key of keys) {
      if (!this.#entries.has(key) && !this.#gone.has(key)) this.#set(key, undefined);
    }
    this.#knownTo = Math.max(this.#knownTo ?? 0, last);
  }

  /** Takes note of the next change; they come in the order in which they were made. */
  heard(change: Keyed<OpenRecord>): void {
    this.#knownTo = Math.max(this.#knownTo ?? 0, change.sequence);
    this.learned(change);
  }

  /** Takes note of how one of them is, whatever was changed before. */
  learned({ key, sequence, record }: Keyed<OpenRecord>): void {
    if (this.#gone.has(key)) return;
    const known = this.#entries.get(key)?.found;
    if (known === undefined || known.sequence < sequence) this.#set(key, { sequence, record });
  }

  /** It is there no more. */
  gone(key: string): void {
    this.#entries.delete(key);
    this.#gone.add(key);
    const [oldest] = this.#gone;
    if (this.#gone.size > limits.natsGoneKeys) this.#gone.delete(oldest!);
  }

  /** What is queued or handed, the oldest message first. */
  all(): Queued[] {
    return [...this.#entries.values()].sort((a, b) => a.message - b.message);
  }

  /** These, with what is known of each; those that are gone by now are left out. */
  async known(entries: readonly Queued[]): Promise<Known[]> {
    const all = await inWindows(entries, async (entry) => {
      if (entry.found !== undefined) return { ...entry, found: entry.found };
      const found = await this.#records.get(entry.key);
      if (found === undefined) return void this.gone(entry.key);
      this.learned(found);
      return { ...entry, found: { sequence: found.sequence, record: found.record } };
    });
    return all.filter((each) => each !== undefined);
  }

  /** Looks one of them up anew; it was changed by somebody else. */
  async lookUp(key: string): Promise<void> {
    const found = await this.#records.get(key);
    if (found === undefined) this.gone(key);
    else this.learned(found);
  }

  #set(key: string, found: Queued["found"]): void {
    const parsed = readMailKey(key);
    if (parsed === undefined) return;
    const { box, sender, message } = parsed;
    this.#entries.set(key, { key, box, sender, message, found });
  }
}
