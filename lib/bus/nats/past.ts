import type { DeliveryState } from "../../core/delivery.ts";
import { limits } from "../../core/limits.ts";
import { nameKey } from "../../core/names.ts";
import type { DeliveryRecord, PastOptions, StoredMessage } from "../../store/store.ts";
import { inWindows } from "./in_windows.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import { mailKey, readMailKey } from "./mail_keys.ts";
import type { DeliveryKey } from "./mail_keys.ts";
import type { MessageShelf, ShelvedMessage } from "./message_shelf.ts";
import type { DoneRecord, OpenRecord } from "./records.ts";

/** Which messages are wanted, newest first. */
export interface PastQuery extends Omit<PastOptions, "limit" | "partner" | "reader"> {
  /** Only what one of these boxes sent or got. */
  readonly partner: readonly number[] | undefined;
  /** Only what one of these boxes sent or has read. */
  readonly reader: readonly number[] | undefined;
  /** With this many, or this much text, it is enough; what is beyond the text is the last one, and the second at least. */
  readonly enough: { readonly messages: number; readonly bytes: number };
}

/** As many messages as one step fetches: each may hold half a MiB. */
const step = 16;

/** What was sent in the past, and what became of it. */
export class Past {
  readonly #shelf: MessageShelf;
  readonly #open: KeyedRecords<OpenRecord>;
  readonly #done: KeyedRecords<DoneRecord>;

  constructor(link: Link, shelf: MessageShelf) {
    this.#shelf = shelf;
    this.#open = new KeyedRecords(link, link.names.mail);
    this.#done = new KeyedRecords(link, link.names.mail);
  }

  /** The first ones with ids below `before`, newest first, each with its text. */
  async find(query: PastQuery): Promise<{ message: ShelvedMessage; text: string | undefined }[]> {
    const { thread, enough } = query;
    const found: { message: ShelvedMessage; text: string | undefined }[] = [];
    let bytes = 0;
    for await (const messages of this.#below(query)) {
      for (const message of messages) {
        if (thread !== undefined && (message.thread ?? message.id) !== thread) continue;
        if (!isPartners(message, query.partner)) continue;
        const text = await this.#shelf.textOf(message);
        found.push({ message, text });
        // A UTF-16 unit is at most three bytes; that is how those who ask count, too.
        bytes += (text ?? "").length * 3;
        const isMuch = bytes > enough.bytes && found.length > 1;
        if (isMuch || found.length >= enough.messages) return found;
      }
    }
    return found;
  }

  /** How far a message has come with each reader, by name; those of whom nothing is known have `begun`, or are left out. */
  async deliveries(
    { id, sender, readers }: ShelvedMessage,
    nameOf: (box: number) => string | undefined,
    begun?: DeliveryState,
  ): Promise<DeliveryRecord[]> {
    const records = await inWindows(readers, async ([box, name]) => {
      const state = await this.#state({ box, sender, message: id }) ??
        (begun && { state: begun, atMs: undefined });
      return state && { mailbox: box, name: nameOf(box) ?? name, ...state };
    });
    return records.filter((each) => each !== undefined)
      .sort((a, b) => nameKey(a.name) < nameKey(b.name) ? -1 : 1);
  }

  /** It moves from one place to the other, so that it may be missed in both. */
  async #state(place: DeliveryKey): Promise<Pick<DeliveryRecord, "state" | "atMs"> | undefined> {
    for (const _ of [1, 2]) {
      const [done, open] = await Promise.all([
        this.#done.get(mailKey("done", place)),
        this.#open.get(mailKey("open", place)),
      ]);
      if (done !== undefined) return done.record;
      if (open === undefined) continue;
      const { state, atMs } = open.record;
      return { state, atMs: state === "handed" ? atMs : undefined };
    }
    return undefined;
  }

  /** All that may be wanted, some at a time. */
  async *#below(query: PastQuery): AsyncGenerator<ShelvedMessage[]> {
    const ids = await this.#idsOf(query);
    for (let start = 0; start < ids.length; start += step) {
      const some = ids.slice(start, start + step);
      const found = await Promise.all(some.map((id) => this.#shelf.get(id)));
      yield found.filter((message) => message !== undefined);
    }
  }

  /** Newest first, of all that could be wanted. */
  async #idsOf({ before, thread = 1, partner, reader }: PastQuery): Promise<Ids> {
    if (reader === undefined && partner === undefined) {
      const last = Math.min(before - 1, await this.#shelf.last());
      return range(last, thread);
    }
    const filters = reader === undefined
      ? partner!.flatMap((box) => [`*.*.${box}.*`, `*.${box}.*.*`])
      : reader.flatMap((box) => ownFilters(box, partner));
    const lists = await inWindows(filters, (filter) => this.#open.keys(filter));
    const ids = lists.flatMap(({ keys }) => keys.map((key) => readMailKey(key)?.message ?? 0))
      .filter((id) => id >= thread && id < before);
    return [...new Set(ids)].sort((a, b) => b - a);
  }
}

/** Ids that need not all be written down. */
type Ids = Pick<readonly number[], "slice" | "length">;

function range(last: number, first: number): Ids {
  return {
    length: Math.max(0, last - first + 1),
    slice: (start = 0, end = 0) =>
      Array.from(
        { length: Math.min(end - start, last - first + 1 - start) },
        (_, n) => last - start - n,
      ),
  };
}

/** What `box` sent or has read, with these partners alone where some are named. */
function ownFilters(box: number, partners: readonly number[] | undefined): string[] {
  if (partners === undefined) return [`*.*.${box}.*`, `done.${box}.*.*`];
  return partners.flatMap((partner) => [`*.${partner}.${box}.*`, `done.${box}.${partner}.*`]);
}

function isPartners({ sender, readers }: ShelvedMessage, partner: readonly number[] | undefined) {
  return partner === undefined || partner.includes(sender) ||
    readers.some(([box]) => partner.includes(box));
}

/** A message as the rules of the embedded bus know it. */
export function storedMessage(
  { id, uuid, sender, from, to, thread = id, replyTo, atMs }: ShelvedMessage,
  text: string | undefined,
): StoredMessage {
  return { id, uuid, sender, from, to, thread, replyTo, atMs, text };
}

/** What one page of a history holds at most, and what a search looks at. */
export const enoughFor = {
  page: (limit: number) => ({ messages: limit + 1, bytes: limits.historyTextBytes }),
  search: { messages: limits.searchedMessages + 1, bytes: limits.searchedBytes },
} as const;
