import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";

/**
 * The time by which the ages of messages are judged: that of the wall, unless it has run ahead of the
 * monotonic clock since this was made. What a clock that was set wrongly makes old would be lost; so
 * it has to stay as it is for `limits.wallDoubtMs` before it is believed. Until then, time goes on
 * from where it was last believed by the monotonic clock alone.
 *
 * A machine that sleeps looks the same. There, things are only kept the longer.
 */
export class CautiousWall {
  readonly #clock: Clock;
  /** The wall clock at the zero of the monotonic one, as far as it is believed. */
  #offsetMs: number;
  #doubtedSinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = clock.wallMs() - clock.monotonicMs();
  }

  /** Milliseconds since 1970; never later than the wall clock says. */
  nowMs(): number {
    const [wallMs, monotonicMs] = [this.#clock.wallMs(), this.#clock.monotonicMs()];
    const believedMs = monotonicMs + this.#offsetMs;
    if (wallMs - believedMs <= limits.wallAheadMs) {
      this.#doubtedSinceMs = undefined;
      return wallMs;
    }
    this.#doubtedSinceMs ??= monotonicMs;
    if (monotonicMs - this.#doubtedSinceMs < limits.wallDoubtMs) return believedMs;
    this.#doubtedSinceMs = undefined;
    this.#offsetMs = wallMs - monotonicMs;
    return wallMs;
  }
}
