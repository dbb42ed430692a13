import { clientsWithHooks, eventsOf } from "../agents/find_hook.ts";
import { HustingsError } from "../core/errors.ts";
import { exitCodes } from "./exit_codes.ts";
import { verbHelp } from "./help_text.ts";
import { writeOut } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";

/** `main.ts` carries out a hook itself; what comes here asks what there is. */
export const hook: Verb = {
  name: "hook",
  summary: "what an AI client runs as its hook, to show its model what came",
  usage: ["hook CLIENT EVENT", "hook claude wait"],
  choices: clientsWithHooks().map(({ short }) => short),
  about:
    `Reads what the client tells its hook from stdin, shows the session's queued messages in the
client's own form, and notes them as read. Where there is nothing to show, or anything goes
wrong, it prints nothing and ends with 0: it is never in the client's way. It takes no part
in the bus.

'wait' lasts until a message comes for an idle session; it is written to stderr then, and
the exit code is 2, with which the client wakes its model ("asyncRewake": true). With
HUSTINGS_CHANNEL=1, for a session that was started with a channel of this server, it leaves
that to the channel.

Clients and their events:
${clientLines()}`,
  options: {},
  run,
};

function clientLines(): string {
  const clients = clientsWithHooks();
  const width = Math.max(...clients.map(({ short }) => short.length));
  return clients.map((client) => `  ${client.short.padEnd(width)}  ${eventsOf(client).join(", ")}`)
    .join("\n");
}

async function run({ words }: Call) {
  if (words.length > 0) {
    throw new HustingsError("bad_request", "'hook' takes a client and an event, and no options");
  }
  await writeOut(verbHelp(hook));
  return exitCodes.ok;
}
