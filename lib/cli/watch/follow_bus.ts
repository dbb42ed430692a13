import type { Bus } from "../../bus/bus.ts";
import type { ObserveResult } from "../../core/bus_events.ts";
import type { Clock } from "../../core/clock.ts";
import { toHustingsError } from "../../core/errors.ts";
import { watchLimits } from "./watch_limits.ts";

/** What who follows a bus is told. */
export type BusNews =
  | { readonly kind: "seen"; readonly result: ObserveResult }
  /** It does not answer; told once, until something is seen again. */
  | { readonly kind: "silent"; readonly message: string };

/**
 * Follows `bus` until `signal` aborts: tells all that `observe` brings, and once when there is no bus, or no
 * answer for `watchLimits.silenceMs`, and then goes on when there is one. What `tell` returns is waited for:
 * a reader that is slow gets less, not later. Rejects with what no waiting mends, and with what `tell` does.
 */
export async function followBus(
  bus: Pick<Bus, "observe">,
  tell: (news: BusNews) => Promise<void> | void,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  let cursor: string | undefined;
  let isSilent = false;
  const silent = async (message: string) => {
    if (isSilent || signal.aborted) return;
    isSilent = true;
    await tell({ kind: "silent", message });
  };
  while (!signal.aborted) {
    const waitMs = cursor === undefined ? 0 : watchLimits.observeMs;
    const none = cursor === undefined ? "There is no bus yet" : "The bus does not answer";
    const late = clock.after(waitMs + watchLimits.silenceMs, () => {
      silent(`${none}: waiting for one`)?.catch(() => {});
    });
    try {
      const result = await bus.observe(
        { ...(cursor === undefined ? {} : { cursor }), waitMs },
        signal,
      );
      late();
      if (signal.aborted) return;
      cursor = result.cursor;
      isSilent = false;
      await tell({ kind: "seen", result });
    } catch (thrown) {
      late();
      const error = toHustingsError(thrown);
      if (signal.aborted) return;
      if (error.code !== "bus_down") throw thrown;
      await silent(error.message);
      await pause(clock, watchLimits.againMs);
    }
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}
