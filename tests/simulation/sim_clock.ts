import type { Clock } from "../../lib/core/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly owner: SimProcess;
  readonly fn: () => void;
}

/** What a simulated process can be: it runs, is stopped (everything waits), or is dead for ever. */
export class SimProcess {
  state: "running" | "stopped" | "dead" = "running";
}

/** Virtual time: it goes on only when the simulation says so, and its timers fire in order. */
export class SimTime {
  #nowMs = 0;
  #order = 0;
  #wallOffsetMs = 1_800_000_000_000;
  readonly #timers = new Set<Timer>();

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets the wall clock jump; the monotonic one does not notice. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** The clock of one process: its timers do not fire while it is stopped, nor ever once it is dead. */
  clockOf(owner: SimProcess): Clock {
    return {
      wallMs: () => Math.floor(this.#nowMs + this.#wallOffsetMs),
      monotonicMs: () => this.#nowMs,
      after: (delayMs, fn) => {
        const timer = {
          dueMs: this.#nowMs + Math.max(0, delayMs),
          order: this.#order++,
          owner,
          fn,
        };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
    };
  }

  /** Goes to the next timer that can fire, at most `untilMs`, and fires it; false when there was none. */
  advance(untilMs: number): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.owner.state === "dead") this.#timers.delete(timer);
      else if (timer.owner.state === "running" && (next === undefined || isBefore(timer, next))) {
        next = timer;
      }
    }
    if (next === undefined || next.dueMs > untilMs) {
      this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#timers.delete(next);
    // A process that was stopped when a timer was due finds it due on waking, all at once.
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.fn();
    return true;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
