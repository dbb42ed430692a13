import { limits } from "../../core/limits.ts";
import type { HistoryResult } from "../../core/types.ts";
import { webLimits } from "../web_limits.ts";
import { ask, reasonOf } from "./ask.ts";
import type { PageStore } from "./page_store.ts";

/**
 * Reads the newest messages: at first one page of them, and later, when what happened meanwhile is
 * unknown, back to one that is known.
 */
export async function readNewest(store: PageStore): Promise<void> {
  const { conversations } = store.view;
  const known = new Set(conversations.ids);
  let before: number | undefined;
  for (let pages = 0; pages < webLimits.missedPages; pages += 1) {
    const page = await readPage(store, before === undefined ? {} : { before });
    if (page === undefined) return;
    before = page.older ? page.entries.at(-1)?.id : undefined;
    if (known.size === 0) return store.change({ olderBefore: before });
    if (before === undefined || page.entries.some(({ id }) => known.has(id))) return;
  }
}

/** Reads the page before what was read so far, unless one is under way. */
export async function readOlder(store: PageStore): Promise<void> {
  const { isLoading, olderBefore } = store.ui;
  if (isLoading || olderBefore === undefined) return;
  const page = await readPage(store, { before: olderBefore });
  if (page === undefined) return;
  // What is held is full when the oldest of a page are forgotten at once.
  const isFull = store.view.conversations.size >= limits.viewedMessages;
  const isOver = isFull || !page.older;
  store.change({ olderBefore: isOver ? undefined : page.entries.at(-1)?.id });
}

/** Reads the end of a conversation, which the page may not hold whole. */
export async function readThread(store: PageStore, thread: number): Promise<void> {
  await readPage(store, { thread });
}

async function readPage(
  store: PageStore,
  which: { readonly before?: number; readonly thread?: number },
): Promise<HistoryResult | undefined> {
  store.change({ isLoading: true });
  try {
    const body = { limit: limits.historyEntries, ...which };
    const page = await ask<HistoryResult>(store, "history", body);
    store.view.takeHistory(page.entries);
    return page;
  } catch (error) {
    store.change({ notice: reasonOf(error) });
    return undefined;
  } finally {
    store.change({ isLoading: false });
  }
}
