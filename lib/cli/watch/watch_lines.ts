import type { Bus } from "../../bus/bus.ts";
import type { BusEvent, BusSnapshot, ObserveResult } from "../../core/bus_events.ts";
import { BusView } from "../../core/bus_view/bus_view.ts";
import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import type { HistoryEntry, StatusResult } from "../../core/types.ts";
import { plainJson } from "../plain_text.ts";
import { brokerLine, eventLine } from "./event_line.ts";
import type { Before } from "./event_line.ts";
import { followBus } from "./follow_bus.ts";
import type { BusNews } from "./follow_bus.ts";
import { LineFilter } from "./line_filter.ts";
import type { LineWishes } from "./line_filter.ts";
import { spanLine } from "./span_line.ts";
import type { LineForm } from "./span_line.ts";
import { watchLimits } from "./watch_limits.ts";

export interface LinesOptions {
  readonly bus: Pick<Bus, "observe" | "history">;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly wishes: LineWishes;
  /** The messages that are shown before the first new one: so many, and not older than this. */
  readonly last: number;
  readonly sinceMs?: number;
  readonly isJson: boolean;
  readonly form: LineForm;
  /** Takes what is shown, whole lines; when it rejects, so does the watching. */
  readonly write: (text: string) => Promise<void>;
  /** Takes a remark that is no part of the stream. */
  readonly remark: (text: string) => Promise<void>;
}

/**
 * Writes what happens on a bus, a line each, until the signal aborts. No message is left out or written twice
 * while the bus keeps its history: after a gap it is read from there. Rejects as `followBus` does.
 */
export async function watchLines(options: LinesOptions): Promise<void> {
  const lines = new Lines(options);
  const { bus, clock, signal } = options;
  await followBus(bus, (news) => lines.take(news), { clock, signal });
}

class Lines {
  readonly #options: LinesOptions;
  readonly #filter: LineFilter;
  /** Who is there and what is paused; it is told of no messages. */
  readonly #view = new BusView();
  /** The newest message that was written or left out by a filter. */
  #newest: number | undefined;
  #stopped: readonly number[] = [];
  /** The broker that was told of last. */
  #broker: StatusResult | undefined;

  constructor(options: LinesOptions) {
    this.#options = options;
    this.#filter = new LineFilter(options.wishes);
  }

  async take(news: BusNews): Promise<void> {
    if (news.kind === "silent") return await this.#silent(news.message);
    await this.#seen(news.result);
  }

  async #silent(message: string): Promise<void> {
    const { clock, isJson, write, remark } = this.#options;
    if (!isJson) return await remark(message);
    const atMs = clock.wallMs();
    if (this.#filter.wants("bus")) await write(`${plainJson({ kind: "down", atMs, message })}\n`);
  }

  async #seen({ cursor, events, snapshot }: ObserveResult): Promise<void> {
    const written: string[] = [];
    for (const event of events) {
      // Before a snapshot there may be a gap: then the history has the messages, all of them in order.
      if (event.kind === "message" && (snapshot !== undefined || !this.#isNew(event.message))) {
        continue;
      }
      written.push(...this.#lineOf(event), ...this.#newBrokerName(event));
      this.#note(cursor, event);
    }
    if (written.length > 0) await this.#options.write(written.join(""));
    if (snapshot !== undefined) await this.#begin(cursor, snapshot);
  }

  #isNew({ id }: HistoryEntry): boolean {
    if (id <= (this.#newest ?? 0)) return false;
    this.#newest = id;
    return true;
  }

  /** With its line end; none where it is not wanted. */
  #lineOf(event: BusEvent): string[] {
    if (!this.#filter.passes(event)) return [];
    if (this.#options.isJson) return [`${plainJson(event)}\n`];
    const spans = eventLine(event, this.#before(event));
    return spans === undefined ? [] : [`${spanLine(spans, this.#options.form)}\n`];
  }

  #before(event: BusEvent): Before {
    const member = event.kind === "member" ? this.#view.member(event.member.name) : undefined;
    return { member, paused: this.#view.paused, stopped: this.#stopped };
  }

  #note(cursor: string, event: BusEvent): void {
    if (event.kind === "stopped") this.#stopped = event.threads;
    if (event.kind === "message" || event.kind === "delivery") return;
    this.#view.take({ cursor, events: [event] });
  }

  /** The start, or what follows a gap: another broker, perhaps, and messages that nothing told of. */
  async #begin(cursor: string, snapshot: BusSnapshot): Promise<void> {
    const { write } = this.#options;
    const broker = this.#brokerLine(snapshot.status);
    if (broker.length > 0) await write(broker.join(""));
    const atMs = this.#options.clock.wallMs();
    const isFirst = this.#view.snapshots === 0;
    const changes: BusEvent[] = isFirst && !this.#options.isJson ? [] : [
      ...snapshot.list.members.map((member): BusEvent => ({ kind: "member", atMs, member })),
      { kind: "paused", atMs, paused: snapshot.paused },
      { kind: "stopped", atMs, threads: snapshot.stopped },
    ];
    const lines = changes.flatMap((event) => {
      const line = this.#lineOf(event);
      this.#note(cursor, event);
      return line;
    });
    this.#stopped = snapshot.stopped;
    this.#view.take({ cursor, events: [], snapshot });
    if (lines.length > 0) await write(lines.join(""));
    await this.#catchUp();
  }

  /** The line about the broker; none where the same was told before, or is not wanted. */
  #brokerLine(status: StatusResult): string[] {
    const { broker, server } = status;
    const isSame = this.#broker !== undefined && placeOf(this.#broker) === placeOf(status);
    this.#broker = status;
    if (isSame || !this.#filter.wants("bus")) return [];
    const atMs = this.#options.clock.wallMs();
    if (this.#options.isJson) {
      const place = server === undefined
        ? { kind: "broker", atMs, broker }
        : { kind: "server", atMs, server };
      return [`${plainJson(place)}\n`];
    }
    return [`${spanLine(brokerLine(status, atMs), this.#options.form)}\n`];
  }

  /** An agent of the broker's process that joined after it became the broker. */
  #newBrokerName(event: BusEvent): string[] {
    const status = this.#broker;
    if (status?.broker === undefined || event.kind !== "member" || !event.member.broker) return [];
    const broker = { ...status.broker, name: event.member.name };
    return this.#brokerLine({ ...status, broker });
  }

  /** Writes the messages since the newest that is known, or, at the start, as many as are wanted. */
  async #catchUp(): Promise<void> {
    const { last, sinceMs, write } = this.#options;
    const after = this.#newest;
    const found: HistoryEntry[] = [];
    const isWanted = ({ id, atMs }: HistoryEntry) =>
      after === undefined ? atMs >= (sinceMs ?? -Infinity) : id > after;
    let before: number | undefined;
    let wanted = after === undefined ? last : watchLimits.lastMessagesMax;
    if (!this.#filter.wants("messages")) wanted = 0;
    for (let pages = 0; pages < watchLimits.historyPages; pages++) {
      const page = await this.#page(before);
      if (page.entries[0] !== undefined) this.#filter.meant(page.entries[0]);
      this.#newest = Math.max(this.#newest ?? 0, ...page.entries.map(({ id }) => id));
      const passing = page.entries.filter(isWanted);
      const shown = passing.filter((message) => this.#concerns(message)).slice(0, wanted);
      found.push(...shown);
      wanted -= shown.length;
      before = Math.min(...page.entries.map(({ id }) => id));
      if (wanted <= 0 || !page.older || passing.length < page.entries.length) break;
    }
    const lines = found.sort((one, other) => one.id - other.id).flatMap((message) =>
      this.#lineOf({ kind: "message", atMs: message.atMs, message })
    );
    if (lines.length > 0) await write(lines.join(""));
  }

  #concerns(message: HistoryEntry): boolean {
    return this.#filter.passes({ kind: "message", atMs: message.atMs, message });
  }

  /** The newest first. */
  async #page(before: number | undefined) {
    const { bus, wishes } = this.#options;
    const page = await bus.history({
      limit: limits.historyEntries,
      everyone: true,
      ...(before === undefined ? {} : { before }),
      ...(wishes.thread === undefined ? {} : { thread: wishes.thread }),
    });
    return { ...page, entries: page.entries.toSorted((one, other) => other.id - one.id) };
  }
}

/** What tells one broker or server from another. */
function placeOf({ broker, server }: StatusResult): string {
  return server?.name ?? `${broker?.epoch} ${broker?.pid} ${broker?.name}`;
}
