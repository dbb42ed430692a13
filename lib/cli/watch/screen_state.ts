import type { Prompt } from "./prompt.ts";

/** The parts of the screen, in the order in which Tab goes through them. */
export const panes = ["members", "conversations", "messages", "details"] as const;
export type Pane = typeof panes[number];

/** What a person has chosen on the screen. What is chosen is named, not counted: lists move on below it. */
export interface ScreenState {
  focus: Pane;
  /** The name of the chosen member; undefined is the first. */
  member: string | undefined;
  /** The chosen conversation; undefined is all of them together. */
  thread: number | undefined;
  /** The chosen message; undefined is the newest, whichever that is. */
  message: number | undefined;
  /** Only messages that one of these members wrote or got; of all where none is named. */
  only: readonly string[];
  /** Only messages with this in their text or names. */
  filter: string;
  /** What was looked for last. */
  search: string;
  prompt: Prompt | undefined;
  /** A text that could not be sent: it stands in the next prompt. */
  draft: string;
  isHelpShown: boolean;
  /** The first row that each pane shows. */
  readonly offsets: Record<Pane, number>;
  /** How many rows each pane had when it was drawn last: a page. */
  readonly pages: Record<Pane, number>;
  notice: Notice | undefined;
  /** Why nothing new is shown; undefined while the bus answers. */
  silence: string | undefined;
  /** Under which name this person writes; undefined before the first message. */
  me: string | undefined;
}

/** A word about what was done, at the foot of the screen for a while. */
export interface Notice {
  readonly text: string;
  readonly isError: boolean;
  readonly atMs: number;
}

/** Nothing chosen: the newest messages of all. */
export function newScreenState(): ScreenState {
  return {
    focus: "messages",
    member: undefined,
    thread: undefined,
    message: undefined,
    only: [],
    filter: "",
    search: "",
    prompt: undefined,
    draft: "",
    isHelpShown: false,
    offsets: { members: 0, conversations: 0, messages: 0, details: 0 },
    pages: { members: 1, conversations: 1, messages: 1, details: 1 },
    notice: undefined,
    silence: "Looking for the bus",
    me: undefined,
  };
}
