import { closeThread, openThread, showTab } from "./actions.ts";
import type { PageStore } from "./page_store.ts";
import { applyTheme, otherTheme } from "./theme.ts";

/** What each key does, in the order of the help. */
export const keys: Readonly<Record<string, readonly [string, (store: PageStore) => void]>> = {
  "/": ["search", () => focusOn("search")],
  n: ["write a new message", (store) => store.change({ draft: { to: "" } })],
  j: ["the next conversation", (store) => step(store, 1)],
  k: ["the conversation before", (store) => step(store, -1)],
  r: ["answer", () => focusOn("answer")],
  "1": ["agents", (store) => show(store, "agents")],
  "2": ["conversations", (store) => show(store, "threads")],
  "3": ["bus", (store) => show(store, "bus")],
  t: ["light or dark", () => applyTheme(otherTheme())],
  "?": ["this help", (store) => store.change({ isHelpOpen: true })],
};

/** Heeds the keys of the whole page, where nobody types; returns what ends that. */
export function shortcuts(store: PageStore): () => void {
  const heed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !isInDialog(event.target)) return closeThread(store);
    if (!store.ui.hasShortcuts || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || isInDialog(event.target)) return;
    const found = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (found === undefined) return;
    event.preventDefault();
    found[1](store);
  };
  document.addEventListener("keydown", heed);
  return () => document.removeEventListener("keydown", heed);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches("input, textarea, select");
}

function isInDialog(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("dialog") !== null;
}

function focusOn(id: string): void {
  document.getElementById(id)?.focus();
}

function show(store: PageStore, tab: "agents" | "threads" | "bus"): void {
  showTab(store, tab);
  // The pane may be shown only with the next frame.
  requestAnimationFrame(() => requestAnimationFrame(() => focusOn(tab)));
}

function step(store: PageStore, by: 1 | -1): void {
  const ids = store.view.conversations.threadIds;
  const at = store.ui.thread === undefined ? -1 : ids.indexOf(store.ui.thread);
  const next = ids[at === -1 ? 0 : at + by];
  if (next !== undefined) openThread(store, next);
}
