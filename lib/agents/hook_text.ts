import type { CheckResult } from "../core/types.ts";
import { messageText, provenance } from "./message_view.ts";

/**
 * What a hook shows the model of the agent `name`: the messages as `check` shows them, whose words they
 * are, and how to answer. `atMs` is the present.
 */
export function hookText(name: string, { messages, more }: CheckResult, nowMs: number): string {
  const count = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  const answer = "To answer one, call the Hustings tool `send` with its number as `reply_to`.";
  return [
    `${count} for ${name} over Hustings. ${provenance} ${answer}`,
    ...messages.map((message) => messageText(message, nowMs)),
    ...(more > 0 ? [`${more} more queued: call the Hustings tool \`check\`.`] : []),
  ].join("\n\n");
}

/** What it shows instead where the texts do not fit into what the client takes: who wrote, and how to read it. */
export function hookNotice(name: string, { messages, more }: CheckResult): string {
  const count = messages.length + more;
  const from = [...new Set(messages.map((message) => message.from))].join(", ");
  return `${
    count === 1 ? "A message" : `${count} messages`
  } for ${name} over Hustings, from ${from}` +
    `${more > 0 ? " and perhaps others" : ""}, too long to be shown here: call the Hustings tool ` +
    "`check` to read.";
}
