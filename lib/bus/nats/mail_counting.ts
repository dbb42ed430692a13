import { limits } from "../../core/limits.ts";
import { inWindows } from "./in_windows.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import { readMailKey } from "./mail_keys.ts";
import type { OpenRecord } from "./records.ts";

/** How much lies unread in one box. */
export interface MailCount {
  readonly accepted: number;
  readonly handed: number;
}

interface Entry {
  readonly key: string;
  readonly message: number;
}

const none: MailCount = { accepted: 0, handed: 0 };

/** Boxes that are looked up one by one; of more, all there are cost less. */
const fewBoxes = 4;

/** Counts what lies unread, as the server has it. */
export class MailCounting {
  readonly #link: Link;
  readonly #open: KeyedRecords<OpenRecord>;
  readonly #isHere: (box: number) => boolean;
  /** What the last look at all of it brought, and until when that does, where it was much. */
  #last: { readonly counts: (box: number) => MailCount; readonly untilMs: number } | undefined;

  /** `isHere`: whether somebody is there to whom something of a box may be handed. */
  constructor(link: Link, isHere: (box: number) => boolean) {
    this.#link = link;
    this.#open = new KeyedRecords(link, link.names.mail);
    this.#isHere = isHere;
  }

  /**
   * How much lies unread in each of `boxes`, or in all of them. What lies in a box of somebody who is away
   * counts as accepted: it is queued again before anybody reads it. Checks take the oldest first: where
   * none of `limits.checkMessages` in a row is handed, what comes behind them counts as accepted, too.
   * Where more than `limits.natsManyUnread` lie unread, what a look at all of it brought serves for ten times
   * as long as that took.
   */
  async of(boxes?: readonly number[]): Promise<(box: number) => MailCount> {
    if (boxes !== undefined) return (await this.#look(boxes)).counts;
    const fromMs = this.#link.clock.monotonicMs();
    if (this.#last !== undefined && fromMs < this.#last.untilMs) return this.#last.counts;
    const { counts, total } = await this.#look(undefined);
    const nowMs = this.#link.clock.monotonicMs();
    const isMuch = total > limits.natsManyUnread;
    this.#last = isMuch ? { counts, untilMs: nowMs + 10 * (nowMs - fromMs) } : undefined;
    return counts;
  }

  async #look(boxes: readonly number[] | undefined): Promise<{
    readonly counts: (box: number) => MailCount;
    readonly total: number;
  }> {
    const filters = boxes === undefined || boxes.length > fewBoxes
      ? ["open.>"]
      : boxes.map((box) => `open.${box}.>`);
    const lists = await inWindows(filters, (filter) => this.#open.keys(filter));
    const byBox = new Map<number, Entry[]>();
    const all = lists.flatMap(({ keys }) => keys);
    for (const key of all) {
      const found = readMailKey(key);
      if (found === undefined || boxes?.includes(found.box) === false) continue;
      const box = byBox.get(found.box) ?? [];
      byBox.set(found.box, box);
      box.push({ key, message: found.message });
    }
    const counts = new Map<number, MailCount>();
    await inWindows([...byBox], async ([box, entries]) => {
      const queued = { accepted: entries.length, handed: 0 };
      counts.set(box, this.#isHere(box) ? await this.#count(entries) : queued);
    });
    return { counts: (box) => counts.get(box) ?? none, total: all.length };
  }

  async #count(entries: readonly Entry[]): Promise<MailCount> {
    const keys = entries.toSorted((a, b) => a.message - b.message).map(({ key }) => key);
    let handed = 0;
    let gone = 0;
    for (let start = 0; start < keys.length; start += limits.checkMessages) {
      const some = keys.slice(start, start + limits.checkMessages);
      const found = await inWindows(some, (key) => this.#open.get(key));
      gone += found.filter((each) => each === undefined).length;
      const held = found.filter((each) => each?.record.state === "handed").length;
      handed += held;
      if (held === 0) break;
    }
    return { accepted: keys.length - handed - gone, handed };
  }
}
