import type { Clock } from "../core/clock.ts";
import { limits } from "../core/limits.ts";

export interface PulseOptions {
  readonly clock: Clock;
  /** Asks the broker for a sign of life. */
  readonly ping: () => void;
  /** Whether the broker's process is seen to run, so that it may only be slow; not where this is missing. */
  readonly isRunning?: () => boolean;
  /** Whether the others follow another broker by now; where this is missing, only the broker itself tells. */
  readonly isPassedOver?: () => boolean;
  /**
   * The broker was asked and said nothing for `limits.silentMs`, or for `limits.silentRunningMs` where
   * it runs; or it was passed over. Called once.
   */
  readonly onSilent: () => void;
}

/**
 * Feels the pulse of a broker. A stopped process keeps its connections open, so only its silence
 * tells: while an answer is owed it is asked every `limits.pulseMs`. A watch misses nothing until somebody
 * passes the broker over, for which a look every `limits.watchingLookMs` is enough. It is asked every
 * `limits.restingPulseMs` all the same, or at each look that cannot tell. Where this process itself was
 * stopped, or the machine slept, its own timer comes late; then the judgement starts afresh.
 */
export class Pulse {
  readonly #options: PulseOptions;
  #owed = 0;
  #isWatching = false;
  #heardMs: number;
  /** Since when something that was sent has no sign of life after it; undefined when nothing has. */
  #askedMs: number | undefined;
  /** How long it may be silent. */
  #patienceMs: number = limits.silentMs;
  #dueMs = 0;
  #stopTimer: () => void = () => {};

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs();
    this.#arm();
  }

  /** A request went out. */
  sent(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#owed += 1;
    this.#askedMs ??= nowMs;
    this.#hasten(limits.pulseMs);
  }

  /** Whether anything is watched for: messages that somebody else may get to hear of first. */
  watches(isWatching: boolean): void {
    this.#isWatching = isWatching;
    if (isWatching) this.#hasten(limits.watchingLookMs);
  }

  /** Anything came: the broker lives. `answered` when it was the answer to a request. */
  heard(answered: boolean): void {
    if (answered) this.#owed = Math.max(0, this.#owed - 1);
    this.#heardMs = this.#options.clock.monotonicMs();
    this.#patienceMs = limits.silentMs;
    this.#askedMs = undefined;
    // The answer to a ping, and nothing is owed: the next look can wait for the whole resting interval.
    if (!answered && this.#owed === 0) this.#arm();
  }

  stop(): void {
    this.#stopTimer();
  }

  /** The interval so far may be too long to wait for the first look now. */
  #hasten(intervalMs: number): void {
    if (this.#dueMs > this.#options.clock.monotonicMs() + intervalMs) this.#arm();
  }

  #arm(): void {
    this.#stopTimer();
    const { clock } = this.#options;
    const nowMs = clock.monotonicMs();
    const asked = this.#askedMs;
    const restingMs = this.#isWatching ? limits.watchingLookMs : limits.restingPulseMs;
    const intervalMs = this.#isAtRest ? restingMs : limits.pulseMs;
    const judgedMs = asked === undefined ? Infinity : Math.max(0, asked + this.#patienceMs - nowMs);
    const delayMs = Math.min(intervalMs, judgedMs);
    this.#dueMs = nowMs + delayMs;
    this.#stopTimer = clock.after(delayMs, () => this.#feel());
  }

  get #isAtRest(): boolean {
    return this.#owed === 0 && this.#askedMs === undefined;
  }

  /** How long it may have said nothing before it is asked. */
  get #quietMs(): number {
    const tells = this.#isAtRest && this.#options.isPassedOver !== undefined;
    return tells ? limits.restingPulseMs : limits.pulseMs;
  }

  #mayBeSlow(): boolean {
    return this.#patienceMs < limits.silentRunningMs && this.#options.isRunning?.() === true;
  }

  #feel(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const paused = nowMs - this.#dueMs > limits.pauseShownMs;
    if (paused && this.#askedMs !== undefined) this.#askedMs = nowMs;
    if (this.#askedMs !== undefined && nowMs - this.#askedMs >= this.#patienceMs) {
      if (!this.#mayBeSlow()) return this.#options.onSilent();
      this.#patienceMs *= 2;
    }
    if (this.#isAtRest && this.#options.isPassedOver?.() === true) return this.#options.onSilent();
    if (paused || nowMs - this.#heardMs >= this.#quietMs) {
      this.#askedMs ??= nowMs;
      this.#options.ping();
    }
    this.#arm();
  }
}
