import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { Journal } from "../../store/journal.ts";
import { CautiousWall } from "./cautious_wall.ts";
import { forgetOld } from "./forget_old.ts";
import type { Presences } from "./views.ts";

/** The clean-up: its idea of the time, where its round is, and when it goes on. */
export class Tidying {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #wall: CautiousWall;
  readonly #presences: Presences;
  #after = 0;
  #dueMs = 0;

  constructor(journal: Journal, clock: Clock, presences: Presences) {
    this.#journal = journal;
    this.#clock = clock;
    this.#wall = new CautiousWall(clock);
    this.#presences = presences;
  }

  /** One small step, when one is due; resolves with whether a stopped conversation was forgotten. */
  async step(): Promise<boolean> {
    const monotonicMs = this.#clock.monotonicMs();
    if (monotonicMs < this.#dueMs) return false;
    const nowMs = this.#wall.nowMs();
    try {
      const { after, stopsForgotten } = await this.#journal.run((transaction) =>
        forgetOld(transaction, this.#after, this.#presences, nowMs)
      );
      this.#after = after ?? 0;
      this.#dueMs = after === undefined ? monotonicMs + limits.tidyPauseMs : 0;
      return stopsForgotten > 0;
    } catch (error) {
      // The next step does it.
      if (!(error instanceof HustingsError)) throw error;
      return false;
    }
  }
}
