import type { BusView } from "../../core/bus_view/bus_view.ts";
import type { SeenMessage } from "../../core/bus_view/conversations.ts";
import { nameKey } from "../../core/names.ts";
import type { MemberView } from "../../core/types.ts";
import type { ScreenState } from "./screen_state.ts";
import { watchLimits } from "./watch_limits.ts";

type Wanted = Pick<ScreenState, "filter" | "only" | "thread">;

/** What the panes list at this moment, found once for each change. */
export class ScreenLists {
  readonly view: BusView;
  #key = "";
  #threads: readonly number[] = [];
  #messages: readonly number[] = [];
  /** Whether a message passed `#passedFor`; messages are replaced when they change. */
  #passed = new WeakMap<SeenMessage, boolean>();
  #passedFor = "";

  constructor(view: BusView) {
    this.view = view;
  }

  get members(): readonly MemberView[] {
    return this.view.members;
  }

  /** Conversations with a message that passes, that with the newest message first. */
  threads(wanted: Wanted): readonly number[] {
    this.#find(wanted);
    return this.#threads;
  }

  /** Ids of the messages that pass, of the chosen conversation or of all, the oldest first. */
  messages(wanted: Wanted): readonly number[] {
    this.#find(wanted);
    return this.#messages;
  }

  /** The chosen message: the newest unless one is chosen that passes. */
  message(state: ScreenState): SeenMessage | undefined {
    const ids = this.messages(state);
    const id = state.message !== undefined && ids.includes(state.message)
      ? state.message
      : ids.at(-1);
    return id === undefined ? undefined : this.view.conversations.message(id);
  }

  /** The chosen member: the first unless one is chosen that is there. */
  member({ member }: ScreenState): MemberView | undefined {
    const chosen = member === undefined ? undefined : this.view.member(member);
    return chosen ?? this.members[0];
  }

  /** Who takes part in a conversation, as its last messages show. */
  participants(thread: number): string[] {
    const names = new Map<string, string>();
    const messages = this.view.conversations.thread(thread)?.messages ?? [];
    for (const { from, to } of messages.slice(-watchLimits.participantsFrom)) {
      for (const name of [from, ...to.map((each) => each.name)]) {
        if (!names.has(nameKey(name))) names.set(nameKey(name), name);
      }
    }
    return [...names.values()];
  }

  #find({ filter, only, thread }: Wanted): void {
    const rule = `${only.join()}\0${filter}`;
    const key = `${this.view.changes}\0${thread ?? ""}\0${rule}`;
    if (key === this.#key) return;
    this.#key = key;
    if (rule !== this.#passedFor) this.#passed = new WeakMap();
    this.#passedFor = rule;
    const { conversations } = this.view;
    const ids = thread === undefined
      ? conversations.ids
      : conversations.thread(thread)?.messages.map(({ id }) => id) ?? [];
    if (rule === "\0") {
      this.#messages = ids;
      this.#threads = conversations.threadIds;
      return;
    }
    const passes = (id: number) => this.#passes(conversations.message(id)!, filter, only);
    this.#messages = ids.filter(passes);
    const found = new Set(
      conversations.ids.filter(passes).map((id) => conversations.message(id)!.thread),
    );
    this.#threads = conversations.threadIds.filter((id) => found.has(id));
  }

  #passes(message: SeenMessage, filter: string, only: readonly string[]): boolean {
    let passes = this.#passed.get(message);
    if (passes === undefined) {
      passes = (only.length === 0 || only.some((name) => isWith(message, name))) &&
        contains(message, filter);
      this.#passed.set(message, passes);
    }
    return passes;
  }
}

/** Whether `name` wrote the message or got it. */
export function isWith({ from, to }: Pick<SeenMessage, "from" | "to">, name: string): boolean {
  const key = nameKey(name);
  return nameKey(from) === key || to.some((each) => nameKey(each.name) === key);
}

/** Whether `part` is in the text of a message or in one of its names, in small letters or capitals. */
export function contains({ from, to, text }: SeenMessage, part: string): boolean {
  if (part === "") return true;
  const wanted = part.toLowerCase();
  return [text, from, ...to.map((each) => each.name)].some((each) =>
    each.toLowerCase().includes(wanted)
  );
}
