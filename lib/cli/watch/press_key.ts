import { promptOf, promptText, typed } from "./prompt.ts";
import type { Address, Prompt } from "./prompt.ts";
import type { Key, KeyName } from "./key_decoder.ts";
import { contains } from "./screen_lists.ts";
import type { ScreenLists } from "./screen_lists.ts";
import { panes } from "./screen_state.ts";
import type { ScreenState } from "./screen_state.ts";
import { addressOf } from "./address_of.ts";

/** What a key asks for beyond the screen. */
export type Effect =
  | { readonly kind: "quit" }
  | { readonly kind: "interrupt" }
  | { readonly kind: "redraw" }
  | { readonly kind: "pause"; readonly name: string; readonly paused: boolean }
  | { readonly kind: "stop"; readonly thread: number; readonly stopped: boolean }
  | { readonly kind: "send"; readonly address: Address; readonly text: string }
  /** Messages before those that are known, of the chosen conversation or of all. */
  | { readonly kind: "older"; readonly thread: number | undefined }
  /** Looks through what is older than all that is known. */
  | { readonly kind: "find"; readonly search: string }
  | { readonly kind: "notice"; readonly text: string };

/** Changes `state` as a key has it, and returns what is to be done besides. */
export function pressKey(state: ScreenState, lists: ScreenLists, key: Key): Effect[] {
  if (key.kind === "key" && key.name === "interrupt") return [{ kind: "interrupt" }];
  if (key.kind === "key" && key.name === "redraw") return [{ kind: "redraw" }];
  if (state.prompt !== undefined) return pressInPrompt(state, lists, state.prompt, key);
  if (state.isHelpShown) return pressInHelp(state, key);
  if (key.kind === "letter") return letters[key.text]?.(state, lists) ?? [];
  return key.kind === "key" ? pressNamed(state, lists, key.name) : [];
}

const letters: Readonly<
  Record<string, (state: ScreenState, lists: ScreenLists) => Effect[] | undefined>
> = {
  q: () => [{ kind: "quit" }],
  j: (state, lists) => move(state, lists, 1),
  k: (state, lists) => move(state, lists, -1),
  g: (state, lists) => move(state, lists, -Infinity),
  G: (state, lists) => move(state, lists, Infinity),
  n: (state, lists) => findNext(state, lists, -1),
  N: (state, lists) => findNext(state, lists, 1),
  "?": (state) => void (state.isHelpShown = true),
  "/": (state) => void (state.prompt = promptOf("search", "Search: ")),
  f: (state) => void (state.prompt = promptOf("filter", "Show only: ", state.filter)),
  p: pauseMember,
  P: (_state, { view }) => [{ kind: "pause", name: "*", paused: !view.paused.everyone }],
  s: stopConversation,
  w: (state, lists) => write(state, lists, "write"),
  r: (state, lists) => write(state, lists, "answer"),
};

function pressInHelp(state: ScreenState, key: Key): Effect[] {
  if (key.kind === "letter" && key.text === "q") return [{ kind: "quit" }];
  state.isHelpShown = false;
  return [];
}

function pressNamed(state: ScreenState, lists: ScreenLists, name: KeyName): Effect[] {
  const page = state.pages[state.focus];
  switch (name) {
    case "up":
      return move(state, lists, -1);
    case "down":
      return move(state, lists, 1);
    case "pageup":
      return move(state, lists, -page);
    case "pagedown":
      return move(state, lists, page);
    case "home":
      return move(state, lists, -Infinity);
    case "end":
      return move(state, lists, Infinity);
    case "tab":
    case "right":
      return turn(state, 1);
    case "backtab":
    case "left":
      return turn(state, -1);
    case "enter":
      return enter(state, lists);
    case "escape":
      return escape(state);
    default:
      return [];
  }
}

function turn(state: ScreenState, by: number): Effect[] {
  const at = panes.indexOf(state.focus) + by;
  state.focus = panes.at(at % panes.length)!;
  return [];
}

/** Goes into what is chosen: from members and conversations to their messages, from those to one. */
function enter(state: ScreenState, lists: ScreenLists): Effect[] {
  const from = state.focus;
  if (from === "details") return escape(state);
  state.focus = from === "messages" ? "details" : "messages";
  if (from !== "members") return [];
  const member = lists.member(state);
  state.only = member === undefined ? [] : [member.name];
  state.thread = undefined;
  state.message = undefined;
  return [];
}

/** Comes back by one step: from the details, from a search, a filter, a member, a conversation. */
function escape(state: ScreenState): Effect[] {
  if (state.focus === "details") state.focus = "messages";
  else if (state.search !== "") state.search = "";
  else if (state.filter !== "") state.filter = "";
  else if (state.only.length > 0) state.only = [];
  else if (state.thread !== undefined) choose(state, undefined);
  else state.message = undefined;
  return [];
}

function choose(state: ScreenState, thread: number | undefined): void {
  if (thread === state.thread) return;
  state.thread = thread;
  state.message = undefined;
  state.offsets.details = 0;
}

/** Moves the choice in the pane that has the focus; at the top of the messages older ones are asked for. */
function move(state: ScreenState, lists: ScreenLists, by: number): Effect[] {
  switch (state.focus) {
    case "members": {
      const { members } = lists;
      const at = members.findIndex(({ name }) => name === lists.member(state)?.name);
      state.member = members[moved(at, by, members.length)]?.name;
      return [];
    }
    case "conversations": {
      const threads = [undefined, ...lists.threads(state)];
      const at = threads.indexOf(state.thread);
      choose(state, threads[moved(at, by, threads.length)]);
      return state.thread === undefined ? [] : [{ kind: "older", thread: state.thread }];
    }
    case "messages":
      return moveMessage(state, lists, by);
    case "details":
      state.offsets.details = Math.max(
        0,
        state.offsets.details + Math.max(-1e6, Math.min(1e6, by)),
      );
      return [];
  }
}

function moveMessage(state: ScreenState, lists: ScreenLists, by: number): Effect[] {
  const ids = lists.messages(state);
  const at = ids.indexOf(lists.message(state)?.id ?? -1);
  const next = moved(at, by, ids.length);
  // Who is at the end follows what comes.
  state.message = next === ids.length - 1 ? undefined : ids[next];
  state.offsets.details = 0;
  return by < 0 && next === 0 ? [{ kind: "older", thread: state.thread }] : [];
}

function moved(at: number, by: number, length: number): number {
  return Math.max(0, Math.min(length - 1, at + by));
}

function pressInPrompt(
  state: ScreenState,
  lists: ScreenLists,
  prompt: Prompt,
  key: Key,
): Effect[] {
  const name = key.kind === "key" ? key.name : undefined;
  if (name === "enter") return finish(state, lists, prompt);
  if (name === "escape") {
    if (prompt.kind === "filter") state.filter = "";
    state.prompt = undefined;
    return [];
  }
  state.prompt = typed(prompt, key);
  if (prompt.kind === "filter") state.filter = promptText(state.prompt);
  return [];
}

function finish(state: ScreenState, lists: ScreenLists, prompt: Prompt): Effect[] {
  state.prompt = undefined;
  const text = promptText(prompt);
  if (prompt.kind === "filter") return [];
  if (prompt.kind === "search") {
    state.search = text;
    return text === "" ? [] : findNext(state, lists, -1, true);
  }
  return text.trim() === "" ? [] : [{ kind: "send", address: prompt.address!, text }];
}

/** Chooses the next message with what is looked for, towards older ones (-1) or newer ones. */
function findNext(state: ScreenState, lists: ScreenLists, by: 1 | -1, isFirst = false): Effect[] {
  const { search } = state;
  if (search === "") return [];
  const ids = lists.messages(state);
  const { conversations } = lists.view;
  const from = ids.indexOf(lists.message(state)?.id ?? -1);
  for (let at = isFirst ? from : from + by; at >= 0 && at < ids.length; at += by) {
    if (!contains(conversations.message(ids[at]!)!, search)) continue;
    state.message = ids[at];
    state.offsets.details = 0;
    return [];
  }
  if (by === 1) return [{ kind: "notice", text: `No newer message has '${search}'` }];
  return [{ kind: "find", search }];
}

function pauseMember(state: ScreenState, lists: ScreenLists): Effect[] {
  const member = lists.member(state);
  if (state.focus !== "members" || member === undefined) {
    return [{ kind: "notice", text: "Choose a member first: Tab goes there" }];
  }
  const isPaused = lists.view.paused.names.some((name) => name === member.name);
  return [{ kind: "pause", name: member.name, paused: !isPaused }];
}

function stopConversation(state: ScreenState, lists: ScreenLists): Effect[] {
  const thread = state.thread ?? lists.message(state)?.thread;
  if (thread === undefined) return [{ kind: "notice", text: "There is no conversation yet" }];
  return [{ kind: "stop", thread, stopped: !lists.view.isStopped(thread) }];
}

function write(state: ScreenState, lists: ScreenLists, how: "write" | "answer"): Effect[] {
  const address = addressOf(state, lists, how);
  if (address === undefined) {
    const text = how === "write" ? "There is nobody to write to yet" : "There is no message yet";
    return [{ kind: "notice", text }];
  }
  state.prompt = { ...promptOf("write", address.label, state.draft), address };
  state.draft = "";
  return [];
}
