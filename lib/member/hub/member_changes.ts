import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";

/**
 * Which members look different than they did, told in rounds: the first change at once, and what changes
 * then at most every `limits.memberChangesMs`, since the number of unread messages changes with each.
 */
export class MemberChanges {
  readonly #clock: Clock;
  readonly #tell: (mailboxes: readonly number[]) => void;
  readonly #changed = new Set<number>();
  #toldMs = -Infinity;
  #stopTimer: (() => void) | undefined;

  /** `tell` gets at most `limits.memberChanges` of them in one round. */
  constructor(clock: Clock, tell: (mailboxes: readonly number[]) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** The member behind `mailbox` may look different now. */
  note(mailbox: number): void {
    this.#changed.add(mailbox);
    this.#schedule();
  }

  close(): void {
    this.#stopTimer?.();
    this.#changed.clear();
  }

  #schedule(): void {
    if (this.#stopTimer !== undefined || this.#changed.size === 0) return;
    const restMs = this.#toldMs + limits.memberChangesMs - this.#clock.monotonicMs();
    this.#stopTimer = this.#clock.after(Math.max(0, restMs), () => {
      this.#stopTimer = undefined;
      this.#toldMs = this.#clock.monotonicMs();
      const round = [...this.#changed].slice(0, limits.memberChanges);
      for (const mailbox of round) this.#changed.delete(mailbox);
      this.#tell(round);
      this.#schedule();
    });
  }
}
