import { agentDirectory } from "../agents/agent_directory.ts";
import { findRepository, readBranch } from "../agents/find_repository.ts";
import type { Bus, Identity } from "../bus/bus.ts";
import { openBus } from "../bus/open_bus.ts";
import type { HelloResult } from "../core/types.ts";
import { onFarewell } from "../member/on_farewell.ts";
import { exitCodes } from "./exit_codes.ts";
import type { ExitCode } from "./exit_codes.ts";
import { textOption } from "./option_values.ts";
import { withProgress } from "./progress.ts";
import type { Call } from "./verb.ts";

/**
 * Joins the bus for one command, follows the broker that runs or is the broker for its moment, and
 * leaves again, also when a signal ends it. Rejects with what `act` or the joining rejected with:
 * `name_in_use` where `--as` names somebody else.
 */
export async function onBus(
  call: Call,
  act: (bus: Bus, me: HelloResult) => Promise<ExitCode>,
): Promise<ExitCode> {
  const bus = openBus();
  // An interrupted wait must not look like one that brought a message.
  onFarewell(() => bus.leave(), exitCodes.interrupted);
  try {
    const joining = () => bus.join(identity(textOption(call, "as")));
    const me = await withProgress("Looking for the bus", joining);
    return await act(bus, me);
  } finally {
    await bus.leave();
  }
}

/** A name of one's own belongs to another client: it must not become what this directory is called. */
function identity(name: string | undefined): Identity {
  const directory = agentDirectory("terminal");
  const repository = findRepository(directory);
  const branch = repository && readBranch(repository.head);
  // Whoever pipes, runs a script: what that sends counts as an agent's.
  const human = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  const place = {
    ...{ directory, shared: true, human },
    ...(repository === undefined ? {} : { repository: repository.directory }),
    ...(branch === undefined ? {} : { branch }),
  };
  return name === undefined
    ? { client: "terminal", ...place }
    : { client: "script", ...place, name, must: true };
}
