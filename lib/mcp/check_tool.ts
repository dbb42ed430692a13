import * as z from "zod";
import type { ClientProfile } from "../agents/clients.ts";
import type { CheckResult } from "../core/types.ts";
import { messageFields, messageText, provenance } from "../agents/message_view.ts";
import { newsFields, newsText } from "./receipt_view.ts";
import type { Outcome, Tool } from "./tool.ts";
import { makeTool } from "./tool.ts";
import { waitArgument } from "./wait_argument.ts";
import { waitFor } from "./wait_for.ts";

/** `check`: reads what others sent. All that it changes is the reader's own read mark: read-only. */
export function checkTool(client: ClientProfile): Tool {
  return makeTool({
    name: "check",
    description: "Read the messages that other agents sent you; each comes once. " +
      "Call it when you start, between steps and before you finish.",
    input: z.strictObject({ wait_s: waitArgument("the first message", client) }),
    annotations: { readOnlyHint: true },
    alwaysLoad: true,
    run: async ({ wait_s: waitS = 0 }, call) => {
      const { result, length } = await waitFor(call, "a message", waitS);
      const name = call.session.name;
      const nowMs = call.nowMs();
      if (result.messages.length > 0) return withNews(received(name, result, nowMs), result, nowMs);
      const nothing = waitS === 0
        ? `No messages for ${name}.`
        : `No message for ${name} came in ${length}. To go on waiting, call check again.`;
      const why = result.paused
        ? " A person holds up what is sent to you: it comes when that is over."
        : "";
      const none = { fields: { messages: [], note: nothing + why }, text: nothing + why };
      return withNews(none, result, nowMs);
    },
  });
}

/** With what became of the reader's own messages. */
function withNews({ fields, text }: Outcome, { sent = [] }: CheckResult, nowMs: number): Outcome {
  if (sent.length === 0) return { fields, text };
  return {
    fields: { ...fields, sent: newsFields(sent, nowMs) },
    text: [text, ...newsText(sent, nowMs)].join("\n\n"),
  };
}

function received(name: string, result: CheckResult, nowMs: number): Outcome {
  const { messages, more } = result;
  const count = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  const rest = `${more} more queued: call check again.`;
  return {
    fields: {
      note: provenance,
      messages: messages.map((message) => messageFields(message, nowMs)),
      ...(more > 0 ? { more: rest } : {}),
    },
    text: [
      `${count} for ${name}. ${provenance}`,
      ...messages.map((message) => messageText(message, nowMs)),
      ...(more > 0 ? [rest] : []),
    ].join("\n\n"),
  };
}
