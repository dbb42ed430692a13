import { deliver, receiptShape, textOptions } from "./deliver.ts";
import { onBus } from "./on_bus.ts";
import { waitOptionMs } from "./option_values.ts";
import { textOf } from "./text_of.ts";
import type { Call, Verb } from "./verb.ts";

export const broadcast: Verb = {
  name: "broadcast",
  summary: "send a message to everyone",
  usage: ["broadcast TEXT...", "broadcast --file PATH", "broadcast < FILE"],
  about: `The same as 'send' to '*': it reaches every agent that is here or was within a week. The
exit code is 5 where there is none, and then nothing was sent. With --wait the first
answer is shown; when none comes in time the exit code is 6.`,
  options: textOptions,
  json: `{${receiptShape}}   With
--wait a second line follows once the wait is over, as 'check' prints it.`,
  run,
};

async function run(call: Call) {
  waitOptionMs(call);
  const text = await textOf(call, 0);
  return await onBus(call, (bus) => deliver(call, bus, { to: ["*"], text }));
}
