import type { BusEvent, ObserveResult } from "../../core/bus_events.ts";
import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import type { ObserveOperation } from "../../core/view_operations.ts";

interface Observer {
  /** Who asked, told apart by identity alone. */
  readonly session: object;
  readonly request: number;
  /** The number of the last event that it knows. */
  readonly after: number;
  readonly resolve: (result: ObserveResult | undefined) => void;
  stopTimer: () => void;
  /** Undefined unless it rests, as its last answer was a moment ago. */
  stopRest: (() => void) | undefined;
}

/**
 * The last events of the bus, numbered, and those who wait for the next one. In memory, as each broker
 * begins anew: a cursor is its epoch and a number. Where nobody has asked for `limits.observedMs`, nothing
 * is kept.
 *
 * | state of an observer | entered by | left by | ignores |
 * |---|---|---|---|
 * | waiting | `observe` that knows all there is | an event → over, with it, or → resting where its session was answered less than `limits.observedPauseMs` ago; its time; `end`; `drop` | |
 * | resting | an event, or `observe` with more to know, so soon after an answer | the end of the pause → over, with all that came; its time; `end`; `drop` | events |
 * | over | an answer, or nobody is there for one | never | everything |
 */
export class EventLog {
  readonly #epoch: number;
  readonly #clock: Clock;
  #events: BusEvent[] = [];
  /** Of the first one that is kept, or comes next. */
  #firstNumber = 1;
  #textLength = 0;
  #observedUntilMs = -Infinity;
  readonly #observers = new Set<Observer>();
  readonly #answeredMs = new WeakMap<object, number>();

  constructor(epoch: number, clock: Clock) {
    this.#epoch = epoch;
    this.#clock = clock;
  }

  /** Somebody looks on, or did so until lately: else no event need be made. */
  get isObserved(): boolean {
    return this.#observers.size > 0 || this.#clock.monotonicMs() < this.#observedUntilMs;
  }

  /** Where who knows all that happened until now goes on. */
  get cursor(): string {
    return this.#cursorAt(this.#lastNumber);
  }

  /** An event has happened; it is kept where somebody looks on. */
  note(event: BusEvent): void {
    if (!this.isObserved) return;
    this.#events.push(event);
    this.#textLength += textLengthOf(event);
    while (this.#events.length > limits.keptEvents || this.#textLength > limits.keptEventsLength) {
      this.#textLength -= textLengthOf(this.#events.shift()!);
      this.#firstNumber += 1;
    }
    for (const observer of this.#observers) this.#serve(observer);
  }

  /**
   * Resolves with what happened after the cursor, once there is something, or with nothing when the time
   * is over; with undefined where the cursor leads nowhere, so that only a snapshot helps.
   */
  observe(
    session: object,
    request: number,
    { cursor, waitMs }: ObserveOperation,
  ): Promise<ObserveResult | undefined> {
    if (!this.isObserved) this.#beginAnew();
    this.#look();
    const after = this.#numberIn(cursor);
    if (after === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const stopTimer = this.#clock.after(waitMs, () => this.#answer(observer));
      const observer: Observer = {
        ...{ session, request, after, resolve, stopTimer, stopRest: undefined },
      };
      this.#observers.add(observer);
      if (after < this.#lastNumber) this.#serve(observer);
    });
  }

  /** Ends the wait `request`: it answers with what there is. */
  end(session: object, request: number): void {
    for (const observer of this.#observers) {
      if (observer.session === session && observer.request === request) this.#answer(observer);
    }
  }

  /** Nobody is there to be answered. */
  drop(session: object): void {
    for (const observer of this.#observers) {
      if (observer.session === session) this.#remove(observer);
    }
  }

  close(): void {
    for (const observer of this.#observers) this.#remove(observer);
  }

  get #lastNumber(): number {
    return this.#firstNumber + this.#events.length - 1;
  }

  #look(): void {
    this.#observedUntilMs = this.#clock.monotonicMs() + limits.observedMs;
  }

  /** What happened while nobody looked on is not here: no cursor from before leads on. */
  #beginAnew(): void {
    this.#firstNumber = this.#lastNumber + 2;
    this.#events = [];
    this.#textLength = 0;
  }

  /** Who was answered a moment ago gets what comes in that time at once: what is fast costs no more. */
  #serve(observer: Observer): void {
    if (observer.stopRest !== undefined) return;
    const answeredMs = this.#answeredMs.get(observer.session) ?? -Infinity;
    const restMs = answeredMs + limits.observedPauseMs - this.#clock.monotonicMs();
    if (restMs <= 0) this.#answer(observer);
    else observer.stopRest = this.#clock.after(restMs, () => this.#answer(observer));
  }

  #answer(observer: Observer): void {
    this.#remove(observer);
    this.#look();
    if (observer.after < this.#firstNumber - 1) return observer.resolve(undefined);
    const events = this.#after(observer.after);
    if (events.length > 0) this.#answeredMs.set(observer.session, this.#clock.monotonicMs());
    observer.resolve({ cursor: this.#cursorAt(observer.after + events.length), events });
  }

  /** As many as one answer takes, one at least where there is one. */
  #after(number: number): BusEvent[] {
    const begin = number + 1 - this.#firstNumber;
    const found = this.#events.slice(begin, begin + limits.observedEvents);
    let bytes = 0;
    // A UTF-16 unit is at most three bytes; exact counting would cost more than it saves here.
    const end = found.findIndex((event, index) =>
      (bytes += textLengthOf(event) * 3) > limits.historyTextBytes && index > 0
    );
    return end === -1 ? found : found.slice(0, end);
  }

  #remove(observer: Observer): void {
    observer.stopTimer();
    observer.stopRest?.();
    this.#observers.delete(observer);
  }

  #cursorAt(number: number): string {
    return `${this.#epoch}.${number}`;
  }

  /** The number in a cursor that leads on from here; undefined for any other. */
  #numberIn(cursor: string | undefined): number | undefined {
    const [, epoch, written] = /^(\d+)\.(\d+)$/.exec(cursor ?? "") ?? [];
    const number = Number(written);
    const leadsOn = number >= this.#firstNumber - 1 && number <= this.#lastNumber;
    return Number(epoch) === this.#epoch && leadsOn ? number : undefined;
  }
}

function textLengthOf(event: BusEvent): number {
  return event.kind === "message" ? event.message.text.length : 0;
}
