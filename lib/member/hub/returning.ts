import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";

/**
 * The members of the last broker that have not come back yet. They have a moment to do so; then what
 * they held is free. Nobody's name is given away before.
 */
export class Returning {
  readonly #missing: Set<string>;
  readonly #stopTimer: () => void;
  #waiting: (() => void)[] = [];

  /** `onGone` gets those that did not come back in time. */
  constructor(
    instances: readonly string[],
    clock: Clock,
    onGone: (instances: string[]) => void,
  ) {
    this.#missing = new Set(instances);
    this.#stopTimer = this.#missing.size === 0 ? () => {} : clock.after(limits.returnMs, () => {
      const gone = [...this.#missing];
      this.#missing.clear();
      onGone(gone);
      this.#tell();
    });
  }

  has(instance: string): boolean {
    return this.#missing.has(instance);
  }

  /** Nobody can come back any more, or all are back. */
  get isOver(): boolean {
    return this.#missing.size === 0;
  }

  came(instance: string): void {
    if (this.#missing.delete(instance)) this.#tell();
  }

  /** Resolves when somebody came back, or the time for it is over. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#stopTimer();
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
