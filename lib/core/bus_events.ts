import type { DeliveryState } from "./delivery.ts";
import type { HistoryEntry, ListResult, MemberView, StatusResult } from "./types.ts";

/** One time in which a process was the broker. */
export interface ReignView {
  readonly epoch: number;
  readonly pid: number;
  readonly port: number;
  readonly sinceMs: number;
}

/** Whose delivery rests: what is sent to them stays queued until it is resumed. */
export interface PausedView {
  readonly everyone: boolean;
  /** Names of those that rest by themselves. */
  readonly names: readonly string[];
}

/** Conversations in which agents are refused further answers, by their first messages, newest first. */
export interface StoppedView {
  readonly threads: readonly number[];
}

/**
 * What happened on a bus, for those who watch it. Each says how things are now, not what changed, so that
 * to see one twice does no harm.
 *
 * - `member`: somebody came, went, waits, works, or has more or less to read.
 * - `renamed`: a member has another name; its `member` follows.
 * - `message`: one was accepted; `to` has the state of each recipient at that moment.
 * - `delivery`: how far a message has come with one recipient.
 * - `paused`, `stopped`: what a person has held up, after that changed; `stopped` are the first messages
 *   of conversations in which agents are refused further answers until a person writes in them.
 */
export type BusEvent =
  | { readonly kind: "member"; readonly atMs: number; readonly member: MemberView }
  | {
    readonly kind: "renamed";
    readonly atMs: number;
    readonly former: string;
    readonly name: string;
  }
  | { readonly kind: "message"; readonly atMs: number; readonly message: HistoryEntry }
  | {
    readonly kind: "delivery";
    readonly atMs: number;
    readonly id: number;
    readonly name: string;
    readonly state: DeliveryState;
  }
  | { readonly kind: "paused"; readonly atMs: number; readonly paused: PausedView }
  | { readonly kind: "stopped"; readonly atMs: number; readonly threads: readonly number[] };

/** How a bus is at one moment. */
export interface BusSnapshot {
  readonly list: ListResult;
  readonly status: StatusResult;
  /** The last brokers, newest first; empty on a bus that has none. */
  readonly reigns: readonly ReignView[];
  readonly paused: PausedView;
  readonly stopped: readonly number[];
}

/** What `observe` brings. */
export interface ObserveResult {
  /** Where to go on: what the next `observe` is given. It means something to its bus alone. */
  readonly cursor: string;
  readonly events: readonly BusEvent[];
  /**
   * How all is at `cursor`. Comes to who has no cursor, and to one whose cursor leads nowhere any more:
   * another process is the broker, or more happened than is kept. What was known before is then outdated.
   */
  readonly snapshot?: BusSnapshot;
}
