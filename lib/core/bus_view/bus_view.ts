import type { BusEvent, BusSnapshot, ObserveResult, PausedView, ReignView } from "../bus_events.ts";
import { nameKey } from "../names.ts";
import type { HistoryEntry, ListResult, MemberView, Presence, StatusResult } from "../types.ts";
import { Conversations } from "./conversations.ts";

/** Who waits and who is here stand together: an agent changes between them with each of its calls. */
const ranks: Readonly<Record<Presence, number>> = { waiting: 0, here: 0, away: 1, nobody: 2 };

/**
 * A bus as somebody sees it who follows it: made from what `observe` brings and from pages of the
 * history. Everything that it hands out is a value of that moment; nothing of it is changed later.
 */
export class BusView {
  readonly conversations = new Conversations();
  #members = new Map<string, MemberView>();
  #sorted: readonly MemberView[] | undefined;
  #unclaimed: ListResult["unclaimed"] = [];
  #moreAway = 0;
  #status: StatusResult | undefined;
  #reigns: readonly ReignView[] = [];
  #paused: PausedView = { everyone: false, names: [] };
  #stopped: ReadonlySet<number> = new Set();
  #snapshots = 0;
  #changes = 0;

  /** Grows with each change: who shows the view compares it. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * How many snapshots came. After each, what happened in between is unknown: who shows messages reads
   * the last page of the history again.
   */
  get snapshots(): number {
    return this.#snapshots;
  }

  /** Who is here first, then who is away, each in the order of their names. */
  get members(): readonly MemberView[] {
    this.#sorted ??= [...this.#members.values()].sort((a, b) =>
      ranks[a.presence] - ranks[b.presence] || (nameKey(a.name) < nameKey(b.name) ? -1 : 1)
    );
    return this.#sorted;
  }

  member(name: string): MemberView | undefined {
    return this.#members.get(nameKey(name));
  }

  /** Names that have messages and that nobody has; as of the last snapshot. */
  get unclaimed(): ListResult["unclaimed"] {
    return this.#unclaimed;
  }

  /** Members that are away and not among `members`; as of the last snapshot. */
  get moreAway(): number {
    return this.#moreAway;
  }

  /** As of the last snapshot; absent before the first. */
  get status(): StatusResult | undefined {
    return this.#status;
  }

  /** The last brokers, newest first. */
  get reigns(): readonly ReignView[] {
    return this.#reigns;
  }

  get paused(): PausedView {
    return this.#paused;
  }

  /** True where nothing is delivered to `name` at present. */
  isPaused(name: string): boolean {
    const key = nameKey(name);
    return this.#paused.everyone || this.#paused.names.some((each) => nameKey(each) === key);
  }

  isStopped(thread: number): boolean {
    return this.#stopped.has(thread);
  }

  /** Messages that are queued for anybody. */
  get backlog(): number {
    const sum = (rows: Iterable<{ readonly unread: number }>) =>
      [...rows].reduce((total, { unread }) => total + unread, 0);
    return sum(this.#members.values()) + sum(this.#unclaimed);
  }

  /** Takes in what one `observe` brought. */
  take({ events, snapshot }: ObserveResult): void {
    if (events.length > 0 || snapshot !== undefined) this.#changes += 1;
    for (const event of events) this.#apply(event);
    // The snapshot is of the moment after them.
    if (snapshot !== undefined) this.#begin(snapshot);
  }

  /** Takes in a page of the history, of everyone. */
  takeHistory(entries: readonly HistoryEntry[]): void {
    if (entries.length > 0) this.#changes += 1;
    for (const entry of entries) this.conversations.add(entry);
  }

  #begin({ list, status, reigns, paused, stopped }: BusSnapshot): void {
    this.#snapshots += 1;
    this.#members = new Map(list.members.map((member) => [nameKey(member.name), member]));
    this.#sorted = undefined;
    this.#unclaimed = list.unclaimed;
    this.#moreAway = list.more ?? 0;
    this.#status = status;
    this.#reigns = reigns;
    this.#paused = paused;
    this.#stopped = new Set(stopped);
  }

  #apply(event: BusEvent): void {
    switch (event.kind) {
      case "member":
        return this.#seat(event.member);
      case "renamed":
        return this.#rename(event.former, event.name);
      case "message":
        return this.conversations.add(event.message);
      case "delivery":
        return this.conversations.deliver(event.id, event);
      case "paused":
        this.#paused = event.paused;
        return;
      case "stopped":
        this.#stopped = new Set(event.threads);
        return;
    }
  }

  #seat(member: MemberView): void {
    const key = nameKey(member.name);
    this.#members.set(key, member);
    this.#unclaimed = this.#unclaimed.filter(({ name }) => nameKey(name) !== key);
    this.#sorted = undefined;
  }

  #rename(former: string, name: string): void {
    const member = this.#members.get(nameKey(former));
    if (member !== undefined) {
      this.#members.delete(nameKey(former));
      this.#members.set(nameKey(name), { ...member, name });
      this.#sorted = undefined;
    }
    this.conversations.rename(former, name);
  }
}
