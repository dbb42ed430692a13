import type { BusEvent, BusSnapshot, ObserveResult } from "../../core/bus_events.ts";
import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { Operation } from "../../core/operations.ts";
import type { HistoryEntry, ListResult } from "../../core/types.ts";
import type {
  ObserveOperation,
  PauseOperation,
  StopOperation,
} from "../../core/view_operations.ts";
import type { Request } from "../../core/wire.ts";
import type { Journal } from "../../store/journal.ts";
import type { Queued, Transaction } from "../../store/store.ts";
import { EventLog } from "./event_log.ts";
import type { Happenings } from "./happenings.ts";
import { pause, pausedView, stopThread } from "./hold_up.ts";
import { entryOf, lookBack } from "./look_back.ts";
import { MemberChanges } from "./member_changes.ts";
import type { Step } from "./news.ts";
import type { Session } from "./session.ts";
import { listAll, listMembers, statusOf, viewsOf } from "./views.ts";
import type { BrokerFacts, Presences, Viewpoint } from "./views.ts";

export interface ViewingOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly facts: BrokerFacts;
  readonly presences: Presences;
  /** The mailbox of the broker's own agent, if it has joined. */
  readonly broker: () => number | undefined;
  /** What is queued in these mailboxes may be handed over now. */
  readonly wake: (mailboxes: readonly number[]) => void;
}

/** What members and those who look on are shown of the bus, and what the latter can hold up. */
export class Viewing implements Happenings {
  readonly #options: ViewingOptions;
  readonly #log: EventLog;
  readonly #changes: MemberChanges;

  constructor(options: ViewingOptions) {
    this.#options = options;
    const { facts, clock } = options;
    this.#log = new EventLog(facts.epoch, clock);
    this.#changes = new MemberChanges(clock, (mailboxes) => this.#tellMembers(mailboxes));
  }

  /** Carries out what needs no name, and a member's history, list and status. */
  carryOut(session: Session, { id, operation }: Request): Promise<unknown> {
    switch (operation.op) {
      case "observe":
        return this.#observe(session, id, operation);
      case "pause":
        return this.#pause(operation);
      case "stop":
        return this.#stopThread(operation);
      case "cancel":
        this.#log.end(session, operation.request);
        return Promise.resolve({});
      default: {
        const me = session.membership?.mailbox;
        return this.#options.journal.run((transaction) => this.#show(transaction, me, operation));
      }
    }
  }

  changed(mailbox: number): void {
    if (this.#log.isObserved) this.#changes.note(mailbox);
  }

  stepped({ message: id, reader: { name }, state, atMs }: Step): void {
    this.#log.note({ kind: "delivery", atMs, id, name, state });
  }

  queuedAgain(queued: readonly Queued[]): void {
    for (const { message: id, name } of queued) {
      this.note({ kind: "delivery", atMs: this.#nowMs(), id, name, state: "accepted" });
    }
  }

  note(event: BusEvent): void {
    this.#log.note(event);
  }

  /** The message as an event shows it, where somebody looks on. */
  seen(transaction: Transaction, message: number | undefined): HistoryEntry | undefined {
    if (message === undefined || !this.#log.isObserved) return undefined;
    return entryOf(transaction, message);
  }

  /** Messages were accepted. */
  accepted(message: HistoryEntry | undefined): void {
    if (message !== undefined) this.note({ kind: "message", atMs: message.atMs, message });
  }

  /** Conversations were stopped, or go on. */
  async stopsChanged(): Promise<void> {
    if (!this.#log.isObserved) return;
    try {
      const threads = await this.#options.journal.run(({ oversight }) => oversight.stopped());
      this.note({ kind: "stopped", atMs: this.#nowMs(), threads });
    } catch (error) {
      ignoreStoreFault(error);
    }
  }

  /** Nobody is there any more to hear the answers of `session`. */
  stop(session: Session): void {
    this.#log.drop(session);
  }

  close(): void {
    this.#log.close();
    this.#changes.close();
  }

  async #observe(
    session: Session,
    request: number,
    operation: ObserveOperation,
  ): Promise<ObserveResult> {
    const seen = await this.#log.observe(session, request, operation);
    if (seen !== undefined) return seen;
    // What is on disk by now is in the snapshot; what happens from now on may come in both.
    const { cursor } = this.#log;
    const snapshot = await this.#options.journal.run((transaction) => this.#snapshot(transaction));
    return { cursor, events: [], snapshot };
  }

  #snapshot(transaction: Transaction): BusSnapshot {
    const { oversight } = transaction;
    const view = this.#viewOf(undefined);
    return {
      list: listMembers(transaction, view),
      status: statusOf(transaction, view, this.#options.facts),
      reigns: oversight.reigns(limits.reigns),
      paused: pausedView(transaction),
      stopped: oversight.stopped(),
    };
  }

  async #pause(operation: PauseOperation): Promise<unknown> {
    const { journal, wake } = this.#options;
    const atMs = this.#nowMs();
    const { paused, touched } = await journal.run((transaction) => {
      const touched = pause(transaction, operation, atMs);
      return { touched, paused: pausedView(transaction) };
    });
    this.note({ kind: "paused", atMs, paused });
    for (const mailbox of touched) this.changed(mailbox);
    if (!operation.paused) wake(touched);
    return paused;
  }

  async #stopThread(operation: StopOperation): Promise<unknown> {
    const atMs = this.#nowMs();
    const stopped = await this.#options.journal.run((transaction) =>
      stopThread(transaction, operation, atMs)
    );
    this.note({ kind: "stopped", atMs, ...stopped });
    return stopped;
  }

  #show(transaction: Transaction, me: number | undefined, operation: Operation): unknown {
    switch (operation.op) {
      case "history":
        return lookBack(transaction, me, operation, this.#nowMs());
      case "list":
        return this.#list(transaction, me, operation.all === true);
      case "status":
        return statusOf(transaction, this.#viewOf(me), this.#options.facts);
      default:
        return {};
    }
  }

  #list(transaction: Transaction, me: number | undefined, all: boolean): ListResult {
    const view = this.#viewOf(me);
    return all ? listAll(transaction, view) : listMembers(transaction, view);
  }

  async #tellMembers(mailboxes: readonly number[]): Promise<void> {
    if (!this.#log.isObserved) return;
    try {
      const members = await this.#options.journal.run((transaction) =>
        viewsOf(transaction, mailboxes, this.#viewOf(undefined))
      );
      const atMs = this.#nowMs();
      for (const member of members) this.note({ kind: "member", atMs, member });
    } catch (error) {
      // Who looks on sees it at the next change, or in the snapshot of the next broker.
      ignoreStoreFault(error);
    }
  }

  #viewOf(me: number | undefined): Viewpoint {
    const { presences, broker } = this.#options;
    return { me, broker: broker(), presences, nowMs: this.#nowMs() };
  }

  #nowMs(): number {
    return this.#options.clock.wallMs();
  }
}

function ignoreStoreFault(error: unknown): void {
  if (!(error instanceof HustingsError)) throw error;
}
