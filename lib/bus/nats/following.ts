import { DeliverPolicy } from "@nats-io/jetstream";
import type { JsMsg } from "@nats-io/jetstream";
import { limits } from "../../core/limits.ts";
import type { Link } from "./link.ts";

export interface FollowingOptions {
  readonly stream: string;
  /** The subjects of interest. */
  readonly filter: string;
  /** The first sequence that is news; asked anew whenever it begins again. */
  from(): number;
  /** One message, in their order. */
  onMessage(subject: string, sequence: number, body: Uint8Array): void;
  /**
   * The stream is another one than before, or what was heard of last is lost: the disk of the server was. All
   * that is there comes from the beginning, once `from` says so.
   */
  onReset?(): void;
  /** It has begun, or begun again after a loss: what was missed comes from now on. */
  onBegun?(): void;
}

/**
 * A server writes what it knows of a consumer to its disk otherwise, again and again; this one is made anew
 * after each new connection. The client hands that on, and has no word for it here.
 */
const inMemory = { "mem_storage": true };

/**
 * Hears of every message of one stream under some subjects, in order and without a gap, until `stop`. The
 * consumer of a server that went is not waited for: after each new connection it begins anew, where it was.
 *
 * | state | entered by | left by | ignores |
 * |---|---|---|---|
 * | off | making; `stop` | `start` → beginning | messages |
 * | delayed | a new connection, in a crowd | its turn, `hurry` → beginning; `stop` → off | messages |
 * | beginning | `start`; a new connection, the end of a delay, or of what followed | success → following; a failure → beginning, after a pause | messages of an earlier try |
 * | following | the server's consent | a new connection → beginning or delayed; its end, what it does not tell → beginning; `stop` → off | |
 */
export class Following {
  readonly #link: Link;
  readonly #options: FollowingOptions;
  /** Changes with each try: what belongs to an earlier one is over. */
  #try = 0;
  #isOn = false;
  /** When the stream was made. */
  #created: string | undefined;
  #isDelayed = false;
  #end: () => void = () => {};
  #stopTimer: () => void = () => {};
  /** When the server consented; not yet: never. */
  #begunMs = Infinity;
  /** The last message that was told, or was known when it began. */
  #toldTo = 0;
  /** Messages that are to be told soon, each with what takes back that it begins anew otherwise. */
  readonly #expected = new Map<number, () => void>();
  #pauseMs: number = limits.natsFollowPauseMs;
  #unlisten: () => void = () => {};

  constructor(link: Link, options: FollowingOptions) {
    this.#link = link;
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Begins, unless it has. Failures are tried again for as long as it is wanted. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#unlisten = this.#link.onReconnect(() => this.#return());
    void this.#begin();
  }

  /** Somebody waits for what is told: it begins at once where it was to do so later. */
  hurry(): void {
    if (this.#isDelayed) void this.#begin();
  }

  /**
   * Message `sequence` lies on the server. Where it is not told within `limits.natsToldMs`, the one of several
   * servers that was to tell it may be gone, of which the client hears after a minute: it begins anew then,
   * unless it did so meanwhile.
   */
  expect(sequence: number): void {
    if (sequence <= this.#toldTo || this.#expected.has(sequence)) return;
    const { clock } = this.#link;
    const late = () => {
      this.#expected.delete(sequence);
      if (clock.monotonicMs() - this.#begunMs >= limits.natsToldMs) void this.#begin();
    };
    this.#expected.set(sequence, clock.after(limits.natsToldMs, late));
  }

  stop(): void {
    this.#isOn = false;
    this.#unlisten();
    this.#leave();
    this.#drop();
    this.#told(Infinity);
  }

  /** What was under way is over; returns the number of the next try. */
  #leave(): number {
    this.#isDelayed = false;
    this.#begunMs = Infinity;
    this.#stopTimer();
    return ++this.#try;
  }

  #drop(): void {
    this.#end();
    this.#end = () => {};
  }

  /** All up to `sequence` was told, or was known before. */
  #told(sequence: number): void {
    this.#toldTo = sequence;
    for (const [each, stop] of this.#expected) {
      if (each > sequence) continue;
      stop();
      this.#expected.delete(each);
    }
  }

  #return(): void {
    const { clock, random, crowd } = this.#link;
    if (crowd < limits.natsReturnProcesses) return void this.#begin();
    this.#leave();
    this.#isDelayed = true;
    const turnMs = Math.min(crowd * limits.natsReturnShareMs, limits.natsLifeMsMax) *
      random.fraction();
    this.#stopTimer = clock.after(turnMs, () => void this.#begin());
  }

  async #begin(): Promise<void> {
    const mine = this.#leave();
    this.#drop();
    try {
      const { end, ended } = await this.#consume(mine);
      if (this.#try !== mine) return end();
      this.#end = end;
      this.#pauseMs = limits.natsFollowPauseMs;
      this.#begunMs = this.#link.clock.monotonicMs();
      ended.then(() => this.#again(mine), () => this.#again(mine));
      this.#options.onBegun?.();
    } catch {
      this.#again(mine);
    }
  }

  /** The connection tells when it is back; all else is asked for again. */
  #again(mine: number): void {
    if (this.#try !== mine || !this.#isOn) return;
    const { clock, random } = this.#link;
    this.#stopTimer = clock.after(
      this.#pauseMs * (0.5 + random.fraction()),
      () => void this.#begin(),
    );
    this.#pauseMs = Math.min(2 * this.#pauseMs, limits.natsFollowPauseMsMax);
  }

  async #compare(): Promise<void> {
    const { stream, from, onReset } = this.#options;
    if (onReset === undefined) return;
    const { created, state } = await this.#link.jsm.streams.info(stream);
    const isOther = this.#created !== undefined && this.#created !== created;
    this.#created = created;
    if (isOther || state.last_seq < from() - 1) onReset();
  }

  async #consume(mine: number): Promise<{ end: () => void; ended: Promise<unknown> }> {
    const { stream, filter, onMessage, from } = this.#options;
    await this.#compare();
    const first = from();
    this.#told(first - 1);
    const consumer = await this.#link.js.consumers.getPushConsumer(stream, {
      ...inMemory,
      filter_subjects: filter,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: first,
    });
    const messages = await consumer.consume({
      callback: (message: JsMsg) => {
        if (this.#try !== mine) return;
        this.#told(message.seq);
        onMessage(message.subject, message.seq, message.data);
      },
    });
    const end = () => {
      messages.stop();
      // Where nobody hears that, the server ends it after some minutes.
      consumer.delete().catch(() => {});
    };
    return { end, ended: messages.closed() };
  }
}
