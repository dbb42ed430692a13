import type { PausedView, StoppedView } from "../../core/bus_events.ts";
import type { HistoryResult } from "../../core/types.ts";
import type { PersonView, SentView } from "../protocol.ts";
import { webLimits } from "../web_limits.ts";
import { ask, reasonOf } from "./ask.ts";
import type { PageStore, Tab } from "./page_store.ts";
import { readThread } from "./read_history.ts";

/** Opens a conversation; on a narrow page it takes the place of the list. */
export function openThread(store: PageStore, thread: number): void {
  store.change({ thread, tab: "threads" });
  readThread(store, thread);
  showToPerson(store, thread);
}

/** Closes the conversation that is open. */
export function closeThread(store: PageStore): void {
  store.change({ thread: undefined });
}

/** Shows a pane; the bus and the list of conversations have to be free of the one that is open. */
export function showTab(store: PageStore, tab: Tab): void {
  store.change(tab === "agents" ? { tab } : { tab, thread: undefined });
}

/** Says that the person has seen the messages to it that are in `thread`; they then count as read. */
export async function showToPerson(store: PageStore, thread: number): Promise<void> {
  if (document.visibilityState !== "visible") return;
  const ids = store.ui.person.unshown.filter((message) => message.thread === thread)
    .map(({ id }) => id);
  if (ids.length > 0) await attempt(store, () => ask(store, "shown", { ids }));
}

/** Takes a name for the person; rejects with why it cannot be had. */
export async function joinAs(store: PageStore, name: string): Promise<void> {
  store.change({ person: await ask<PersonView>(store, "join", { name }) });
}

export interface Letter {
  readonly to: readonly string[];
  readonly text: string;
  readonly replyTo?: number;
}

/** Sends; resolves with how each reader will notice, and rejects with why nothing was sent. */
export async function sendLetter(store: PageStore, letter: Letter): Promise<SentView> {
  return await ask<SentView>(store, "send", letter);
}

/** Holds up what is sent to `name` (`*`: to everyone), or lets it go on. */
export async function setPaused(store: PageStore, name: string, paused: boolean): Promise<void> {
  await attempt(store, async () => {
    await ask<PausedView>(store, "pause", { name, paused });
    const whom = name === "*" ? "everyone" : name;
    const words = paused ? `Delivery to ${whom} is paused` : `Delivery to ${whom} is resumed`;
    store.change({ notice: words });
  });
}

/** Refuses agents further answers in a conversation, or allows them again. */
export async function setStopped(store: PageStore, thread: number, stopped: boolean) {
  await attempt(store, async () => {
    await ask<StoppedView>(store, "stop", { thread, stopped });
    const words = stopped ? "is stopped: agents cannot answer in it" : "may go on";
    store.change({ notice: `The conversation ${words}` });
  });
}

/** Looks through the history for `words`; none at all ends the search. */
export async function search(store: PageStore, words: string): Promise<void> {
  if (words.trim() === "") return store.change({ search: undefined });
  store.change({ search: { words, found: [], isLooking: true } });
  await lookBack(store, words, undefined);
}

/** Goes on with the search where it ended. */
export async function searchOn(store: PageStore): Promise<void> {
  const { search } = store.ui;
  if (search === undefined || search.isLooking || search.before === undefined) return;
  store.change({ search: { ...search, isLooking: true } });
  await lookBack(store, search.words, search.before);
}

async function lookBack(store: PageStore, words: string, before: number | undefined) {
  const from = before === undefined ? {} : { before };
  // Another search may have begun meanwhile: its answer is the one that counts.
  const current = () => store.ui.search?.words === words ? store.ui.search : undefined;
  try {
    const body = { limit: webLimits.searchEntries, search: words, ...from };
    const { entries, older, searchedTo } = await ask<HistoryResult>(store, "history", body);
    const search = current();
    if (search === undefined) return;
    const next = older ? searchedTo ?? entries.at(-1)?.id : undefined;
    const further = next === undefined ? {} : { before: next };
    const found = [...search.found, ...entries];
    store.change({ search: { words, found, isLooking: false, ...further } });
  } catch (error) {
    const search = current();
    if (search === undefined) return;
    store.change({ search: { ...search, isLooking: false, trouble: reasonOf(error) } });
  }
}

async function attempt(store: PageStore, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    store.change({ notice: reasonOf(error) });
  }
}
