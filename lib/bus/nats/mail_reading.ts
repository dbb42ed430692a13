import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { WatchResult } from "../../core/types.ts";
import { Waits } from "../../member/hub/waits.ts";
import { Watches } from "../../member/hub/watches.ts";
import type { CheckOptions, Handed, WatchOptions } from "../bus.ts";
import type { Waiting } from "../../store/store.ts";
import { wholeWaitMs } from "../whole_wait_ms.ts";
import { Following } from "./following.ts";
import type { Link } from "./link.ts";
import { MailWait } from "./mail_wait.ts";
import { Mailbag } from "./mailbag.ts";
import type { Known } from "./queue.ts";
import type { Reader, Requeued, Taken } from "./mailbag.ts";
import type { MessageShelf } from "./message_shelf.ts";
import type { Holders } from "./holders.ts";
import type { SentMail } from "./sent_mail.ts";

export interface MailReadingOptions {
  readonly link: Link;
  readonly shelf: MessageShelf;
  readonly clock: Clock;
  readonly reader: Reader;
  /** Absent for who only speaks for another process. */
  readonly holders?: Holders;
  /** What became of messages: of own ones, and of those of others that are read here. */
  readonly sent: SentMail;
  /** A check for anything brings what became of own messages, too. */
  readonly isForSender: boolean;
  /** Whether other processes wait for messages of the same boxes. */
  isAwaited(): boolean;
  /** How long the session behind them still counts as being at work, in ms. */
  workingMs(): number;
  /** Called when somebody begins or ends to wait here, for messages or to wake. */
  onWaiting?(is: { readonly waiting: boolean; readonly watched: boolean }): void;
  /** An answer was handed out here for the first time. */
  onAnswer?(answer: HandedAnswer): void;
  /** It looks what there is, because something came or some seconds are over. */
  onLook?(): void;
}

/** An answer in a conversation. */
export interface HandedAnswer {
  readonly thread: number;
  readonly isHuman: boolean;
}

/** All boxes of one reader are one place to wait at. */
const place = 0;

/** How messages get to one reader: checks, those who wait, who wakes it. */
export class MailReading {
  readonly #options: MailReadingOptions;
  readonly #mailbag: Mailbag;
  readonly #waits = new Waits();
  readonly #watches: Watches;
  /** What tells of new mail, by the box, once somebody waits for it. */
  readonly #following = new Map<number, Following>();
  #unwatch: () => void = () => {};
  #watchedBoxes = "";
  #lastRequest = 0;
  #stopTimer: () => void = () => {};
  /** Up to which change a watch has told of what was queued, by the id that it named. */
  #told = { newest: 0, change: 0 };
  #isOver = false;
  /** Checks under way. */
  readonly #open = new Set<MailWait>();
  readonly #answers = new Set<number>();
  #onHeard: () => void = () => {};
  #isWaiting = false;
  #isWatched = false;

  constructor(options: MailReadingOptions) {
    this.#options = options;
    const { clock } = options;
    const onStep = (step: Parameters<SentMail["tell"]>[0] | Requeued) => options.sent.tell(step);
    const onOthers = () => this.#lookAgain(limits.returnMs);
    const onFound = (box: number, sequence: number) => this.#following.get(box)?.expect(sequence);
    this.#mailbag = new Mailbag({ ...options, onStep, onOthers, onFound });
    this.#watches = new Watches(clock, {
      waiting: (_mailbox, after) => this.#waiting(after),
      isWaiting: () => this.#waits.has(place) || options.isAwaited(),
      workingMs: () => options.workingMs(),
    });
  }

  /** Hears from now on of what is queued, and calls `heard` whenever that may be more or less. */
  listen(heard: () => void): void {
    this.#onHeard = heard;
    this.#listen();
    heard();
  }

  /** Messages that are queued, as far as it was heard of. */
  get unread(): number {
    return this.#mailbag.unread;
  }

  /** Takes what is queued; with a wait, the first message ends it. Rejects as `Link.run` does, or with `cancelled`. */
  async check(options: CheckOptions, signal?: AbortSignal): Promise<Handed> {
    if (signal?.aborted) throw cancelled();
    const request = ++this.#lastRequest;
    const waitMs = wholeWaitMs(options.waitMs, limits.waitMs);
    if (waitMs > 0) this.#listen();
    const wish = { replyTo: options.replyTo, textBytes: options.textBytes };
    const wait = new MailWait({
      ...this.#options,
      mailbag: this.#mailbag,
      waits: this.#waits,
      mailbox: place,
      wish,
      request,
    });
    const taken = await this.#ended(wait, waitMs, signal).catch((error) => {
      this.#mailbag.abandon(request);
      throw error;
    });
    if (signal?.aborted) {
      await this.#release(request, taken);
      throw cancelled();
    }
    return this.#handed(request, taken, options.replyTo === undefined);
  }

  /** Waits for messages that nothing else brings to this reader's model, and takes none of them. */
  async watch({ waitMs, after }: WatchOptions, signal?: AbortSignal): Promise<WatchResult> {
    if (signal?.aborted) throw cancelled();
    this.#listen();
    this.#announce();
    const request = ++this.#lastRequest;
    const operation = { op: "watch", waitMs: wholeWaitMs(waitMs, limits.watchMs), after } as const;
    const seen = this.#watches.run(place, this, request, operation);
    this.#noteWaiting();
    const cancel = () => this.#watches.end(this, request);
    signal?.addEventListener("abort", cancel, { once: true });
    const result = await seen.finally(() => {
      signal?.removeEventListener("abort", cancel);
      this.#noteWaiting();
    });
    if (signal?.aborted) throw cancelled();
    return result;
  }

  /** Something has changed by which more or less may be read: boxes, pause, or what the session does. */
  changed(): void {
    if (this.#following.size > 0) this.#listen();
    this.#waits.wake(place);
    this.#watches.consider(place);
  }

  /** What the session behind the boxes does has changed, or who else waits for its messages. */
  consider(): void {
    this.#watches.consider(place);
  }

  /** A process is gone: what it was handed is queued again. */
  gone(instance: string): void {
    if (this.#mailbag.isWith(instance)) this.#woken();
  }

  /** Brings in what was not heard of, so that `unread` is right. */
  async refresh(): Promise<void> {
    for (const queue of this.#mailbag.queues) await queue.refresh();
  }

  /** This reader gets another name: what it was handed under the old one, and did not confirm, is queued there again. */
  async move(): Promise<void> {
    await this.#mailbag.requeueOwn();
    this.changed();
  }

  /** Ends all that waits or would call back later, with an error that says why. */
  close(why: HustingsError): void {
    for (const each of this.#following.values()) each.stop();
    this.#following.clear();
    this.#unwatch();
    this.#watches.fail(why);
    for (const wait of this.#open) wait.fail(why);
    this.#stopTimer();
    this.#isOver = true;
  }

  async #ended(wait: MailWait, waitMs: number, signal: AbortSignal | undefined): Promise<Taken> {
    const cancel = () => wait.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    this.#open.add(wait);
    const result = wait.run(waitMs);
    if (waitMs > 0) this.#noteWaiting();
    return await result.finally(() => {
      signal?.removeEventListener("abort", cancel);
      this.#open.delete(wait);
      this.#noteWaiting();
      this.#watches.consider(place);
    });
  }

  #handed(request: number, taken: Taken, isForAnything: boolean): Handed {
    this.#onHeard();
    const { messages, leased, more, paused } = taken;
    for (const { message: id, found: { record } } of leased) {
      const isHuman = record.human === true;
      if (record.replyTo === undefined || this.#answers.has(id)) continue;
      this.#noteAnswer(id);
      this.#options.onAnswer?.({ thread: record.thread, isHuman });
    }
    const sent = isForAnything && this.#options.isForSender ? this.#options.sent.take() : [];
    let isOver = false;
    const once = (act: () => Promise<void>) => async () => {
      if (isOver || leased.length === 0) return;
      await act();
      isOver = true;
      this.#onHeard();
    };
    return {
      messages,
      more,
      ...(paused === undefined ? {} : { paused }),
      ...(sent.length === 0 ? {} : { sent }),
      confirm: once(() => this.#mailbag.confirm(request, leased)),
      release: once(() => this.#release(request, taken)),
    };
  }

  /** It may be given back, and handed out again. */
  #noteAnswer(id: number): void {
    this.#answers.add(id);
    const [oldest] = this.#answers;
    if (this.#answers.size > limits.threads) this.#answers.delete(oldest!);
  }

  async #release(request: number, { leased }: Taken): Promise<void> {
    try {
      await this.#mailbag.release(request, leased);
    } catch (error) {
      // The next check takes what is left of it.
      this.#mailbag.abandon(request);
      throw error;
    }
    this.changed();
  }

  async #waiting(after: number): Promise<Waiting> {
    // Of two senders, the one with the lower id may come later: it is new all the same.
    const { newest, change } = this.#told;
    const isNew = ({ message, found }: Known) =>
      message > after || (after === newest && found.sequence > change);
    const { last, ...seen } = await this.#mailbag.waiting(isNew);
    if (seen.count === 0) return seen;
    const known = Math.max(seen.newest, after);
    this.#told = { newest: known, change: Math.max(last, after === newest ? change : 0) };
    return { ...seen, newest: known };
  }

  /** Hears of new mail from now on. */
  #listen(): void {
    const { link } = this.#options;
    for (const queue of this.#mailbag.queues) {
      if (this.#following.has(queue.box)) continue;
      const following = new Following(link, {
        stream: `KV_${link.names.mail}`,
        filter: `$KV.${link.names.mail}.${queue.filter}`,
        from: () => queue.newsFrom,
        onReset: () => queue.reset(),
        onMessage: (subject, sequence, body) => {
          this.#mailbag.heard(subject, sequence, body);
          this.#woken();
        },
        onBegun: () => this.#woken(),
      });
      this.#following.set(queue.box, following);
      following.start();
    }
    this.#hearWatches();
  }

  #woken(): void {
    this.#options.onLook?.();
    this.#onHeard();
    this.#lookAgain(this.#lookMs);
    this.#waits.wake(place);
    this.#watches.consider(place);
  }

  /** Who was handed something may be gone a moment later, and nothing tells of that. */
  #lookAgain(pauseMs: number): void {
    this.#stopTimer();
    this.#stopTimer = () => {};
    if (this.#isOver || (!this.#isWaiting && !this.#isWatched)) return;
    this.#stopTimer = this.#options.clock.after(pauseMs, () => this.#woken());
  }

  #noteWaiting(): void {
    const [waiting, watched] = [this.#waits.has(place), this.#watches.has(place)];
    if (waiting !== this.#isWaiting || watched !== this.#isWatched) {
      [this.#isWaiting, this.#isWatched] = [waiting, watched];
      this.#options.onWaiting?.({ waiting, watched });
    }
    this.#lookAgain(this.#lookMs);
  }

  get #lookMs(): number {
    return Math.max(limits.natsLookMs, this.#options.link.crowd * limits.natsLookShareMs);
  }

  /** The newest watch of a box is the only one, whichever process it is of. */
  #announce(): void {
    const { nc, names } = this.#options.link;
    for (const { box } of this.#mailbag.queues.slice(0, 1)) {
      nc.publish(names.watch(box), this.#options.reader.instance);
    }
  }

  #hearWatches(): void {
    const { link: { nc, names }, reader } = this.#options;
    const boxes = reader.boxes().slice(0, 1);
    if (this.#watchedBoxes === boxes.join()) return;
    this.#watchedBoxes = boxes.join();
    this.#unwatch();
    const subscriptions = boxes.map((box) =>
      nc.subscribe(names.watch(box), {
        callback: (error, message) => {
          // A refusal comes this way, too, without a message.
          if (error === null && message.string() !== reader.instance) this.#watches.replace(place);
        },
      })
    );
    this.#unwatch = () => subscriptions.forEach((each) => each.unsubscribe());
  }
}

function cancelled(): HustingsError {
  return new HustingsError("cancelled", "The wait was given up; what it brought is queued again");
}
