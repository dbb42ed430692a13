import type { Bus } from "../bus/bus.ts";
import { toHustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { mcpLog } from "./mcp_log.ts";

/**
 * Watches for messages that nothing else brings to this agent's model, and has each announced once, by
 * the names of its senders. Never rejects; resolves when that is over: `signal` fired, a newer watch has
 * taken its place, `announce` resolved with false, or the broker knows no watches.
 */
export async function keepWatch(
  bus: Bus,
  announce: (from: readonly string[]) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  let after = 0;
  while (!signal.aborted) {
    try {
      const seen = await bus.watch({ waitMs: limits.watchMs, after }, signal);
      if (seen.replaced) return;
      if (seen.count === 0) continue;
      after = seen.newest;
      if (!await announce(seen.from)) return;
    } catch (error) {
      const { code, message } = toHustingsError(error);
      if (code !== "cancelled") mcpLog(`watch: ${code}: ${message}`);
      if (code !== "bus_down") return;
      await pause(limits.lostPauseMsMax * (0.5 + Math.random() / 2), signal);
    }
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
