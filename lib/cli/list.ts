import { doingWords } from "../agents/attention_words.ts";
import { byNearness } from "../agents/by_nearness.ts";
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

/** Rooms of one agent in the table; the JSON has all. */
const roomsShown = 3;

export const list: Verb = {
  name: "list",
  summary: "show who is on the bus",
  usage: ["list"],
  about: `Shows every agent, you first, with its directory and branch, its rooms, what it does and
since when, whether it can be woken, and how many messages are queued for it; then the
names that have messages but no owner yet. Of many that are away only the last are shown;
--all shows every agent of the last week.`,
  options: {
    all: { type: "boolean", help: "also those that have been away longer" },
    ...busOptions,
  },
  json:
    `{"members":[{"name","client","directory","branch"?,"rooms":[...],"presence":"waiting"|"here"|
"away","activity"?:"working"|"idle","activitySinceMs"?,"reach"?:"wake"|"hooks","sinceMs","unread",
"paused"?:true,"me"?:true,"broker"?:true}],"more"?,"unclaimed":[{"name","unread"}]}`,
  run,
};

function run(call: Call) {
  expectWords(call, "list", 0);
  return onBus(call, async (bus) => {
    const result = await bus.list(call.values["all"] === true ? { all: true } : {});
    await writeOut(call.json ? `${plainJson(result)}\n` : listView(result, Date.now()));
    return exitCodes.ok;
  });
}

function listView({ members, more, unclaimed }: ListResult, nowMs: number): string {
  const heading = ["NAME", "CLIENT", "STATE", "SINCE", "UNREAD", "", "ROOMS", "DIRECTORY"];
  const rows = members.toSorted(byNearness).map((member) => [
    plainLine(member.name),
    plainLine(member.client),
    member.presence === "here" ? doingWords(member) : member.presence,
    duration(nowMs - sinceMs(member)),
    String(member.unread),
    marks(member),
    plainLine(rooms(member)),
    plainLine(place(member)),
  ]);
  const waiting = unclaimed.map(({ name, unread }) => [plainLine(name), String(unread)]);
  return table(heading, rows) +
    (more === undefined ? "" : `${more} more are away longer: hustings list --all\n`) +
    (waiting.length === 0 ? "" : `\n${table(["NOBODY YET", "UNREAD"], waiting)}`);
}

function sinceMs({ presence, activitySinceMs, sinceMs }: MemberView): number {
  return presence === "here" ? activitySinceMs ?? sinceMs : sinceMs;
}

/** Those that fit into a table. */
function rooms({ rooms }: MemberView): string {
  const shown = rooms.slice(0, roomsShown).join(" ");
  return rooms.length > roomsShown ? `${shown} +${rooms.length - roomsShown}` : shown;
}

function place({ directory, branch }: MemberView): string {
  return branch === undefined ? directory : `${directory} (${branch})`;
}

function marks({ me, broker, paused }: MemberView): string {
  return [...(me ? ["you"] : []), ...(broker ? ["broker"] : []), ...(paused ? ["paused"] : [])]
    .join(", ");
}
