import type { Clock } from "../../lib/core/clock.ts";
import { systemClock } from "../../lib/member/system_clock.ts";

/** The time of the system, some times as fast: what takes ten seconds by it is over in a part of that. */
export class FastClock implements Clock {
  readonly #times: number;
  readonly #fromMs = systemClock.monotonicMs();

  constructor(times: number) {
    this.#times = times;
  }

  wallMs(): number {
    return Math.floor(systemClock.wallMs() + this.monotonicMs() - systemClock.monotonicMs());
  }

  monotonicMs(): number {
    return this.#fromMs + (systemClock.monotonicMs() - this.#fromMs) * this.#times;
  }

  after(delayMs: number, fn: () => void): () => void {
    return systemClock.after(delayMs / this.#times, fn);
  }
}
