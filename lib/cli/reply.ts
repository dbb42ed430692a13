import { HustingsError } from "../core/errors.ts";
import { deliver, receiptShape, textOptions } from "./deliver.ts";
import { onBus } from "./on_bus.ts";
import { waitOptionMs } from "./option_values.ts";
import { textOf } from "./text_of.ts";
import type { Call, Verb } from "./verb.ts";

export const reply: Verb = {
  name: "reply",
  summary: "answer a message by its number",
  usage: ["reply ID TEXT...", "reply ID --file PATH", "reply ID < FILE"],
  about: `The number stands before each message that 'check' and 'history' show. The answer goes to
who sent it; for a message of your own, to those who got it. It counts as the answer that
the other may be waiting for. The text is given as for 'send'. With --wait the answer to
this one is shown; when none comes in time the exit code is 6.`,
  options: textOptions,
  json: `{${receiptShape}}   With
--wait a second line follows once the wait is over, as 'check' prints it.`,
  run,
};

async function run(call: Call) {
  const replyTo = numberIn(call);
  waitOptionMs(call);
  const text = await textOf(call, 1);
  return await onBus(call, (bus) => deliver(call, bus, { to: [], text, replyTo }));
}

function numberIn({ words: [word] }: Call): number {
  const id = word !== undefined && /^#?\d{1,15}$/.test(word) ? Number(word.replace("#", "")) : 0;
  if (id > 0) return id;
  const is = word === undefined ? "" : `: '${word}' is none`;
  throw new HustingsError(
    "bad_request",
    `'reply' needs the number of the message first${is}; write hustings reply 12 TEXT`,
  );
}
