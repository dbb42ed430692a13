import type { DeliveryState } from "../delivery.ts";
import { limits } from "../limits.ts";
import type { DeliveryView, HistoryEntry } from "../types.ts";

/** How far a message has come with one recipient, and when it was first seen in each state. */
export interface SeenDelivery extends DeliveryView {
  readonly handedMs?: number;
  readonly readMs?: number;
  readonly answeredMs?: number;
}

/** A message as a view knows it: `to` is replaced, never changed, when something becomes of it. */
export interface SeenMessage extends Omit<HistoryEntry, "to"> {
  readonly to: readonly SeenDelivery[];
}

/** The messages of one conversation that a view knows. */
export interface SeenThread {
  /** The id of its first message, which the view may not know. */
  readonly id: number;
  /** The oldest first; one at least. */
  readonly messages: readonly SeenMessage[];
}

/** A change that came before its message: a page of the history may be under way. */
interface EarlyDelivery {
  readonly name: string;
  readonly state: DeliveryState;
  readonly atMs: number;
}

/**
 * The messages of a bus in their conversations. They come as events, in order, and as pages of the
 * history, in any order and more than once. Holds `limits.viewedMessages` and
 * `limits.viewedTextLength`, and forgets the oldest.
 */
export class Conversations {
  readonly #messages = new Map<number, SeenMessage>();
  /** Ids in each conversation, ascending. */
  readonly #threads = new Map<number, number[]>();
  readonly #early = new Map<number, EarlyDelivery[]>();
  /** All ids, ascending. */
  readonly #ids: number[] = [];
  /** Of all texts together. */
  #textLength = 0;
  /** Found anew when something was added: most looks happen without that. */
  #newestFirst: readonly number[] | undefined;

  get size(): number {
    return this.#messages.size;
  }

  /** The ids of all messages, the oldest first. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  message(id: number): SeenMessage | undefined {
    return this.#messages.get(id);
  }

  thread(id: number): SeenThread | undefined {
    const ids = this.#threads.get(id);
    return ids && { id, messages: ids.map((each) => this.#messages.get(each)!) };
  }

  /** The ids of all conversations, that with the newest message first. */
  get threadIds(): readonly number[] {
    const newest = (thread: number) => this.#threads.get(thread)!.at(-1)!;
    this.#newestFirst ??= [...this.#threads.keys()].sort((a, b) => newest(b) - newest(a));
    return this.#newestFirst;
  }

  /** Takes a message in; of one that is known, what is newer of it. */
  add(entry: HistoryEntry): void {
    const known = this.#messages.get(entry.id);
    let to = entry.to.map((delivery) => seenFirst(delivery));
    if (known !== undefined) to = to.map((delivery) => merged(known.to, delivery));
    this.#messages.set(entry.id, { ...entry, to });
    this.#textLength += entry.text.length - (known?.text.length ?? 0);
    if (known === undefined) this.#place(entry.id, entry.thread);
    for (const early of this.#early.get(entry.id) ?? []) this.deliver(entry.id, early);
    this.#early.delete(entry.id);
    while (this.#isFull) this.#forget(this.#ids.shift()!);
  }

  /** Notes how far the message `id` has come with one recipient; what is older than what is known is ignored. */
  deliver(id: number, { name, state, atMs }: EarlyDelivery): void {
    const message = this.#messages.get(id);
    if (message === undefined) return this.#keepEarly(id, { name, state, atMs });
    const delivery = seenFirst({ name, state, atMs });
    const isKnown = message.to.some((each) => each.name === name);
    const to = isKnown
      ? message.to.map((each) => each.name === name ? merged([each], delivery) : each)
      : [...message.to, delivery];
    this.#messages.set(id, { ...message, to });
  }

  /** One who has another name by now keeps what was sent to it. */
  rename(former: string, name: string): void {
    for (const id of this.#ids) {
      const message = this.#messages.get(id)!;
      if (!message.to.some((each) => each.name === former)) continue;
      const to = message.to.map((each) => each.name === former ? { ...each, name } : each);
      this.#messages.set(id, { ...message, to });
    }
  }

  /** The newest message has room, however long it is. */
  get #isFull(): boolean {
    const { viewedMessages, viewedTextLength } = limits;
    return this.#ids.length > viewedMessages ||
      (this.#textLength > viewedTextLength && this.#ids.length > 1);
  }

  #place(id: number, thread: number): void {
    insert(this.#ids, id);
    const ids = this.#threads.get(thread) ?? [];
    insert(ids, id);
    this.#threads.set(thread, ids);
    const others = this.#ids.at(-1) === id ? this.#newestFirst : undefined;
    this.#newestFirst = others && [thread, ...others.filter((each) => each !== thread)];
  }

  #keepEarly(id: number, delivery: EarlyDelivery): void {
    // What is older than all that is held came from the part that is forgotten, or not read yet: a page
    // of the history tells its state then.
    if (this.#early.size >= limits.viewedEarly) {
      this.#early.delete(this.#early.keys().next().value!);
    }
    const others = (this.#early.get(id) ?? []).filter(({ name }) => name !== delivery.name);
    this.#early.set(id, [...others, delivery]);
  }

  #forget(id: number): void {
    const { thread, text } = this.#messages.get(id)!;
    this.#messages.delete(id);
    this.#textLength -= text.length;
    const ids = this.#threads.get(thread)!;
    ids.splice(ids.indexOf(id), 1);
    if (ids.length > 0) return; // what is newest in it is so still
    this.#threads.delete(thread);
    this.#newestFirst = this.#newestFirst?.filter((each) => each !== thread);
  }
}

function seenFirst(delivery: DeliveryView): SeenDelivery {
  const { state, atMs } = delivery;
  if (atMs === undefined || state === "accepted") return delivery;
  return { ...delivery, [`${state}Ms`]: atMs };
}

/** What is known of a delivery, of several that tell of it; the later word counts. */
function merged(known: readonly SeenDelivery[], told: SeenDelivery): SeenDelivery {
  const before = known.find(({ name }) => name === told.name);
  if (before === undefined) return told;
  const isOlder = (told.atMs ?? Infinity) < (before.atMs ?? -Infinity);
  return isOlder ? { ...told, ...before } : { ...before, ...told };
}

/** Puts `id` into ascending ids: nearly always at their end. */
function insert(ids: number[], id: number): void {
  let at = ids.length;
  if (at > 0 && ids[at - 1]! > id) {
    let low = 0;
    while (low < at) {
      const middle = (low + at) >> 1;
      if (ids[middle]! < id) low = middle + 1;
      else at = middle;
    }
  }
  ids.splice(at, 0, id);
}
