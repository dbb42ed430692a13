import type {
  HistoryOptions,
  ObserveOptions,
  PauseOptions,
  StopOptions,
} from "../../lib/bus/bus.ts";
import type {
  BusEvent,
  BusSnapshot,
  ObserveResult,
  PausedView,
  StoppedView,
} from "../../lib/core/bus_events.ts";
import type { DeliveryState } from "../../lib/core/delivery.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import type { HistoryEntry, HistoryResult, MemberView, Presence } from "../../lib/core/types.ts";
import { ScriptedBus } from "./scripted_bus.ts";

/** The moment of everything that happens on a watched bus, in the time zone of the test. */
export const noonMs = new Date(2026, 2, 1, 12, 0, 0).getTime();

/** A member as a snapshot shows it. */
export function memberView(name: string, more: Partial<MemberView> = {}): MemberView {
  const place = { client: "claude", directory: "/shop", rooms: [], sinceMs: noonMs, unread: 0 };
  const presence: Presence = "here";
  return { name, presence, ...place, ...more };
}

/** A message from ann to bob, unless told otherwise. */
export function messageEntry(id: number, more: Partial<HistoryEntry> = {}): HistoryEntry {
  const to = [{ name: "bob", state: "accepted", atMs: noonMs } as const];
  return { id, from: "ann", to, atMs: noonMs, text: `text ${id}`, thread: id, ...more };
}

/** What tells of that message. */
export function messageEvent(id: number, more: Partial<HistoryEntry> = {}): BusEvent {
  const message = messageEntry(id, more);
  return { kind: "message", atMs: message.atMs, message };
}

/** What tells how far a message has come with one reader. */
export function deliveryEvent(id: number, name: string, state: DeliveryState): BusEvent {
  return { kind: "delivery", atMs: noonMs, id, name, state };
}

/** A bus whose broker is ann, in its first epoch, unless told otherwise. */
export function busSnapshot(
  members: readonly MemberView[],
  { epoch = 1, ...more }: Partial<BusSnapshot> & { readonly epoch?: number } = {},
): BusSnapshot {
  const broker = { name: "ann", pid: epoch, port: 9, epoch, sinceMs: noonMs, version: "1" };
  const counts = { membersHere: 1, membersAway: 0, accepted: 0, handed: 0, storeBytes: 1 };
  return {
    list: { members, unclaimed: [] },
    status: { broker, me: "", home: "/home", ...counts },
    reigns: [],
    paused: { everyone: false, names: [] },
    stopped: [],
    ...more,
  };
}

/** Something that happens, or what makes it happen when it is asked for. */
type Coming = Partial<ObserveResult> | HustingsError | (() => Partial<ObserveResult>);

/** A bus on which a test lets things happen; what is asked of it is noted. */
export class WatchedBus extends ScriptedBus {
  /** All messages, the oldest first. */
  kept: HistoryEntry[] = [];
  readonly pauses: PauseOptions[] = [];
  readonly stops: StopOptions[] = [];
  readonly pages: HistoryOptions[] = [];
  readonly #coming: Coming[] = [];
  #wake: () => void = () => {};
  /** Called when all that was to come was taken, and more is asked for. */
  onIdle: () => void = () => {};

  /** What the next `observe` brings; an error is what it rejects with. */
  comes(next: Coming): void {
    this.#coming.push(next);
    this.#wake();
  }

  override async observe(_options: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult> {
    while (this.#coming.length === 0) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal?.addEventListener("abort", () => reject(new HustingsError("cancelled", "Cancelled")));
      this.onIdle();
      await promise;
    }
    const coming = this.#coming.shift()!;
    const next = typeof coming === "function" ? coming() : coming;
    if (next instanceof HustingsError) throw next;
    return { cursor: "somewhere", events: [], ...next };
  }

  override history(options: HistoryOptions): Promise<HistoryResult> {
    this.pages.push(options);
    const { before = Infinity, thread, search, limit } = options;
    const found = this.kept.filter((entry) =>
      entry.id < before && (thread === undefined || entry.thread === this.#threadOf(thread)) &&
      (search === undefined || entry.text.includes(search))
    );
    const entries = found.slice(-limit).toReversed();
    return Promise.resolve({ entries, older: entries.length < found.length });
  }

  override pause(options: PauseOptions): Promise<PausedView> {
    this.pauses.push(options);
    return Promise.resolve({ everyone: false, names: [] });
  }

  override stopThread(options: StopOptions): Promise<StoppedView> {
    this.stops.push(options);
    return Promise.resolve({ threads: [] });
  }

  #threadOf(id: number): number {
    return this.kept.find((entry) => entry.id === id)?.thread ?? id;
  }
}
