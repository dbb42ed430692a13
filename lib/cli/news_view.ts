import type { SentNews } from "../core/types.ts";
import { duration } from "./duration.ts";
import { plainLine } from "./plain_text.ts";

const words = {
  accepted: "is queued for",
  handed: "was handed to",
  read: "was read by",
  answered: "was answered by",
};

/** What became of own messages, a line each: `Your #12 was read by bob 5 s ago.` */
export function newsView(news: readonly SentNews[], nowMs: number): string {
  return news.map(({ id, name, state, atMs }) =>
    `Your #${id} ${words[state]} ${plainLine(name)} ${duration(nowMs - atMs)} ago.\n`
  ).join("");
}
