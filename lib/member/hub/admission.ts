import { Backlog } from "../../core/backlog.ts";
import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { TokenBucket } from "../../core/token_bucket.ts";
import type { Rate } from "../../core/token_bucket.ts";
import type { Transaction } from "../../store/store.ts";

interface Buckets {
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;
  readonly renames: TokenBucket;
}

const encoder = new TextEncoder();

/**
 * What one member may ask of the others: it keeps a loop that went wild from filling the disk, and
 * from taking the broker away from everybody else. All of it is bound to the mailbox, so that a new
 * connection brings nothing new.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #backlog = new Backlog();
  readonly #buckets = new Map<number, Buckets>();
  /** Answers of agents alone, by conversation, the one that was answered last at the end. */
  readonly #threads = new Map<number, TokenBucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `too_many_requests` when `sender` may not send this now; otherwise it has used it up. */
  send(
    { mailboxes }: Transaction,
    sender: number,
    text: string,
    recipients: readonly number[],
  ): void {
    for (const recipient of recipients) {
      if (this.#backlog.count(sender, recipient) < limits.backlogMessages) continue;
      const mailbox = mailboxes.byId(recipient);
      // By the word of the store too, which knows what was read under the last broker.
      if (mailbox !== undefined && mailbox.accepted >= limits.backlogMessages) {
        throw backlogError(mailbox.name);
      }
    }
    const nowMs = this.#clock.monotonicMs();
    const { messages, bytes } = this.#bucketsOf(sender, nowMs);
    const byteLength = encoder.encode(text).length;
    const waitMs = Math.max(messages.waitMs(1, nowMs), bytes.waitMs(byteLength, nowMs));
    if (waitMs > 0) throw rateError("messages", waitMs);
    messages.take(1);
    bytes.take(byteLength);
  }

  /**
   * Throws `too_many_requests` when agents alone have answered each other in `thread` too often; a
   * person's word in it begins anew.
   */
  answer(thread: number, isHuman: boolean): void {
    if (isHuman) return void this.#threads.delete(thread);
    const bucket = this.#threadOf(thread);
    const waitMs = bucket.waitMs(1, this.#clock.monotonicMs());
    if (waitMs > 0) throw loopError(thread, waitMs);
    bucket.take(1);
  }

  /** An answer that others let pass was seen: it counts as one that passed here. */
  seen(thread: number, isHuman: boolean): void {
    if (isHuman) return void this.#threads.delete(thread);
    const bucket = this.#threadOf(thread);
    if (bucket.waitMs(1, this.#clock.monotonicMs()) === 0) bucket.take(1);
  }

  /** Throws `too_many_requests` when `member` has changed its name too often. */
  rename(member: number): void {
    const nowMs = this.#clock.monotonicMs();
    const { renames } = this.#bucketsOf(member, nowMs);
    const waitMs = renames.waitMs(1, nowMs);
    if (waitMs > 0) throw rateError("changes of name", waitMs);
    renames.take(1);
  }

  /** A message is on disk. */
  queued(sender: number, recipients: readonly number[]): void {
    for (const recipient of recipients) this.#backlog.queued(sender, recipient);
  }

  /** A check has handed messages out. */
  handed(recipient: number, senders: readonly number[], left: number): void {
    this.#backlog.handed(recipient, senders, left);
  }

  /** What is left for a conversation, which is the one that was answered last now. */
  #threadOf(thread: number): TokenBucket {
    const bucket = this.#threads.get(thread) ??
      new TokenBucket(limits.threadAnswers, this.#clock.monotonicMs());
    this.#threads.delete(thread);
    this.#threads.set(thread, bucket);
    const [oldest] = this.#threads.keys();
    if (this.#threads.size > limits.threads) this.#threads.delete(oldest!);
    return bucket;
  }

  #bucketsOf(member: number, nowMs: number): Buckets {
    const known = this.#buckets.get(member);
    if (known !== undefined) return known;
    const bucket = (rate: Rate) => new TokenBucket(rate, nowMs);
    const made = {
      messages: bucket(limits.sentMessages),
      bytes: bucket(limits.sentBytes),
      renames: bucket(limits.renames),
    };
    this.#buckets.set(member, made);
    return made;
  }
}

function loopError(thread: number, waitMs: number): HustingsError {
  return new HustingsError(
    "too_many_requests",
    `Agents alone have answered each other ${limits.threadAnswers.burst} times and more in the ` +
      `conversation that began with message ${thread}, so this answer was not sent: ask your user ` +
      `how to go on, do not answer only to thank, or try again in ${Math.ceil(waitMs / 1000)} s`,
  );
}

function rateError(what: string, waitMs: number): HustingsError {
  return new HustingsError(
    "too_many_requests",
    `Too many ${what} of yours came in a short time, so this one was not taken: ` +
      `try again in ${waitMs} ms`,
  );
}

/** What who sends more than is read there is told. */
export function backlogError(name: string): HustingsError {
  return new HustingsError(
    "too_many_requests",
    `${limits.backlogMessages} of your messages wait unread at '${name}', so nothing was sent: ` +
      `wait until '${name}' has read some, or leave it out`,
  );
}
