import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import type { WatchResult } from "../../core/types.ts";
import type { WatchOperation } from "../../core/operations.ts";
import type { Waiting } from "../../store/store.ts";

/** What a watch has to know of its mailbox. */
export interface WatchedMailbox {
  /** What is queued above the id `after`. */
  waiting(mailbox: number, after: number): Promise<Waiting>;
  /** A check waits there: it gets what comes. */
  isWaiting(mailbox: number): boolean;
  /** How long its session still counts as being at work, in ms. */
  workingMs(mailbox: number): number;
}

interface Watch {
  /** Who asked for it, told apart by identity alone. */
  readonly session: object;
  readonly request: number;
  readonly after: number;
  readonly resolve: (result: WatchResult) => void;
  readonly reject: (error: unknown) => void;
  stopTimer: () => void;
  stopRest: () => void;
}

/**
 * Those who wait to wake the session behind a mailbox, at most one for each.
 *
 * | state of a watch | entered by | left by | ignores |
 * |---|---|---|---|
 * | waiting | `run`; a look that found nothing | `consider`: a check waits → waiting; its session works → waiting, and looks when that time is over; else → looking | |
 * | looking | `consider` | something is queued → over, unless a check waits or its session works by now → waiting; nothing → waiting; the store's error → over | |
 * | over | what it saw; its time; `end`; `drop`; a newer watch | never | everything |
 */
export class Watches {
  readonly #clock: Clock;
  readonly #of: WatchedMailbox;
  readonly #watches = new Map<number, Watch>();

  constructor(clock: Clock, of: WatchedMailbox) {
    this.#clock = clock;
    this.#of = of;
  }

  has(mailbox: number): boolean {
    return this.#watches.has(mailbox);
  }

  /** Resolves with what is queued, or with a count of 0 once the time or the turn of this watch is over. */
  run(
    mailbox: number,
    session: object,
    request: number,
    { waitMs, after }: WatchOperation,
  ): Promise<WatchResult> {
    this.replace(mailbox);
    return new Promise((resolve, reject) => {
      const stopTimer = this.#clock.after(waitMs, () => this.#over(mailbox));
      const watch = { session, request, after, resolve, reject, stopTimer, stopRest: () => {} };
      this.#watches.set(mailbox, watch);
      this.consider(mailbox);
    });
  }

  /** Something about the mailbox has changed: its queue, its checks, or what its session does. */
  consider(mailbox: number): void {
    const watch = this.#watches.get(mailbox);
    if (watch === undefined) return;
    watch.stopRest();
    if (this.#of.isWaiting(mailbox)) return; // its end is another change
    const restMs = this.#of.workingMs(mailbox);
    if (restMs > 0) watch.stopRest = this.#clock.after(restMs, () => this.consider(mailbox));
    else this.#look(mailbox, watch);
  }

  /** The caller wants the watch `request` no longer. */
  end(session: object, request: number): void {
    for (const [mailbox, watch] of this.#watches) {
      if (watch.session === session && watch.request === request) this.#over(mailbox);
    }
  }

  /** A newer watch for the mailbox is somewhere else. */
  replace(mailbox: number): void {
    this.#over(mailbox, { replaced: true });
  }

  /** Nobody is there to be answered. */
  drop(session: object): void {
    for (const [mailbox, watch] of this.#watches) {
      if (watch.session === session) this.#remove(mailbox, watch);
    }
  }

  /** All of them end with this error. */
  fail(error: HustingsError): void {
    for (const [mailbox, watch] of this.#watches) {
      this.#remove(mailbox, watch);
      watch.reject(error);
    }
  }

  close(): void {
    for (const [mailbox, watch] of this.#watches) this.#remove(mailbox, watch);
  }

  async #look(mailbox: number, watch: Watch): Promise<void> {
    try {
      const seen = await this.#of.waiting(mailbox, watch.after);
      if (seen.count === 0 || this.#watches.get(mailbox) !== watch) return;
      // What came up during the look may take what was seen: to wake a model for nothing is dear.
      if (this.#isServed(mailbox)) return this.consider(mailbox);
      this.#remove(mailbox, watch);
      watch.resolve(seen);
    } catch (error) {
      if (!(error instanceof HustingsError)) throw error;
      if (this.#watches.get(mailbox) === watch) this.#remove(mailbox, watch);
      watch.reject(error);
    }
  }

  /** Something else brings what is queued to the model. */
  #isServed(mailbox: number): boolean {
    return this.#of.isWaiting(mailbox) || this.#of.workingMs(mailbox) > 0;
  }

  #over(mailbox: number, mark: { readonly replaced?: true } = {}): void {
    const watch = this.#watches.get(mailbox);
    if (watch === undefined) return;
    this.#remove(mailbox, watch);
    watch.resolve({ count: 0, from: [], newest: watch.after, ...mark });
  }

  #remove(mailbox: number, watch: Watch): void {
    watch.stopTimer();
    watch.stopRest();
    this.#watches.delete(mailbox);
  }
}
