/** Counts what happened within the last `windowMs`, and allows no more than `count` of it. */
export class SlidingWindow {
  readonly #count: number;
  readonly #windowMs: number;
  /** When each of them was, oldest first; at most `count`. */
  readonly #timesMs: number[] = [];

  constructor({ count, windowMs }: { readonly count: number; readonly windowMs: number }) {
    this.#count = count;
    this.#windowMs = windowMs;
  }

  /** Notes one more at `nowMs` (monotonic) and returns true, or false where that would be too many. */
  take(nowMs: number): boolean {
    if (this.waitMs(nowMs) > 0) return false;
    this.#timesMs.push(nowMs);
    return true;
  }

  /** In how many milliseconds one more is allowed; 0 when it is now. Notes nothing. */
  waitMs(nowMs: number): number {
    while (this.#timesMs.length > 0 && this.#timesMs[0]! <= nowMs - this.#windowMs) {
      this.#timesMs.shift();
    }
    if (this.#timesMs.length < this.#count) return 0;
    return this.#timesMs[0]! + this.#windowMs - nowMs;
  }
}
