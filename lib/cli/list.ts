import type { ListResult, MemberView } from "../core/types.ts";
import { duration } from "./duration.ts";
import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { table } from "./table.ts";
import { writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const list: Verb = {
  name: "list",
  summary: "show who is on the bus",
  usage: ["list"],
  about:
    `Shows every agent with its directory, whether it waits, is here or away and since when, and
how many messages are queued for it; then the names that have messages but no owner yet.`,
  options: busOptions,
  json: `{"members":[{"name","client","directory","presence":"waiting"|"here"|"away","sinceMs",
"unread","me"?:true,"broker"?:true}],"unclaimed":[{"name","unread"}]}`,
  run,
};

function run(call: Call) {
  expectWords(call, "list", 0);
  return onBus(call, async (bus) => {
    const result = await bus.list();
    await writeOut(call.json ? `${plainJson(result)}\n` : listView(result, Date.now()));
    return exitCodes.ok;
  });
}

function listView({ members, unclaimed }: ListResult, nowMs: number): string {
  const heading = ["NAME", "CLIENT", "STATE", "SINCE", "UNREAD", "", "DIRECTORY"];
  const rows = members.map((member) => [
    plainLine(member.name),
    plainLine(member.client),
    member.presence,
    duration(nowMs - member.sinceMs),
    String(member.unread),
    marks(member),
    plainLine(member.directory),
  ]);
  const waiting = unclaimed.map(({ name, unread }) => [plainLine(name), String(unread)]);
  return table(heading, rows) +
    (waiting.length === 0 ? "" : `\n${table(["NOBODY YET", "UNREAD"], waiting)}`);
}

function marks({ me, broker }: MemberView): string {
  return [...(me ? ["you"] : []), ...(broker ? ["broker"] : [])].join(", ");
}
