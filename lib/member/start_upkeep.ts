import type { Clock } from "../core/clock.ts";
import { limits } from "../core/limits.ts";

/**
 * Calls `onTick` every `limits.upkeepMs`; `paused` tells that the tick came so late that this
 * process, or the machine, was stopped in between. Returns what ends it.
 */
export function startUpkeep(clock: Clock, onTick: (paused: boolean) => void): () => void {
  let stop = () => {};
  const arm = () => {
    const dueMs = clock.monotonicMs() + limits.upkeepMs;
    stop = clock.after(limits.upkeepMs, () => {
      // Armed first: the tick may end the upkeep.
      arm();
      onTick(clock.monotonicMs() - dueMs > limits.pauseShownMs);
    });
  };
  arm();
  return () => stop();
}
