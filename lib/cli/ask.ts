import { awaitAnswer } from "./await_answer.ts";
import { receiptShape } from "./deliver.ts";
import { onBus } from "./on_bus.ts";
import { waitOptionMs } from "./option_values.ts";
import { receiptView } from "./receipt_view.ts";
import { recipientsOf } from "./recipients_of.ts";
import { writeError } from "./terminal.ts";
import { fileOption, textOf } from "./text_of.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

/** Where the caller left the wait open: a model that is at work answers within a step or two. */
const defaultWaitMs = 120_000;

export const ask: Verb = {
  name: "ask",
  summary: "send a message and wait for its answer",
  usage: ["ask NAME TEXT... [--wait SECONDS]", "ask NAME --file PATH", "ask NAME < FILE"],
  about: `Prints the answer on stdout, like a message of 'check', and before it the receipt on
stderr. Other messages stay queued. When no answer comes in time the exit code is 6: the
message is sent all the same, and the answer comes with a later 'check'. Of several that
are asked, or of everyone in a room, the first answer ends the wait. The text is given as
for 'send'.`,
  options: {
    wait: {
      type: "string",
      value: "SECONDS",
      help: `wait so long, instead of ${defaultWaitMs / 1000}`,
    },
    ...fileOption,
    ...busOptions,
  },
  json: `{${receiptShape},
"messages":[...],"more","sent"?:[...]}   One value, once the wait is over; the last three as
'check' prints them.`,
  run,
};

async function run(call: Call) {
  const to = recipientsOf(call, "ask", "ask NAME TEXT");
  const waitMs = waitOptionMs(call) ?? defaultWaitMs;
  const text = await textOf(call, 1);
  return await onBus(call, async (bus) => {
    const receipt = await bus.send({ to, text });
    // The answer alone is what a script reads.
    if (!call.json) await writeError(receiptView(receipt, Date.now())).catch(() => {});
    return await awaitAnswer(bus, receipt.id, { waitMs, json: call.json, fields: receipt });
  });
}
