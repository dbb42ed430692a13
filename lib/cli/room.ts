import { HustingsError } from "../core/errors.ts";
import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { prose, writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const room: Verb = {
  name: "room",
  summary: "enter a room, or leave it",
  usage: ["room '#NAME'", "room '#NAME' --leave"],
  about:
    `Who is in a room gets what is sent to it. A room is made by who enters it first. All who work
in a repository are in its room, which is called like its directory, unless they leave it.`,
  options: { leave: { type: "boolean", help: "leave it instead" }, ...busOptions },
  json: `{"room","inside","members":[...]}`,
  run,
};

function run(call: Call) {
  expectWords(call, "room", 1);
  const [name] = call.words;
  if (name === undefined) {
    throw new HustingsError(
      "bad_request",
      "'room' needs its name: write hustings room '#NAME', with the quotes, as a shell takes a bare # " +
        "for a comment",
    );
  }
  return onBus(call, async (bus) => {
    const result = await bus.room(name, call.values["leave"] !== true);
    const { room, inside, members } = result;
    const who = members.map(plainLine).join(", ") || "nobody";
    const text = `You are ${inside ? "" : "not "}in ${plainLine(room)}. In it: ${who}.\n`;
    await writeOut(call.json ? `${plainJson(result)}\n` : prose(text, 2));
    return exitCodes.ok;
  });
}
