import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import type { Store, Work } from "./store.ts";

interface Waiting {
  readonly work: Work<unknown>;
  /** How much it adds to the store, about; 0 for what has to go on when the disk is full. */
  readonly growsBytes: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: operations that arrive in one turn of the event loop share one transaction, and each
 * is told of its outcome after the commit. They are carried out in the order in which they came.
 */
export class Journal {
  readonly #store: Store;
  readonly #epoch: number;
  readonly #onFenced: () => void;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;
  readonly #clock: Clock;
  /** Since when the store is busy; undefined while it is not. */
  #busyMs: number | undefined;
  #stopRetry: () => void = () => {};

  /** `onFenced` is called once, when the store belongs to a later epoch or turns out to be damaged. */
  constructor(store: Store, epoch: number, clock: Clock, onFenced: () => void) {
    this.#store = store;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#onFenced = onFenced;
  }

  /**
   * Resolves with what `work` returned once that is on disk; rejects with what it threw, or with the
   * commit's failure (`fenced`, `store_full`, or `store_busy` after `limits.busDownMs`), and then
   * nothing of it happened. A damaged store ends the epoch too: the next claim mends it, and what was
   * asked here is asked there again. `growsBytes` says about how much it adds: such work is refused
   * when the disk is full, while all other work goes on with the space that is kept for it.
   */
  run<T>(work: Work<T>, growsBytes = 0): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(overError(this.#epoch));
      this.#waiting.push({
        work,
        growsBytes,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // A microtask runs after all that one wake-up of the event loop brought.
      queueMicrotask(() => this.#flush());
    });
  }

  /** Carries out what waits, and takes no more. */
  close(): void {
    this.#flush();
    this.#closed = true;
    this.#stopRetry();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(overError(this.#epoch));
  }

  #flush(): void {
    this.#scheduled = false;
    while (this.#waiting.length > 0 && !this.#closed && !this.#scheduled) {
      this.#commit(this.#waiting.splice(0, this.#nextLength()));
    }
  }

  /** How many of those that wait share the next commit: one at least. */
  #nextLength(): number {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ growsBytes }, index) => {
      bytes += growsBytes;
      return index > 0 && (index === limits.batchOperations || bytes > limits.batchBytes);
    });
    return end === -1 ? this.#waiting.length : end;
  }

  #commit(batch: Waiting[]): void {
    const grows = batch.some(({ growsBytes }) => growsBytes > 0);
    try {
      const works = batch.map((waiting) => waiting.work);
      const outcomes = this.#store.batch(this.#epoch, works, { grows });
      this.#busyMs = undefined;
      batch.forEach((waiting, index) => {
        const outcome = outcomes[index]!;
        if ("error" in outcome) waiting.reject(outcome.error);
        else waiting.resolve(outcome.done);
      });
    } catch (error) {
      if (error instanceof InvariantViolation) throw error;
      if (this.#mayWait(error)) return this.#postpone(batch);
      if (grows && error instanceof HustingsError && error.code === "store_full") {
        return this.#commitOthers(batch, error);
      }
      const over = overBy(error);
      for (const waiting of batch) waiting.reject(over ?? error);
      if (over !== undefined) this.#fence(over);
    }
  }

  /** A busy store has changed nothing, so the same can be tried again, for as long as callers wait. */
  #mayWait(error: unknown): boolean {
    if (!(error instanceof HustingsError) || error.code !== "store_busy") return false;
    const nowMs = this.#clock.monotonicMs();
    this.#busyMs ??= nowMs;
    return nowMs - this.#busyMs < limits.busDownMs;
  }

  #postpone(batch: Waiting[]): void {
    this.#waiting.unshift(...batch);
    this.#scheduled = true;
    this.#stopRetry();
    this.#stopRetry = this.#clock.after(limits.pauseMs, () => this.#flush());
  }

  /** Refuses what adds to a full store; what shared a commit with it is carried out without it. */
  #commitOthers(batch: Waiting[], full: HustingsError): void {
    const others = batch.filter(({ growsBytes }) => growsBytes === 0);
    for (const waiting of batch) if (waiting.growsBytes > 0) waiting.reject(full);
    if (others.length > 0) this.#commit(others);
  }

  #fence(error: HustingsError): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    this.#onFenced();
  }
}

/** The error with which the epoch ends, if it ends by this. */
function overBy(error: unknown): HustingsError | undefined {
  if (!(error instanceof HustingsError)) return undefined;
  if (error.code === "fenced") return error;
  if (error.code !== "store_damaged") return undefined;
  return new HustingsError("fenced", "The store is damaged: the next broker mends it", {
    cause: error,
  });
}

function overError(epoch: number): HustingsError {
  return new HustingsError("fenced", `Epoch ${epoch} is over: this broker has stopped`);
}
