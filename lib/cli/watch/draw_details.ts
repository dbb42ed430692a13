import { clientTitle } from "../../agents/find_client.ts";
import type { SeenDelivery, SeenMessage } from "../../core/bus_view/conversations.ts";
import type { MemberView } from "../../core/types.ts";
import { duration } from "../duration.ts";
import { drawTitle } from "./draw_list.ts";
import type { Drawing } from "./draw_lists.ts";
import type { Span } from "./grid.ts";
import type { ScreenLists } from "./screen_lists.ts";
import type { Area } from "./screen_layout.ts";
import { deliverySpan, memberSpan, timeOfDay } from "./screen_words.ts";
import { styles } from "./styles.ts";
import { wrapPlaces } from "./wrap_places.ts";

/** Recipients that are shown one by one; a message to everyone may have hundreds. */
const recipientsShown = 100;

/**
 * Draws all there is to know about what is chosen: a message with its text and how far it has come with
 * each recipient, or, from the pane of the members, a member.
 */
export function drawDetails(drawing: Drawing, area: Area): void {
  const { grid, state, lists } = drawing;
  const isOfMember = state.focus === "members";
  const message = lists.message(state);
  const lines = isOfMember
    ? memberLines(lists.member(state), drawing, area.width - 2)
    : message === undefined
    ? []
    : messageLines(message, lists, area.width - 2);
  const title = isOfMember
    ? "Member"
    : message === undefined
    ? "Message"
    : `Message #${message.id}`;
  drawTitle(grid, area, state.focus === "details", title);
  const rows = Math.max(0, area.height - 1);
  const offset = Math.max(0, Math.min(state.offsets.details, lines.length - rows));
  state.offsets.details = offset;
  state.pages.details = Math.max(1, rows);
  for (const [index, line] of lines.slice(offset, offset + rows).entries()) {
    grid.put(area.row + 1 + index, area.column + 1, area.width - 1, line);
  }
}

function messageLines(message: SeenMessage, lists: ScreenLists, width: number): Span[][] {
  const { from, to, atMs, thread, replyTo, id, text } = message;
  const place = [
    ...(thread === id ? [] : [`in conversation #${thread}`]),
    ...(replyTo === undefined ? [] : [`answers #${replyTo}`]),
    ...(lists.view.isStopped(thread) ? ["stopped: agents may not answer"] : []),
  ].join(", ");
  return [
    [
      { text: from, style: styles.bold },
      { text: `  ${new Date(atMs).toDateString()} ${timeOfDay(atMs)}`, style: styles.dim },
    ],
    ...(place === "" ? [] : [[{ text: place, style: styles.dim }]]),
    ...to.slice(0, recipientsShown).map((delivery) => recipientLine(delivery, atMs)),
    ...(to.length > recipientsShown
      ? [[{ text: `… and ${to.length - recipientsShown} more`, style: styles.dim }]]
      : []),
    [],
    ...wrapPlaces(text, width).map((line) => [{ text: line, style: styles.plain }]),
  ];
}

/** The state of one recipient, and how long after the message each step came. */
function recipientLine(delivery: SeenDelivery, sentMs: number): Span[] {
  const { name, state, handedMs, readMs, answeredMs } = delivery;
  const steps = ([["handed", handedMs], ["read", readMs], ["answered", answeredMs]] as const)
    .flatMap(([word, atMs]) => atMs === undefined ? [] : [`${word} +${shortTime(atMs - sentMs)}`])
    .join(", ");
  return [
    { text: `→ ${name}: `, style: styles.plain },
    deliverySpan(state),
    { text: steps === "" ? "" : `  (${steps})`, style: styles.dim },
  ];
}

/** `0.2 s`, `41 s`, `2 h 10 min`. */
function shortTime(spanMs: number): string {
  return spanMs < 10_000 ? `${Math.max(0, spanMs / 1000).toFixed(1)} s` : duration(spanMs);
}

function memberLines(
  member: MemberView | undefined,
  { lists, nowMs }: Drawing,
  width: number,
): Span[][] {
  if (member === undefined) return [];
  const { name, client, directory, branch, rooms, presence, sinceMs, reach, unread } = member;
  const wakes = { wake: "can be woken", hooks: "hooks show it what comes" };
  const facts = [
    ["client", clientTitle(client)],
    ["directory", branch === undefined ? directory : `${directory} (${branch})`],
    ["since", `${duration(nowMs - sinceMs)} ${presence === "away" ? "away" : "here"}`],
    ["queued", String(unread)],
    ...(rooms.length === 0 ? [] : [["rooms", rooms.join(" ")]]),
    ...(reach === undefined ? [] : [["notices", wakes[reach]]]),
    ...(member.broker ? [["broker", "this one is it"]] : []),
    ...(lists.view.isPaused(name) ? [["paused", "what is sent to it stays queued"]] : []),
  ];
  const lines = facts.flatMap(([title, text]) =>
    wrapPlaces(text!, width - 11).map((line, index) => [
      { text: (index === 0 ? title! : "").padEnd(11), style: styles.dim },
      { text: line, style: styles.plain },
    ])
  );
  return [[{ text: `${name}  `, style: styles.bold }, memberSpan(member)], ...lines];
}
