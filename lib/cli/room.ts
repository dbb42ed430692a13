import { HustingsError } from "../core/errors.ts";
import type { RoomResult } from "../core/types.ts";
import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const room: Verb = {
  name: "room",
  summary: "enter a room, or leave it",
  usage: ["room NAME", "room NAME --leave"],
  about:
    `What is sent to '#NAME' goes to all who are in that room. Whoever works in a repository is in
its room already; one that nobody is in yet is made by entering it. NAME stands here
without the #, with which a shell begins a comment.`,
  options: { leave: { type: "boolean", help: "leave the room instead" }, ...busOptions },
  json: `{"room","inside","members":[...]}   "members": the names of those in it.`,
  run,
};

function run(call: Call) {
  expectWords(call, "room", 1);
  const [name] = call.words;
  if (name === undefined) {
    throw new HustingsError(
      "bad_request",
      "'room' needs the name, without a # (which begins a comment in a shell): write " +
        "hustings room NAME; 'hustings list' shows who is in which",
    );
  }
  return onBus(call, async (bus, me) => {
    const result = await bus.room(name, call.values["leave"] !== true);
    await writeOut(call.json ? `${plainJson(result)}\n` : roomView(result, me.name));
    return exitCodes.ok;
  });
}

function roomView({ room, inside, members }: RoomResult, me: string): string {
  const others = members.filter((name) => name !== me).map(plainLine).join(", ") || "nobody else";
  const name = plainLine(room);
  return inside
    ? `You are in ${name} now, with ${others}.\n`
    : `You are not in ${name} any more; in it: ${others}.\n`;
}
