import { duration } from "../../cli/duration.ts";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** A moment, as the time of day, with the date where that was another day. */
export function Moment({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  const at = new Date(atMs);
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  const text = isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
  return <time class="moment" dateTime={at.toISOString()}>{text}</time>;
}

/** How long something has been so: in one unit, as it is not read to the second. */
export function ago(sinceMs: number, nowMs: number): string {
  const spanMs = nowMs - sinceMs;
  return spanMs < 10_000 ? "just now" : `${span(spanMs)} ago`;
}

/** How long somebody has been the broker. */
export function inOffice(sinceMs: number, nowMs: number): string {
  const spanMs = nowMs - sinceMs;
  return spanMs < 10_000 ? "a moment" : span(spanMs);
}

/** A time span in its largest unit. */
export function span(spanMs: number): string {
  return duration(spanMs).split(" ").slice(0, 2).join(" ");
}

/** A time that a message took, to two digits. */
export function took(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s` : span(ms);
}
