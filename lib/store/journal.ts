import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import type { Store, Work } from "./store.ts";

interface Waiting {
  readonly work: Work<unknown>;
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

  /** `onFenced` is called once, when the store turns out to belong to a later epoch. */
  constructor(store: Store, epoch: number, clock: Clock, onFenced: () => void) {
    this.#store = store;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#onFenced = onFenced;
  }

  /**
   * Resolves with what `work` returned once that is on disk; rejects with what it threw, or with the
   * commit's failure (`fenced`, `store_full`, `store_damaged`, or `store_busy` after
   * `limits.busDownMs`), and then nothing of it happened.
   */
  run<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(overError(this.#epoch));
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
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
      this.#commit(this.#waiting.splice(0, limits.batchOperations));
    }
  }

  #commit(batch: Waiting[]): void {
    try {
      const outcomes = this.#store.batch(this.#epoch, batch.map((waiting) => waiting.work));
      this.#busyMs = undefined;
      batch.forEach((waiting, index) => {
        const outcome = outcomes[index]!;
        if ("error" in outcome) waiting.reject(outcome.error);
        else waiting.resolve(outcome.done);
      });
    } catch (error) {
      if (error instanceof InvariantViolation) throw error;
      if (this.#mayWait(error)) return this.#postpone(batch);
      for (const waiting of batch) waiting.reject(error);
      if (error instanceof HustingsError && error.code === "fenced") this.#fence(error);
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

  #fence(error: HustingsError): void {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    this.#onFenced();
  }
}

function overError(epoch: number): HustingsError {
  return new HustingsError("fenced", `Epoch ${epoch} is over: this broker has stopped`);
}
