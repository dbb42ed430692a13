import { HustingsError } from "../../core/errors.ts";

/**
 * Carries tasks out one after the other. Those that wait behind one for which there was no server end with
 * its error: they have waited for that server, too.
 */
export class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as `task` does, which begins once all before it are over. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    const last: Promise<unknown> = result.catch((error) => {
      if (error instanceof HustingsError && error.code === "bus_down") throw error;
    });
    this.#last = last;
    last.catch(() => {
      // Who comes after that asks anew.
      if (this.#last === last) this.#last = Promise.resolve();
    });
    return result;
  }
}
