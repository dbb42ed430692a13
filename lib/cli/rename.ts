import { HustingsError } from "../core/errors.ts";
import { duration } from "./duration.ts";
import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { prose, writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const rename: Verb = {
  name: "rename",
  summary: "take another name",
  usage: ["rename NEW"],
  about:
    `Gives the terminal in this directory (or the name of --as) another name, which it keeps. The
former one forwards for a while, so that messages under way arrive.`,
  options: busOptions,
  json: `{"name","former","forwardsUntilMs"}`,
  run,
};

function run(call: Call) {
  expectWords(call, "rename", 1);
  const [wanted] = call.words;
  if (wanted === undefined) {
    throw new HustingsError("bad_request", "'rename' needs the name: write hustings rename NEW");
  }
  return onBus(call, async (bus) => {
    const result = await bus.rename(wanted);
    const { name, former, forwardsUntilMs } = result;
    const spanText = duration(forwardsUntilMs - Date.now());
    await writeOut(
      call.json
        ? `${plainJson(result)}\n`
        : prose(`You are ${plainLine(name)} now; ${plainLine(former)} forwards for ${spanText}.\n`),
    );
    return exitCodes.ok;
  });
}
