import { HustingsError } from "../core/errors.ts";
import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { waitOptionMs, wholeOption } from "./option_values.ts";
import { plainJson } from "./plain_text.ts";
import { receiptView } from "./receipt_view.ts";
import { takeMessages } from "./take_messages.ts";
import { writeOut } from "./terminal.ts";
import { textFromStdin } from "./text_from_stdin.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const send: Verb = {
  name: "send",
  summary: "send a message to a name, several names, a room or everyone",
  usage: ["send NAME[,NAME...] TEXT...", "send '#ROOM' TEXT...", "send '*' TEXT..."]
    .concat(["send NAME < FILE"]),
  about: `Returns once the message is on disk, and says how each reader will notice. A name that
nobody has yet is allowed: the message waits for it. Without TEXT, or with - for it, the
text is read from stdin, without the line feed at its end. Put -- before a TEXT that
begins with a dash. With --wait the answer is shown like those of 'check'; when none
comes in time the message is still sent, and the exit code is 3.`,
  options: {
    "reply-to": {
      type: "string",
      value: "ID",
      help: "the number of the message that this answers",
    },
    wait: { type: "string", value: "SECONDS", help: "wait so long for the answer and show it" },
    ...busOptions,
  },
  json: `{"id","atMs","recipients":[{"name","client"?,"presence":"waiting"|"here"|"away"|"nobody",
"activity"?,"activitySinceMs"?,"reach"?:"wake"|"hooks","sinceMs"?,"writtenAs"?,"near"?:[...]}]}   With
--wait a second line follows once the wait is over, as 'check' prints it.`,
  run,
};

async function run(call: Call) {
  const to = recipients(call);
  const waitMs = waitOptionMs(call);
  const replyTo = wholeOption(call, "reply-to", 1, Number.MAX_SAFE_INTEGER);
  const given = call.words.slice(1).join(" ");
  // Before the bus is joined: typing may take its time.
  const text = given === "" || given === "-" ? await textFromStdin() : given;
  return await onBus(call, async (bus) => {
    const receipt = await bus.send({ to, text, ...(replyTo === undefined ? {} : { replyTo }) });
    await writeOut(call.json ? `${plainJson(receipt)}\n` : receiptView(receipt, Date.now()));
    if (waitMs === undefined) return exitCodes.ok;
    const none = `No answer to #${receipt.id} in ${
      waitMs / 1000
    } s; it may still come: check later.`;
    return await takeMessages(bus, { waitMs, replyTo: receipt.id }, call.json, none);
  });
}

function recipients(call: Call): string[] {
  const names = (call.words[0] ?? "").split(",").map((name) => name.trim());
  const to = names.filter((name) => name !== "");
  if (to.length > 0) return to;
  throw new HustingsError(
    "bad_request",
    "'send' needs to know to whom: write hustings send NAME TEXT; 'hustings list' shows the names",
  );
}
