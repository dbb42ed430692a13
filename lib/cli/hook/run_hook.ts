import { agentDirectory } from "../../agents/agent_directory.ts";
import { ancestorsOf } from "../../agents/ancestors_of.ts";
import { findHook } from "../../agents/find_hook.ts";
import type { FoundHook } from "../../agents/find_hook.ts";
import { readHookInput } from "../../agents/hook_input.ts";
import type { HookInput } from "../../agents/hook_input.ts";
import { sessionOfProcess } from "../../agents/session_id.ts";
import type { AttendIdentity } from "../../bus/bus.ts";
import { limits } from "../../core/limits.ts";
import { writeError } from "../terminal.ts";
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
    await writeError(`hustings hook: ${found}\n`).catch(() => {});
    return 0;
  }
  const deadline = setTimeout(() => Deno.exit(0), limits.hookMs);
  try {
    const input = readHookInput(await hookStdin());
    if (input.inside) return 0;
    const identity = identityOf(found, input);
    let ancestors: Promise<number[]> | undefined;
    const farther = () => ancestors ??= ancestorsOf(Deno.ppid);
    if (found.hook !== undefined) await handOver(found.hook, input, identity, farther);
    else {
      clearTimeout(deadline);
      endOnSignals();
      return await awaitMessages(identity, farther);
    }
  } catch {
    // What was not shown stays queued.
  }
  return 0;
}

function identityOf({ client: { short } }: FoundHook, input: HookInput): AttendIdentity {
  const directory = agentDirectory(short, {
    env: (name) => Deno.env.get(name),
    cwd: () => input.directory ?? Deno.cwd(),
  });
  const session = input.session ?? sessionOfProcess(short);
  return {
    client: short,
    directory,
    ...(session === undefined ? {} : { session }),
    ancestors: [Deno.ppid],
  };
}

/** The client ends its hooks with the session: that is no failure. */
function endOnSignals(): void {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGTERM", "SIGINT", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, () => Deno.exit(0));
}
