import { findHook } from "../../agents/find_hook.ts";
import { hookIdentity } from "../../agents/hook_identity.ts";
import { readHookInput } from "../../agents/hook_input.ts";
import { limits } from "../../core/limits.ts";
import { farewellSignals } from "../../member/farewell_signals.ts";
import { remark, writeError } from "../terminal.ts";
import { awaitMessages } from "./await_messages.ts";
import { handOver } from "./hand_over.ts";
import { hookStdin } from "./hook_stdin.ts";

/**
 * Carries out `hustings hook CLIENT EVENT` and returns the exit code. A hook must never be in its client's
 * way: whatever goes wrong, it prints nothing and returns 0, in `limits.hookMs` at the latest. Only a
 * wait that brought messages returns 2.
 */
export async function runHook([client = "", event = ""]: readonly string[]): Promise<number> {
  const found = findHook(client, event);
  if (typeof found === "string") {
    await writeError(remark(`hustings hook: ${found}\n`, 2)).catch(() => {});
    return 0;
  }
  const deadline = setTimeout(() => Deno.exit(0), limits.hookMs);
  try {
    const input = readHookInput(await hookStdin());
    if (input.inside) return 0;
    const identity = hookIdentity(found.client, input);
    if (found.hook !== undefined) await handOver(found.hook, input, identity);
    else {
      clearTimeout(deadline);
      endOnSignals();
      return await awaitMessages(identity);
    }
  } catch {
    // What was not shown stays queued.
  }
  return 0;
}

/** The client ends its hooks with the session: that is no failure. */
function endOnSignals(): void {
  for (const signal of farewellSignals()) Deno.addSignalListener(signal, () => Deno.exit(0));
}
