import { invariant } from "./invariant.ts";

/** How much may come at once, and how fast it may come in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Holds tokens up to the burst of its rate, full at first, and fills up as time goes on. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #atMs: number;

  /** `nowMs`, here and below, is monotonic time. */
  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#atMs = nowMs;
  }

  /** In how many milliseconds `count` tokens will be there; 0 when they are. Takes none. */
  waitMs(count: number, nowMs: number): number {
    const { burst, perSecond } = this.#rate;
    invariant(count <= burst, "a bucket can hold what is asked of it");
    const gained = Math.max(0, nowMs - this.#atMs) * perSecond / 1000;
    this.#tokens = Math.min(burst, this.#tokens + gained);
    this.#atMs = Math.max(this.#atMs, nowMs);
    return this.#tokens >= count ? 0 : Math.ceil((count - this.#tokens) * 1000 / perSecond);
  }

  /** Takes `count` tokens that are there, by the word of `waitMs`. */
  take(count: number): void {
    this.#tokens -= count;
  }
}
