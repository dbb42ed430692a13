import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { expectWords, waitOptionMs } from "./option_values.ts";
import { takeMessages } from "./take_messages.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const check: Verb = {
  name: "check",
  summary: "read the messages that wait for you",
  usage: ["check [--wait SECONDS]"],
  about:
    `Shows what is queued for your name and notes it as read, then what became of messages that you
sent. With --wait it waits so long for the first message. The exit code is 3 when there was
no message, with --wait as without.`,
  options: {
    wait: { type: "string", value: "SECONDS", help: "wait so long for the first message" },
    ...busOptions,
  },
  json: `{"messages":[{"id","from","to":[...],"atMs","text","replyTo"?,"thread","redelivered"?}],
"more","sent"?:[{"id","name","state":"handed"|"read"|"answered","atMs"}],"paused"?:true}   "more"
counts what stays queued: check again. "sent" is what became of your own messages since the last
check. "paused": somebody holds up what is sent to you, so that nothing comes.`,
  run,
};

function run(call: Call) {
  expectWords(call, "check", 0);
  const waitMs = waitOptionMs(call) ?? 0;
  const none = waitMs === 0 ? "No messages." : `No message in ${waitMs / 1000} s.`;
  const view = { json: call.json, none, noneCode: exitCodes.nothing };
  return onBus(call, (bus) => takeMessages(bus, { waitMs }, view));
}
