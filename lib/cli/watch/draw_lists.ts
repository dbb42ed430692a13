import type { MemberView } from "../../core/types.ts";
import { nameKey } from "../../core/names.ts";
import type { SeenMessage } from "../../core/bus_view/conversations.ts";
import { duration } from "../duration.ts";
import { drawList } from "./draw_list.ts";
import type { Grid, Span } from "./grid.ts";
import type { ScreenLists } from "./screen_lists.ts";
import type { Area } from "./screen_layout.ts";
import type { ScreenState } from "./screen_state.ts";
import { fewNames, firstLine, memberSpan, stateSpan, timeOfDay } from "./screen_words.ts";
import { styles } from "./styles.ts";
import { watchLimits } from "./watch_limits.ts";

/** What a pane is drawn from and into. */
export interface Drawing {
  readonly grid: Grid;
  readonly state: ScreenState;
  readonly lists: ScreenLists;
  readonly nowMs: number;
}

/** Columns from which on a message has one line; below it has two. */
const oneLineColumns = 84;
/** Columns of the words for how far a message has come. */
const stateColumns = 14;

/** Draws who is on the bus: name, how many messages are queued for it, and what it does. */
export function drawMembers({ grid, state, lists, nowMs }: Drawing, area: Area): void {
  const { members } = lists;
  const chosen = lists.member(state);
  drawList(grid, area, state, {
    pane: "members",
    title: lists.view.paused.everyone ? "Members (all paused)" : "Members",
    count: members.length,
    chosen: members.findIndex(({ name }) => name === chosen?.name),
    lines: 1,
    empty: "nobody yet",
    draw: (index, row) => drawMember(grid, row, members[index]!, nowMs),
  });
}

function drawMember(grid: Grid, area: Area, member: MemberView, nowMs: number): void {
  const { row, column, width } = area;
  const isAway = member.presence === "away";
  const ageMs = nowMs - member.sinceMs;
  const tail: Span[] = [
    ...(member.unread > 0 ? [{ text: `(${member.unread}) `, style: styles.yellow }] : []),
    memberSpan(member),
    ...(isAway ? [{ text: ` ${largestUnit(ageMs)}`, style: styles.dim }] : []),
  ];
  const tailColumns = tail.reduce((sum, { text }) => sum + text.length, 0);
  const room = Math.max(8, width - tailColumns - 3);
  const name = { text: member.name, style: isAway ? styles.dim : styles.plain };
  const mark = { text: member.broker ? " *" : "", style: styles.magenta | styles.bold };
  grid.put(row, column + 1, room, [name, mark]);
  const start = Math.max(room + 2, width - tailColumns - 1);
  grid.put(row, column + start, width - start, tail);
}

/** `2 h`, `3 min`: what fits beside a name. */
function largestUnit(spanMs: number): string {
  return duration(spanMs).split(" ").slice(0, 2).join(" ");
}

/** Draws the conversations, that with the newest message first, below the line for all of them. */
export function drawConversations({ grid, state, lists }: Drawing, area: Area): void {
  const threads = [undefined, ...lists.threads(state)];
  drawList(grid, area, state, {
    pane: "conversations",
    title: "Conversations",
    count: threads.length,
    chosen: threads.indexOf(state.thread),
    lines: 1,
    empty: "",
    draw: (index, row) => drawConversation(grid, row, lists, threads[index]),
  });
}

function drawConversation(
  grid: Grid,
  { row, column, width }: Area,
  lists: ScreenLists,
  id: number | undefined,
): void {
  if (id === undefined) {
    grid.put(row, column + 1, width - 1, [{ text: "All messages", style: styles.bold }]);
    return;
  }
  const messages = lists.view.conversations.thread(id)?.messages ?? [];
  const isStopped = lists.view.isStopped(id);
  const tail = isStopped ? "stopped" : String(messages.length);
  const room = Math.max(8, width - tail.length - 3);
  grid.put(row, column + 1, room, [
    { text: `#${id} `, style: styles.dim },
    { text: fewNames(lists.participants(id), 2), style: styles.plain },
    {
      text: ` ${firstLine(messages[0]?.text ?? "", watchLimits.firstLineLength)}`,
      style: styles.dim,
    },
  ]);
  const style = isStopped ? styles.red | styles.bold : styles.dim;
  grid.put(row, column + width - tail.length - 1, tail.length, [{ text: tail, style }]);
}

/** Draws the messages of the chosen conversation, the newest at the end. */
export function drawMessages({ grid, state, lists }: Drawing, area: Area): void {
  const ids = lists.messages(state);
  const chosen = lists.message(state);
  drawList(grid, area, state, {
    pane: "messages",
    title: titleOf(state),
    count: ids.length,
    chosen: chosen === undefined ? -1 : lastIndex(ids, chosen.id),
    lines: area.width >= oneLineColumns ? 1 : 2,
    empty: state.silence === undefined ? "no messages" : "",
    draw: (index, row) => {
      const message = lists.view.conversations.message(ids[index]!)!;
      if (row.height === 1) drawLine(grid, row, message);
      else drawTwoLines(grid, row, message);
    },
  });
}

function titleOf({ thread, only, filter, search }: ScreenState): string {
  return [
    thread === undefined ? "Messages" : `Conversation #${thread}`,
    ...(only.length === 0 ? [] : [`with ${fewNames(only, 3)}`]),
    ...(filter === "" ? [] : [`having '${filter}'`]),
    ...(search === "" ? [] : [`search '${search}'`]),
  ].join(", ");
}

/** The chosen one is nearly always near the end. */
function lastIndex(ids: readonly number[], id: number): number {
  return ids.lastIndexOf(id);
}

function drawLine(grid: Grid, { row, column, width }: Area, message: SeenMessage): void {
  const state = stateSpan(message.to);
  const room = width - stateColumns - 2;
  grid.put(row, column + 1, room, [...head(message), { text: "  ", style: styles.plain }, {
    text: firstLine(message.text, watchLimits.firstLineLength),
    style: styles.plain,
  }]);
  grid.put(row, column + room + 2, stateColumns, [state]);
}

function drawTwoLines(grid: Grid, { row, column, width }: Area, message: SeenMessage): void {
  const state = stateSpan(message.to);
  const room = Math.max(12, width - state.text.length - 3);
  grid.put(row, column + 1, room, head(message));
  grid.put(row, column + width - state.text.length - 1, state.text.length, [state]);
  const text = firstLine(message.text, watchLimits.firstLineLength);
  grid.put(row + 1, column + 3, width - 3, text);
}

function head({ id, from, to, atMs, replyTo }: SeenMessage): Span[] {
  const isMine = to.some(({ name }) => nameKey(name) === nameKey(from));
  const names = to.map(({ name }) => name).filter((name) => isMine || name !== from);
  return [
    { text: `${timeOfDay(atMs)} #${id} `, style: styles.dim },
    { text: from, style: styles.bold },
    { text: replyTo === undefined ? " → " : " ↩ ", style: styles.dim },
    { text: fewNames(names, 2) || "nobody", style: styles.plain },
  ];
}
