import type { Clock } from "../core/clock.ts";

/** The machine's time. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, fn) => {
    // Up to Deno 2.6 a timer that is due fires although something else of the same turn has cleared it.
    let isDue = true;
    const timer = setTimeout(() => {
      if (isDue) fn();
    }, delayMs);
    return () => {
      isDue = false;
      clearTimeout(timer);
    };
  },
};
