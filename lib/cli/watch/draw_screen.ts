import { messagesPerMinute } from "../../core/bus_view/traffic.ts";
import { drawDetails } from "./draw_details.ts";
import { drawConversations, drawMembers, drawMessages } from "./draw_lists.ts";
import type { Drawing } from "./draw_lists.ts";
import { drawHelp } from "./draw_help.ts";
import { Grid } from "./grid.ts";
import type { Span } from "./grid.ts";
import { graphemes } from "./graphemes.ts";
import type { Prompt } from "./prompt.ts";
import type { ScreenLists } from "./screen_lists.ts";
import { isWide, screenLayout } from "./screen_layout.ts";
import { panes } from "./screen_state.ts";
import type { ScreenState } from "./screen_state.ts";
import { styles } from "./styles.ts";
import { watchLimits } from "./watch_limits.ts";

/** The size of the screen, and the time in ms since 1970. */
export interface Moment {
  readonly width: number;
  readonly height: number;
  readonly nowMs: number;
}

/**
 * The whole screen as rows of places. Notes in `state` which rows each pane shows, and nothing else: the same
 * state is drawn in the same way.
 */
export function drawScreen(state: ScreenState, lists: ScreenLists, moment: Moment): Grid {
  const { width, height, nowMs } = moment;
  const grid = new Grid(width, height);
  if (width < watchLimits.columnsMin || height < watchLimits.rowsMin) {
    grid.put(0, 0, width, "too small");
    return grid;
  }
  const drawing = { grid, state, lists, nowMs };
  drawHead(drawing);
  if (state.isHelpShown) drawHelp(drawing);
  else drawPanes(drawing);
  drawFoot(drawing);
  return grid;
}

function drawPanes(drawing: Drawing): void {
  const { grid, state } = drawing;
  const { members, conversations, messages, details } = screenLayout(
    grid.width,
    grid.height,
    state.focus,
  );
  if (isWide(grid.width, grid.height)) {
    for (let row = 1; row < grid.height - 1; row++) {
      grid.put(row, messages!.column - 1, 1, [{ text: "│", style: styles.dim }]);
    }
  } else drawTabs(drawing);
  if (members) drawMembers(drawing, members);
  if (conversations) drawConversations(drawing, conversations);
  if (messages) drawMessages(drawing, messages);
  if (details) drawDetails(drawing, details);
}

/** The names of all panes, of which a small screen shows one. */
function drawTabs({ grid, state }: Drawing): void {
  const names = {
    members: "Members",
    conversations: "Convers.",
    messages: "Messages",
    details: "Details",
  };
  const tabs = panes.map((pane): Span => ({
    text: ` ${names[pane]} `,
    style: pane === state.focus ? styles.bold | styles.underline : styles.dim,
  }));
  grid.put(1, 0, grid.width, tabs);
}

/** What is known of the bus as a whole. */
function drawHead({ grid, state, lists, nowMs }: Drawing): void {
  const { view } = lists;
  const { status } = view;
  const here = view.members.filter(({ presence }) => presence !== "away").length;
  const away = view.members.length - here + view.moreAway;
  const words = state.silence !== undefined && status === undefined
    ? [{ text: state.silence, style: styles.bold }]
    : state.silence !== undefined
    ? [{ text: state.silence, style: styles.red | styles.bold }]
    : [
      ...placeWords(lists),
      { text: `   ${here} here, ${away} away`, style: styles.plain },
      ...(view.backlog === 0 ? [] : [{ text: `   ${view.backlog} queued`, style: styles.yellow }]),
      { text: `   ${rate(lists, nowMs)}`, style: styles.dim },
    ];
  grid.put(0, 0, grid.width, [{ text: " hustings  ", style: styles.bold }, ...words]);
}

/** What the bus rests on: its broker, or a server. */
function placeWords({ view }: ScreenLists): Span[] {
  const { broker, server } = view.status ?? {};
  if (server !== undefined) {
    return [
      { text: `NATS server ${server.name}`, style: styles.plain },
      { text: `, realm ${server.realm}`, style: styles.dim },
    ];
  }
  if (broker === undefined) return [];
  // Its agent may have joined after the snapshot that named none.
  const name = view.members.find((member) => member.broker)?.name ?? broker.name;
  return [
    { text: `broker ${name || "without an agent"}`, style: styles.plain },
    { text: `, port ${broker.port}, epoch ${broker.epoch}`, style: styles.dim },
  ];
}

const bars = " ▁▂▃▄▅▆▇█";
const minutesShown = 10;

/** The messages of each of the last minutes, as bars, and their number. */
function rate({ view }: ScreenLists, nowMs: number): string {
  const counts = messagesPerMinute(view.conversations, nowMs, minutesShown);
  const most = Math.max(1, ...counts);
  const heights = counts.map((count) => bars[Math.ceil((count / most) * (bars.length - 1))]);
  const sum = counts.reduce((total, count) => total + count, 0);
  return `${heights.join("")} ${sum} in ${minutesShown} min`;
}

function drawFoot({ grid, state, nowMs }: Drawing): void {
  const row = grid.height - 1;
  if (state.prompt !== undefined) return drawPrompt(grid, state.prompt);
  const { notice } = state;
  if (notice !== undefined && nowMs - notice.atMs < watchLimits.noticeMs) {
    const style = notice.isError ? styles.red | styles.bold : styles.bold;
    grid.put(row, 0, grid.width, [{ text: ` ${notice.text}`, style }]);
    return;
  }
  const keys = state.isHelpShown
    ? "any key: back   q quit"
    : "? help  q quit  Tab next pane  / search  f filter  w write  r answer  p pause  s stop";
  grid.put(row, 0, grid.width, [{ text: ` ${keys}`, style: styles.dim }]);
}

/** The line that is typed into: its end, where there is no room for all of it before the cursor. */
function drawPrompt(grid: Grid, { label, signs, at }: Prompt): void {
  const row = grid.height - 1;
  const labelRoom = Math.floor(grid.width / 2);
  const used = grid.put(row, 0, labelRoom, [{ text: ` ${label}`, style: styles.bold }]);
  const room = grid.width - used - 1;
  const places = signs.map((sign) => graphemes(sign === "\n" ? "⏎" : sign));
  const columns = places.map((each) => each.reduce((sum, { width }) => sum + width, 0));
  let from = 0;
  let before = columns.slice(0, at).reduce((sum, each) => sum + each, 0);
  while (before > room) before -= columns[from++]!;
  const text = places.slice(from).flat().map((place) => place.text).join("");
  grid.put(row, used, room + 1, text);
  grid.cursor = { row, column: Math.min(used + before, grid.width - 1) };
}
