import type { Clock } from "../../core/clock.ts";
import type { CheckResult, WatchResult } from "../../core/types.ts";
import type { AckOperation, CheckOperation, WatchOperation } from "../../core/operations.ts";
import type { Journal } from "../../store/journal.ts";
import type { Queued, Waiting } from "../../store/store.ts";
import type { Admission } from "./admission.ts";
import type { Attentions } from "./attentions.ts";
import { CheckWait } from "./check_wait.ts";
import type { Happenings } from "./happenings.ts";
import { isPaused } from "./hold_up.ts";
import { News } from "./news.ts";
import type { Step } from "./news.ts";
import type { Membership, Session } from "./session.ts";
import { Waits } from "./waits.ts";
import { Watches } from "./watches.ts";

export interface ReadingOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly attentions: Attentions;
  readonly happenings: Happenings;
}

const nothing: Waiting = { count: 0, newest: 0, from: [] };

/** How messages get to their readers: checks, those who wait, what was read, and what senders hear of it. */
export class Reading {
  readonly #options: ReadingOptions;
  readonly #waits = new Waits();
  readonly #watches: Watches;
  readonly #news = new News();
  /** Checks under way, by their session and request: what `cancel` ends. */
  readonly #checks = new Map<Session, Map<number, CheckWait>>();

  constructor(options: ReadingOptions) {
    this.#options = options;
    const { clock, journal, attentions } = options;
    this.#watches = new Watches(clock, {
      waiting: (mailbox, after) =>
        journal.run((transaction) => {
          const isHeldUp = isPaused(transaction, transaction.mailboxes.byId(mailbox));
          return isHeldUp ? nothing : transaction.messages.waiting(mailbox, after);
        }),
      isWaiting: (mailbox) => this.#waits.has(mailbox),
      workingMs: (mailbox) => attentions.workingMs(mailbox),
    });
  }

  isWaiting(mailbox: number): boolean {
    return this.#waits.has(mailbox);
  }

  isWatched(mailbox: number): boolean {
    return this.#watches.has(mailbox);
  }

  /** Something is queued for `mailbox`: checks that wait have it first, then who wakes its agent. */
  wake(mailbox: number): void {
    this.#waits.wake(mailbox);
    this.#watches.consider(mailbox);
    this.#options.happenings.changed(mailbox);
  }

  /** What was handed to its readers is queued again. */
  queuedAgain(queued: readonly Queued[]): void {
    this.#options.happenings.queuedAgain(queued);
    for (const mailbox of new Set(queued.map((each) => each.mailbox))) {
      this.#news.queuedAgain(mailbox);
      this.wake(mailbox);
    }
  }

  /** What the session behind `mailbox` does has changed. */
  consider(mailbox: number): void {
    this.#watches.consider(mailbox);
  }

  /** Rejects as the journal does. A member's own check for anything also brings what became of its messages. */
  async check(
    session: Session,
    me: Membership,
    id: number,
    operation: CheckOperation,
  ): Promise<CheckResult> {
    const checks = this.#checks.get(session) ?? new Map<number, CheckWait>();
    this.#checks.set(session, checks);
    const check = new CheckWait({
      ...this.#options,
      waits: this.#waits,
      mailbox: me.mailbox,
      lease: { instance: me.instance, request: id },
      replyTo: operation.replyTo,
      textBytes: operation.textBytes,
      abandoned: operation.abandoned ?? [],
      queuedAgain: (queued) => this.#options.happenings.queuedAgain(queued),
    });
    checks.set(id, check);
    if (operation.waitMs > 0) this.#options.happenings.changed(me.mailbox);
    const { result, steps } = await check.run(operation.waitMs).finally(() => {
      checks.delete(id);
      this.#watches.consider(me.mailbox);
      this.#options.happenings.changed(me.mailbox);
    });
    for (const step of steps) this.note(step);
    const isForAnything = me.kin !== undefined && operation.replyTo === undefined;
    const sent = isForAnything ? this.#news.take(me.mailbox) : [];
    return sent.length === 0 ? result : { ...result, sent };
  }

  watch(
    session: Session,
    me: Membership,
    id: number,
    operation: WatchOperation,
  ): Promise<WatchResult> {
    const { happenings } = this.#options;
    const seen = this.#watches.run(me.mailbox, session, id, operation);
    happenings.changed(me.mailbox);
    return seen.finally(() => happenings.changed(me.mailbox));
  }

  /** Ends the check or watch `request` of `session`. */
  cancel(session: Session, request: number): void {
    this.#checks.get(session)?.get(request)?.end();
    this.#watches.end(session, request);
  }

  /** The texts were returned to the reader's model. */
  async acknowledge(me: Membership, { messages: ids }: AckOperation): Promise<unknown> {
    const atMs = this.#options.clock.wallMs();
    const steps = await this.#options.journal.run(({ mailboxes, messages }) => {
      const name = mailboxes.byId(me.mailbox)?.name ?? "";
      const read = ids.filter((id) => messages.read(me.mailbox, [id], me.instance, atMs) > 0);
      return read.map((message): Step => ({
        sender: messages.senderOf(message) ?? 0,
        message,
        reader: { id: me.mailbox, name },
        state: "read",
        atMs,
      }));
    });
    for (const step of steps) this.note(step);
    return {};
  }

  /** The messages that check `request` brought were not returned. */
  async release(me: Membership, request: number): Promise<unknown> {
    const lease = { instance: me.instance, request };
    this.queuedAgain(await this.#options.journal.run(({ messages }) => messages.release(lease)));
    return {};
  }

  /** A message has come a step further with one of its readers. */
  note(step: Step): void {
    this.#news.note(step);
    this.#options.happenings.stepped(step);
  }

  /** Nobody is there any more to hear the answers of `session`. */
  stop(session: Session): void {
    for (const check of this.#checks.get(session)?.values() ?? []) check.stop();
    this.#checks.delete(session);
    this.#watches.drop(session);
  }

  /** The agent of `mailbox` is gone. */
  forget(mailbox: number): void {
    this.#news.forget(mailbox);
  }

  close(): void {
    for (const session of [...this.#checks.keys()]) this.stop(session);
    this.#watches.close();
  }
}
