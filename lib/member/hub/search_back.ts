import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { HistoryEntry, HistoryResult } from "../../core/types.ts";
import type { StoredMessage } from "../../store/store.ts";

export interface Sought {
  readonly search: string;
  readonly limit: number;
  readonly before: number;
}

/**
 * What of a history has `search` in its text or in its names as they were written, newest first. It
 * looks at no more than `limits.searchedMessages` and `limits.searchedBytes` of text, one message at
 * least, and says where it stopped. `pageBefore` brings the next messages with ids below the one given, none at the end. Throws
 * `bad_request` for a search for nothing.
 */
export function searchBack(
  pageBefore: (id: number, limit: number) => readonly StoredMessage[],
  entryOf: (message: StoredMessage) => HistoryEntry,
  { search, limit, before }: Sought,
): HistoryResult {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") {
    throw new HustingsError(
      "bad_request",
      "The search is for nothing: give a part of a text or name",
    );
  }
  const entries: HistoryEntry[] = [];
  const budget = new Budget();
  let searchedTo: number | undefined;
  const result = (older: boolean) => ({
    entries,
    older,
    ...(searchedTo === undefined ? {} : { searchedTo }),
  });
  for (;;) {
    const page = pageBefore(searchedTo ?? before, limits.historyEntries);
    for (const message of page) {
      if (entries.length === limit || !budget.look(message)) return result(true);
      if (has(message, wanted)) {
        if (!budget.answer(message)) return result(true);
        entries.push(entryOf(message));
      }
      searchedTo = message.id;
    }
    if (page.length === 0) return result(false);
  }
}

/** What one request may look at, and answer: of each one message at least. */
class Budget {
  #messages = 0;
  #bytes = 0;
  #answeredBytes = 0;

  /** False where to look at `message` is too much by now. */
  look(message: StoredMessage): boolean {
    this.#messages += 1;
    this.#bytes += bytesOf(message);
    if (this.#messages === 1) return true;
    return this.#messages <= limits.searchedMessages && this.#bytes <= limits.searchedBytes;
  }

  /** False where it does not fit into the answer any more. */
  answer(message: StoredMessage): boolean {
    const isFirst = this.#answeredBytes === 0;
    this.#answeredBytes += bytesOf(message);
    return isFirst || this.#answeredBytes <= limits.historyTextBytes;
  }
}

/** A UTF-16 unit is at most three bytes; exact counting would cost more than it saves. */
function bytesOf({ text = "" }: StoredMessage): number {
  return text.length * 3;
}

function has({ text = "", from, to }: StoredMessage, wanted: string): boolean {
  return [text, from, ...to].some((each) => each.toLowerCase().includes(wanted));
}
