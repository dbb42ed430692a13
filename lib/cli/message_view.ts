import { isForOne } from "../agents/is_for_one.ts";
import type { HistoryEntry, Message, SentNews } from "../core/types.ts";
import { duration } from "./duration.ts";
import { plainLine, plainText } from "./plain_text.ts";
import { paint, prose } from "./terminal.ts";

/** Messages as a person reads them: a line about each, its text indented below. */
export function messageView(messages: readonly Message[], nowMs: number): string {
  return messages.map((message) => {
    const { id, from, to, atMs, replyTo, redelivered, text } = message;
    const marks = [
      `${duration(nowMs - atMs)} ago`,
      ...(isForOne(to) ? [] : [`to ${to.map(plainLine).join(", ")}`]),
      ...(replyTo === undefined ? [] : [`answers #${replyTo}`]),
      ...(redelivered ? ["may have been shown before"] : []),
    ];
    return entry(`#${id} from ${paint("bold", plainLine(from))}`, marks, text);
  }).join("\n");
}

const stateWords = { accepted: "queued", handed: "handed", read: "read", answered: "answered" };

/** The same for what was sent and received, oldest first, with what became of each. */
export function historyView(entries: readonly HistoryEntry[], nowMs: number): string {
  return entries.toSorted((one, other) => one.id - other.id).map((message) => {
    const { id, from, to, atMs, replyTo, text } = message;
    const readers = to.map(({ name, state }) => `${plainLine(name)} (${stateWords[state]})`);
    const marks = [
      `${duration(nowMs - atMs)} ago`,
      ...(replyTo === undefined ? [] : [`answers #${replyTo}`]),
    ];
    const head = `#${id} ${paint("bold", plainLine(from))} to ${readers.join(", ") || "nobody"}`;
    return entry(head, marks, text);
  }).join("\n");
}

/** What became of own messages, a line each. */
export function sentView(news: readonly SentNews[]): string {
  return news.map(({ id, name, state }) =>
    `Your #${id}: ${plainLine(name)} (${stateWords[state]})\n`
  )
    .join("");
}

function entry(head: string, marks: readonly string[], text: string): string {
  const indented = plainText(text).split("\n").map((line) => `  ${line}`.trimEnd());
  // The text is somebody's own: its lines stay as they are.
  return `${prose(`${head} ${paint("dim", `(${marks.join("; ")})`)}`, 4)}\n${
    indented.join("\n")
  }\n`;
}
