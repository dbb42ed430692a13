import type { Examination } from "../protocol.ts";
import { webLimits } from "../web_limits.ts";
import { ask, reasonOf } from "./ask.ts";
import type { PageStore } from "./page_store.ts";

/** Asks what the doctor finds: now, and every few minutes while somebody looks. */
export function watchFindings(store: PageStore): void {
  askFindings(store);
  setInterval(() => {
    if (document.visibilityState === "visible") askFindings(store);
  }, webLimits.examinationMs);
}

/** Asks what the doctor finds now. */
export async function askFindings(store: PageStore): Promise<void> {
  try {
    store.change({ examination: await ask<Examination>(store, "findings", {}) });
  } catch (error) {
    store.change({ notice: reasonOf(error) });
  }
}
