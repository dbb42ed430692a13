import type { Clock } from "../../lib/core/clock.ts";

/** Time that stands still until a test turns it on. */
export class TurnedClock implements Clock {
  #nowMs = 0;
  readonly #startMs: number;
  readonly #due: { atMs: number; fn: () => void }[] = [];

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  wallMs(): number {
    return this.#startMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fn: () => void): () => void {
    const due = { atMs: this.#nowMs + delayMs, fn };
    this.#due.push(due);
    return () => {
      const at = this.#due.indexOf(due);
      if (at >= 0) this.#due.splice(at, 1);
    };
  }

  /** Lets `ms` pass, with all that falls due meanwhile, in order. */
  turn(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#due.toSorted((one, other) => one.atMs - other.atMs)[0];
      if (next === undefined || next.atMs > endMs) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#nowMs = next.atMs;
      next.fn();
    }
    this.#nowMs = endMs;
  }
}
