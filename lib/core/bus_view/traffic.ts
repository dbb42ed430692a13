import type { Conversations, SeenMessage } from "./conversations.ts";

/** How long messages took from `accepted` to `read`, in ms. */
export interface Latencies {
  /** How many were measured; with none, the rest is 0. */
  readonly count: number;
  /** Half of them took no longer. */
  readonly medianMs: number;
  /** 95 of 100 took no longer. */
  readonly p95Ms: number;
  readonly maxMs: number;
  /** Each of them in the order of the messages, the oldest first. */
  readonly eachMs: readonly number[];
}

const minuteMs = 60_000;

/**
 * Messages that were accepted in each of the last `minutes` minutes, the oldest minute first; the last
 * one is the running minute, of which only a part is over. Minutes begin with those of the clock.
 */
export function messagesPerMinute(
  conversations: Conversations,
  nowMs: number,
  minutes: number,
): number[] {
  const counts = Array.from({ length: minutes }, () => 0);
  const last = Math.floor(nowMs / minuteMs);
  for (const { atMs } of newestFirst(conversations)) {
    const back = last - Math.floor(atMs / minuteMs);
    if (back >= minutes) break;
    counts[minutes - 1 - Math.max(back, 0)]! += 1;
  }
  return counts;
}

/** How long each delivery took that was read since `sinceMs`, of the last `most` at most. */
export function readLatencies(
  conversations: Conversations,
  sinceMs: number,
  most: number,
): Latencies {
  const each: number[] = [];
  for (const { atMs, to } of newestFirst(conversations)) {
    if (each.length >= most || atMs < sinceMs) break;
    for (const { readMs } of to) if (readMs !== undefined) each.push(Math.max(0, readMs - atMs));
  }
  each.length = Math.min(each.length, most);
  const sorted = each.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return {
    count: each.length,
    medianMs: at(0.5),
    p95Ms: at(0.95),
    maxMs: at(1),
    eachMs: each.toReversed(),
  };
}

function* newestFirst(conversations: Conversations): Generator<SeenMessage> {
  const { ids } = conversations;
  for (let at = ids.length - 1; at >= 0; at -= 1) yield conversations.message(ids[at]!)!;
}
