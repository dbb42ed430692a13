import type { Drawing } from "./draw_lists.ts";
import { styles } from "./styles.ts";

/** What the keys do, for the screen and for the page of help. */
const keys: readonly (readonly [string, string])[] = [
  ["↑ ↓  j k", "move; PgUp PgDn a page; g first, G last and follow"],
  ["Tab ← →", "next pane: members, conversations, messages, details"],
  ["Enter", "into what is chosen"],
  ["Esc", "back by one step: details, search, filter, conversation"],
  ["/  n N", "search, then older, newer; goes into the history"],
  ["f", "show only messages with a text or a name"],
  ["w", "write to the member or the conversation; Ctrl-J: new line"],
  ["r", "answer the message"],
  ["p", "pause or resume deliveries to the member"],
  ["P", "the same for everyone"],
  ["s", "stop the conversation for agents, or let it go on"],
  ["Ctrl-L", "draw the screen anew"],
  ["?  q", "this page; quit"],
];

const keyColumns = 10;

/** Draws the page that says what the keys do. */
export function drawHelp({ grid }: Drawing): void {
  for (const [index, [key, text]] of keys.entries()) {
    const row = index + 1;
    if (row >= grid.height - 1) return;
    grid.put(row, 1, keyColumns, [{ text: key, style: styles.bold }]);
    grid.put(row, 1 + keyColumns, grid.width - keyColumns - 1, text);
  }
}
