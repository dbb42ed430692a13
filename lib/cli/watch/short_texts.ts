import type { BusEvent } from "../../core/bus_events.ts";
import type { HistoryEntry } from "../../core/types.ts";
import { watchLimits } from "./watch_limits.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A message with no more of its text than a view keeps of each. */
export function withShortText<Entry extends HistoryEntry>(entry: Entry): Entry {
  const { textLength } = watchLimits;
  const { text } = entry;
  if (text.length <= textLength) return entry;
  // A copy: a part of a string holds on to the whole.
  const part = decoder.decode(encoder.encode(text.slice(0, textLength)));
  const more = text.length - textLength;
  return { ...entry, text: `${part}\n… ${more} characters more than a screen keeps` };
}

/** The same for what happened. */
export function withShortTexts(events: readonly BusEvent[]): BusEvent[] {
  return events.map((event) =>
    event.kind === "message" ? { ...event, message: withShortText(event.message) } : event
  );
}
