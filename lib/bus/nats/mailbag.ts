import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import type { Message } from "../../core/types.ts";
import { damagedText } from "../../member/hub/hand_over.ts";
import type { Step } from "../../member/hub/news.ts";
import type { Waiting } from "../../store/store.ts";
import type { Holders } from "./holders.ts";
import { InOrder } from "./in_order.ts";
import { inWindows } from "./in_windows.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import { mailKey } from "./mail_keys.ts";
import type { MessageShelf, ShelvedMessage } from "./message_shelf.ts";
import { Queue } from "./queue.ts";
import type { Known, Queued } from "./queue.ts";
import type { DoneRecord, OpenRecord } from "./records.ts";

/** Whose mail it is, as it is at the moment. */
export interface Reader {
  /** This process. */
  readonly instance: string;
  /** The boxes whose mail is its own: that of its name first, and those that this name took over. */
  boxes(): readonly number[];
  name(): string;
  /** Several processes read in it. */
  isShared(): boolean;
  /** A person holds up what is sent to it. */
  isPaused(): boolean;
}

export interface MailbagOptions {
  readonly link: Link;
  readonly shelf: MessageShelf;
  readonly clock: Clock;
  readonly reader: Reader;
  /** Absent where it only speaks for another process, which looks after the leases of others itself. */
  readonly holders?: Holders;
  /** Something that was queued is with another process, and may come back: called after each such look. */
  readonly onOthers: () => void;
  /** Change `sequence` of a box was asked for before it was told. */
  readonly onFound: (box: number, sequence: number) => void;
  /** What became of a message: for its sender. */
  readonly onStep: (step: Step | Requeued) => void;
}

/** A message that was handed is queued again. */
export type Requeued = Omit<Step, "state"> & { readonly state: "accepted" };

/** What a check wants. */
export interface Wish {
  readonly replyTo: number | undefined;
  readonly textBytes: number | undefined;
}

/** What it got: its own until it says what became of it. */
export interface Taken {
  readonly messages: readonly Message[];
  readonly leased: readonly Leased[];
  readonly more: number;
  /** A person holds up whatever is queued. */
  readonly paused?: true;
}

/** One delivery that this process holds, as it was written. */
export type Leased = Known;

const nothing = (more: number): Taken => ({ messages: [], leased: [], more });

/** What lies unread for one reader: takes it, gives it back, marks it as read. */
export class Mailbag {
  readonly #options: MailbagOptions;
  readonly #open: KeyedRecords<OpenRecord>;
  readonly #done: KeyedRecords<DoneRecord>;
  readonly #queues = new Map<number, Queue>();
  /** Checks of this process that have not said yet what became of what they got. */
  readonly #active = new Set<number>();
  /** Two at once would only take it from each other. */
  readonly #order = new InOrder();
  constructor(options: MailbagOptions) {
    this.#options = options;
    const { link } = options;
    this.#open = new KeyedRecords(link, link.names.mail);
    this.#done = new KeyedRecords(link, link.names.mail);
  }

  /** The queues of the boxes that it has now. */
  get queues(): readonly Queue[] {
    return this.#options.reader.boxes().map((box) => this.#queueOf(box));
  }

  /** How many are queued, as far as it was heard of. */
  get unread(): number {
    return this.queues.flatMap((queue) => queue.all()).filter((each) => this.#mayBeFree(each))
      .length;
  }

  /** True where something was handed to this process, as far as it was heard of. */
  isWith(instance: string): boolean {
    return this.queues.flatMap((queue) => queue.all()).some(({ found }) =>
      found?.record.state === "handed" && found.record.instance === instance
    );
  }

  /** Takes a change of a queue that came unasked. */
  heard(subject: string, sequence: number, body: Uint8Array): void {
    const change = this.#open.read(subject, sequence, body);
    if (change === undefined) return;
    for (const queue of this.#queues.values()) {
      if (change.key.startsWith(queue.filter.slice(0, -1))) queue.heard(change);
    }
  }

  /** Takes what is queued and is wished for, the oldest first, in the name of the check `request`. */
  take(wish: Wish, request: number): Promise<Taken> {
    return this.#order.run(async () => {
      const taken = await this.#take(wish, request);
      // What it may hold all the same is not kept back for a check that got nothing.
      if (taken.leased.length === 0) this.#active.delete(request);
      return taken;
    });
  }

  /** What is queued above `after`, or came after the change `since`; takes nothing. */
  waiting(isNew: (entry: Known) => boolean): Promise<Waiting & { readonly last: number }> {
    return this.#order.run(async () => {
      if (this.#options.reader.isPaused()) return { count: 0, newest: 0, from: [], last: 0 };
      const free = (await this.#free()).filter(isNew);
      const names = new Set(free.map(({ found }) => found.record.from));
      return {
        count: free.length,
        newest: Math.max(0, ...free.map(({ message }) => message)),
        from: [...names].slice(0, limits.watchSenders),
        last: Math.max(0, ...free.map(({ found }) => found.sequence)),
      };
    });
  }

  /** The texts were returned to the reader's model. */
  async confirm(request: number, leased: readonly Leased[]): Promise<void> {
    await inWindows(leased, async (each) => {
      const atMs = this.#options.clock.wallMs();
      const key = mailKey("done", each);
      const isNew = await this.#done.put(key, { state: "read", atMs }, {
        expected: 0,
        repeatId: `read-${key}-${this.#options.reader.instance}`,
      });
      await this.#drop(each);
      if (isNew !== undefined) this.#tell(each, "read", atMs);
    });
    this.#active.delete(request);
  }

  /** They were not: they are queued again, unmarked. */
  async release(request: number, leased: readonly Leased[]): Promise<void> {
    await inWindows(leased, async (each) => {
      const { instance: _instance, request: _request, ...record } = each.found.record;
      await this.#free1(each, record);
    });
    this.#active.delete(request);
  }

  /** The reader leaves the boxes that it had: what it holds there is queued again, marked. */
  async requeueOwn(): Promise<void> {
    const { instance } = this.#options.reader;
    for (const queue of this.#queues.values()) {
      const held = queue.all().filter(({ found }) =>
        found?.record.state === "handed" && found.record.instance === instance
      );
      await inWindows(held as Known[], (each) => this.#requeue(each));
    }
  }

  /** Check `request` failed: what it may have got is free again. */
  abandon(request: number): void {
    this.#active.delete(request);
  }

  async #take(wish: Wish, request: number): Promise<Taken> {
    if (this.#options.reader.isPaused()) return { ...nothing(0), paused: true };
    this.#active.add(request);
    for (;;) {
      const chosen = await this.#choose(wish);
      if (chosen.length === 0) return nothing(this.unread);
      const [leased, texts, read] = await Promise.all([
        inWindows(chosen, (each) => this.#lease(each, request)),
        inWindows(chosen, ({ message }) => this.#fetch(message)),
        inWindows(chosen, (each) => this.#isRead(each)),
      ]);
      const messages: Message[] = [];
      const held: Leased[] = [];
      for (const [index, lease] of leased.entries()) {
        const found = texts[index];
        if (lease === undefined) continue;
        if (found === undefined || read[index]) {
          await this.#drop(lease);
          continue;
        }
        held.push(lease);
        messages.push(toMessage(lease, found));
        this.#tell(lease, "handed", lease.found.record.atMs);
      }
      if (held.length > 0) return { messages, leased: held, more: this.unread };
    }
  }

  async #fetch(id: number): Promise<Fetched | undefined> {
    const { shelf } = this.#options;
    const message = await shelf.get(id);
    return message === undefined ? undefined : { message, text: await shelf.textOf(message) };
  }

  /** The first ones that are wished for: as many as one check brings, one at least where there is any. */
  async #choose({ replyTo, textBytes = limits.checkTextBytes }: Wish): Promise<Known[]> {
    const chosen: Known[] = [];
    let bytes = 0;
    const most = replyTo === undefined ? limits.checkMessages : Infinity;
    for (const each of await this.#free(most)) {
      const { record } = each.found;
      if (replyTo !== undefined && record.replyTo !== replyTo) continue;
      bytes += record.textBytes;
      if (chosen.length > 0 && bytes > textBytes) break;
      chosen.push(each);
      if (chosen.length === limits.checkMessages) break;
    }
    return chosen;
  }

  /** What is queued, `most` of it, the oldest first; leases of those who are gone are ended before. */
  async #free(most = Infinity): Promise<Known[]> {
    const { queues } = this;
    await Promise.all(queues.map((queue) => queue.refresh()));
    const all = queues.flatMap((queue) => queue.all().map((entry) => ({ queue, entry })))
      .sort((a, b) => a.entry.message - b.entry.message);
    const free: Known[] = [];
    let isOthers = false;
    // Each process is asked about once in a look, whatever it holds.
    const gone = new Map<string, Promise<boolean>>();
    for (let start = 0; start < all.length && free.length < most; start += limits.checkMessages) {
      const some = all.slice(start, start + limits.checkMessages);
      const known = await Promise.all(
        some.map(async ({ queue, entry }) => (await queue.known([entry]))[0]),
      );
      for (const each of known) {
        if (each === undefined) continue;
        const mine = this.#mayBeFree(each) ? each : await this.#freed(each, gone);
        if (mine !== undefined) free.push(mine);
        else isOthers ||= each.found.record.instance !== this.#options.reader.instance;
      }
    }
    if (isOthers) this.#options.onOthers();
    return free.slice(0, most);
  }

  /** It is queued, or was handed to this process by a check of which nothing is known any more. */
  #mayBeFree({ found }: Queued): boolean {
    if (found === undefined || found.record.state === "accepted") return true;
    const { instance, request } = found.record;
    return instance === this.#options.reader.instance && !this.#active.has(request ?? 0);
  }

  /**
   * True for what is still in the queue and was read: a server that was killed forgets what it took out
   * last, and a reader may die between the two writes of its confirmation.
   */
  async #isRead(entry: Known): Promise<boolean> {
    return await this.#done.get(mailKey("done", entry)) !== undefined;
  }

  /** One that was handed to somebody else: queued again, where that process is gone. */
  async #freed(
    entry: Known,
    gone: Map<string, Promise<boolean>>,
  ): Promise<Known | undefined> {
    const { holders, reader } = this.#options;
    const { instance } = entry.found.record;
    if (instance === undefined || instance === reader.instance) return undefined;
    const asked = gone.get(instance) ?? holders?.isGone(instance, reader.isShared());
    if (asked !== undefined) gone.set(instance, asked);
    if (asked === undefined || !await asked) {
      await this.#queueOf(entry.box).lookUp(entry.key);
      return undefined;
    }
    return await this.#requeue(entry);
  }

  async #requeue(entry: Known): Promise<Known | undefined> {
    if (await this.#isRead(entry)) return void await this.#drop(entry);
    const { request: _, ...record } = entry.found.record;
    return await this.#free1(entry, { ...record, redelivered: true });
  }

  async #free1(entry: Known, record: OpenRecord): Promise<Known | undefined> {
    const atMs = this.#options.clock.wallMs();
    const freed = await this.#write(entry, { ...record, state: "accepted", atMs }, "free");
    if (freed !== undefined) this.#tell(entry, "accepted", atMs);
    return freed;
  }

  async #lease(entry: Known, request: number): Promise<Leased | undefined> {
    const atMs = this.#options.clock.wallMs();
    const { instance } = this.#options.reader;
    const record = { ...entry.found.record, state: "handed", instance, request, atMs } as const;
    return await this.#write(entry, record, `handed-${request}`);
  }

  /** Changes one, unless somebody else did meanwhile: then how it is now is looked up. */
  async #write(entry: Known, record: OpenRecord, what: string): Promise<Known | undefined> {
    const expected = entry.found.sequence;
    // Of two processes that write the same on the same, one has changed it.
    const repeatId = `${what}-${expected}-${this.#options.reader.instance}`;
    const sequence = await this.#open.put(entry.key, record, { expected, repeatId });
    const queue = this.#queueOf(entry.box);
    if (sequence === undefined) return void await queue.lookUp(entry.key);
    queue.learned({ key: entry.key, sequence, record });
    return { ...entry, found: { sequence, record } };
  }

  /** Takes it out of the queue, also where it was queued again meanwhile: this process had it last. */
  async #drop(entry: Known): Promise<void> {
    const { instance } = this.#options.reader;
    const queue = this.#queueOf(entry.box);
    if (await this.#open.remove(entry.key, entry.found.sequence)) return queue.gone(entry.key);
    const now = await this.#open.get(entry.key);
    if (now === undefined) return queue.gone(entry.key);
    if (now.record.state === "accepted" && now.record.instance === instance) {
      await this.#drop({ ...entry, found: now });
    } else queue.learned(now);
  }

  #queueOf(box: number): Queue {
    const onFound = (sequence: number) => this.#options.onFound(box, sequence);
    const queue = this.#queues.get(box) ?? new Queue(this.#open, box, onFound);
    this.#queues.set(box, queue);
    return queue;
  }

  #tell({ sender, message, box }: Queued, state: Step["state"] | "accepted", atMs: number): void {
    const reader = { id: box, name: this.#options.reader.name() };
    this.#options.onStep({ sender, message, reader, state, atMs });
  }
}

interface Fetched {
  readonly message: ShelvedMessage;
  /** Undefined where a part of it is missing. */
  readonly text: string | undefined;
}

function toMessage({ message: id, found }: Leased, { message, text }: Fetched): Message {
  const { from, to, atMs, thread = id, replyTo } = message;
  return {
    ...{ id, from, to, atMs, text: text ?? damagedText, thread },
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(found.record.redelivered ? { redelivered: true } : {}),
  };
}
