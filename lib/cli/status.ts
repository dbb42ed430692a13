import type { StatusResult } from "../core/types.ts";
import { duration } from "./duration.ts";
import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { paint, writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const status: Verb = {
  name: "status",
  summary: "show the broker and the state of the bus",
  usage: ["status"],
  about: `Names the process that is the broker, its epoch (it grows with every change of broker) and
uptime, and counts members and messages. When no agent runs, this command is the broker
for its moment and says so.`,
  options: busOptions,
  json: `{"broker":{"name","pid","port","epoch","sinceMs","version"},"me","membersHere",
"membersAway","accepted","handed","storeBytes","home","warnings"?}`,
  run,
};

function run(call: Call) {
  expectWords(call, "status", 0);
  return onBus(call, async (bus) => {
    const result = await bus.status();
    await writeOut(call.json ? `${plainJson(result)}\n` : statusView(result, Date.now()));
    return exitCodes.ok;
  });
}

function statusView(result: StatusResult, nowMs: number): string {
  const { broker, me, membersHere, membersAway, accepted, handed, storeBytes, home } = result;
  const alone = broker.pid === Deno.pid
    ? "; this command, for its moment: no agent was there to be it"
    : "";
  const lines = [
    ["broker", `${plainLine(broker.name)} (process ${broker.pid}, port ${broker.port})${alone}`],
    ["epoch", `${broker.epoch}, for ${duration(nowMs - broker.sinceMs)}`],
    ["version", plainLine(broker.version)],
    ["you", plainLine(me)],
    ["members", `${membersHere} here, ${membersAway} away`],
    ["messages", `${accepted} queued, ${handed} handed out and not yet read`],
    ["store", `${Math.ceil(storeBytes / 1024)} KiB in ${plainLine(home)}`],
    ...(result.warnings ?? []).map((text) => ["warning", plainLine(text)]),
  ];
  return lines.map(([title, text]) => `${paint("bold", title!.padEnd(8))}  ${text}\n`).join("");
}
