import type { PageStore } from "./page_store.ts";

const tickMs = 10_000;

/** Lets what is said of the past grow older, while somebody looks. */
export function keepTime(store: PageStore): void {
  const tick = () => {
    if (document.visibilityState === "visible") store.change({ nowMs: Date.now() });
  };
  setInterval(tick, tickMs);
  document.addEventListener("visibilitychange", tick);
}
