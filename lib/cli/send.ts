import { deliver, receiptShape, textOptions } from "./deliver.ts";
import { onBus } from "./on_bus.ts";
import { waitOptionMs, wholeOption } from "./option_values.ts";
import { recipientsOf } from "./recipients_of.ts";
import { textOf } from "./text_of.ts";
import type { Call, Verb } from "./verb.ts";

export const send: Verb = {
  name: "send",
  summary: "send a message to a name, several names, a room or everyone",
  usage: ["send NAME[,NAME...] TEXT...", "send '#ROOM' TEXT...", "send '*' TEXT..."]
    .concat(["send NAME --file PATH", "send NAME < FILE"]),
  about: `Returns once the message is on disk, and says how each reader will notice. A name that
nobody has yet is allowed: the message waits for it. Without TEXT, or with - for it, the
text is read from stdin, without the line feed at its end. Put -- before a TEXT that
begins with a dash. With --wait the answer is shown like those of 'check'; when none
comes in time the message is still sent, and the exit code is 6. It is 5 where there is
nobody to send to, and then nothing was sent.`,
  options: {
    "reply-to": {
      type: "string",
      value: "ID",
      help: "the number of the message that this answers",
    },
    ...textOptions,
  },
  json: `{${receiptShape}}   With
--wait a second line follows once the wait is over, as 'check' prints it.`,
  run,
};

async function run(call: Call) {
  const to = recipientsOf(call, "send", "send NAME TEXT");
  waitOptionMs(call); // before anything is typed or sent
  const replyTo = wholeOption(call, "reply-to", 1, Number.MAX_SAFE_INTEGER);
  // Before the bus is joined: typing may take its time.
  const text = await textOf(call, 1);
  return await onBus(
    call,
    (bus) => deliver(call, bus, { to, text, ...(replyTo === undefined ? {} : { replyTo }) }),
  );
}
