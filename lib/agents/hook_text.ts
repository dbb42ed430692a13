import { limits } from "../core/limits.ts";
import type { CheckResult, Message } from "../core/types.ts";
import { messageText, provenance } from "./message_view.ts";

const answer = "To answer one, call the Hustings tool `send` with its number as `reply_to`.";

/** Characters of a text below which it is not cut any more. */
const beginning = 64;

/**
 * What a hook shows the model of the agent `name` at `nowMs`: the messages as `check` shows them, whose
 * words they are, and how to answer. Where that is more than `limits.hookOutputBytes`, which the client
 * would cut off or set aside, each long text is shown by its beginning, and how to read the rest.
 */
export function hookText(name: string, { messages, more }: CheckResult, nowMs: number): string {
  const count = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  const written = (length: number) =>
    [
      `${count} for ${name} over Hustings. ${provenance} ${answer}`,
      ...messages.map((message) => begun(message, length, nowMs)),
      ...(more > 0 ? [`${more} more queued: call the Hustings tool \`check\`.`] : []),
    ].join("\n\n");
  let length: number = limits.hookOutputBytes;
  let text = written(length);
  while (bytesOf(text) > limits.hookOutputBytes && length > beginning) {
    length = Math.floor(length / 2);
    text = written(length);
  }
  return text;
}

function begun(message: Message, length: number, nowMs: number): string {
  const { id, text } = message;
  if (text.length <= length) return messageText(message, nowMs);
  // Not in the middle of a character that takes two units.
  const start = text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
  return `${messageText({ ...message, text: start }, nowMs)}\n` +
    `[${
      text.length - start.length
    } characters more: the Hustings tool \`history\`, with limit 1 and ` +
    `before ${id + 1}, shows all]`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
