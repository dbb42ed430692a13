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

  /** `onFenced` is called once, when the store turns out to belong to a later epoch. */
  constructor(store: Store, epoch: number, onFenced: () => void) {
    this.#store = store;
    this.#epoch = epoch;
    this.#onFenced = onFenced;
  }

  /**
   * Resolves with what `work` returned once that is on disk; rejects with what it threw, or with the
   * commit's failure (`fenced`, `store_full`, `store_damaged`), and then nothing of it happened.
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
  }

  #flush(): void {
    this.#scheduled = false;
    while (this.#waiting.length > 0 && !this.#closed) {
      this.#commit(this.#waiting.splice(0, limits.batchOperations));
    }
  }

  #commit(batch: Waiting[]): void {
    try {
      const outcomes = this.#store.batch(this.#epoch, batch.map((waiting) => waiting.work));
      batch.forEach((waiting, index) => {
        const outcome = outcomes[index]!;
        if ("error" in outcome) waiting.reject(outcome.error);
        else waiting.resolve(outcome.done);
      });
    } catch (error) {
      if (error instanceof InvariantViolation) throw error;
      for (const waiting of batch) waiting.reject(error);
      if (error instanceof HustingsError && error.code === "fenced") this.#fence(error);
    }
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
