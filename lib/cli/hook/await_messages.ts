import type { HookIdentity } from "../../agents/hook_identity.ts";
import { attendBus } from "../../bus/attend_bus.ts";
import type { Attendant } from "../../bus/bus.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { writeError } from "../terminal.ts";
import { showMessages } from "./show_messages.ts";

/** How a watch went: messages were shown, it is over for good, or the bus has to be found again. */
type Outcome = "shown" | "over" | "lost";

/** The exit code with which Claude Code gives the hook's stderr to the model, and wakes it for that. */
const wakes = 2;

/**
 * Waits until something is queued that nothing else brings to the session's model, writes it to stderr
 * and returns 2. Returns 0 when a newer wait has taken its place, its time is over, or no bus knew its
 * session for `lostMs`.
 *
 * At the start of a session its member may not be there yet, and a broker may go: both are looked for
 * again and again, ever more seldom. This process never becomes a broker itself.
 */
export async function awaitMessages(
  { first, second }: HookIdentity,
  lostMs: number = limits.waitHookLostMs,
): Promise<number> {
  // Other clients read Claude Code's hooks, too, know nothing of such a wait, and would last as long.
  if (Deno.env.get("CLAUDECODE") !== "1") return 0;
  // The channel of the session announces what comes; who set it up is not to be told twice.
  if (Deno.env.get("HUSTINGS_CHANNEL") === "1") return 0;
  // Without a user (`claude -p`) the client waits for this process instead of going on.
  if (Deno.env.get("CLAUDE_CODE_SESSION_ATTENDED") === "0") return 0;
  const endMs = performance.now() + limits.waitHookMs;
  let seenMs = performance.now();
  let pauseMs: number = limits.lostPauseMs;
  while (performance.now() < endMs && performance.now() - seenMs < lostMs) {
    const attendant = await attendBus(first, second);
    if (attendant !== undefined) {
      const sinceMs = performance.now();
      const outcome = await watched(attendant, endMs);
      attendant.leave();
      if (outcome !== "lost") return outcome === "shown" ? wakes : 0;
      seenMs = performance.now();
      // A broker that ends every watch at once is not asked without a pause.
      if (seenMs - sinceMs > limits.lostPauseMsMax) pauseMs = limits.lostPauseMs;
    }
    await pause(pauseMs * (0.5 + Math.random() / 2));
    pauseMs = Math.min(2 * pauseMs, limits.lostPauseMsMax);
  }
  return 0;
}

async function watched(attendant: Attendant, endMs: number): Promise<Outcome> {
  for (;;) {
    const waitMs = endMs - performance.now();
    if (waitMs <= 0) return "over";
    try {
      const seen = await attendant.watch({ waitMs, after: 0 });
      if (seen.replaced) return "over";
      // Others may have been faster: then there is nothing to show, and it goes on.
      if (seen.count > 0 && await showMessages(attendant, writeError)) return "shown";
    } catch (error) {
      // Of an error that is none of the bus, stderr is the cause: nobody would see a later text either.
      return error instanceof HustingsError ? "lost" : "over";
    }
    await pause(limits.lostPauseMs);
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
