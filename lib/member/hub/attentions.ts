import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import type { Activity, Attention } from "../../core/types.ts";

interface Known {
  activity: Activity | undefined;
  /** Since when, by the wall clock. */
  sinceMs: number;
  /** The last sign of work, by the monotonic clock. */
  signMs: number;
}

/**
 * What hooks have told of the sessions behind mailboxes: whether a turn is under way. It is kept in
 * memory: after a takeover the next hook tells it anew, and until then nothing is claimed.
 */
export class Attentions {
  readonly #clock: Clock;
  readonly #onChanged: (mailbox: number) => void;
  readonly #known = new Map<number, Known>();

  /** `onChanged` is called when a session begins to work, or ends to, and when it is heard of first. */
  constructor(clock: Clock, onChanged: (mailbox: number) => void) {
    this.#clock = clock;
    this.#onChanged = onChanged;
  }

  /** A hook of the session has run; `activity` is what it shows of it. */
  hooked(mailbox: number, activity: Activity | undefined): void {
    const known = this.#known.get(mailbox) ??
      { activity: undefined, sinceMs: 0, signMs: -limits.workingMs };
    if (!this.#known.has(mailbox)) this.#onChanged(mailbox);
    this.#known.set(mailbox, known);
    if (activity !== undefined) this.#become(mailbox, known, activity);
  }

  /** The session's model called a tool: it works, where its hooks also tell when it does not. */
  called(mailbox: number): void {
    const known = this.#known.get(mailbox);
    if (known?.activity !== undefined) this.#become(mailbox, known, "working");
  }

  /** Nobody holds the mailbox any more. */
  forget(mailbox: number): void {
    this.#known.delete(mailbox);
  }

  /** How long the session still counts as being at work, in ms; 0 when it does not. */
  workingMs(mailbox: number): number {
    const known = this.#known.get(mailbox);
    if (known?.activity !== "working") return 0;
    return Math.max(0, known.signMs + limits.workingMs - this.#clock.monotonicMs());
  }

  /** What is known; `isWatched`: something waits to wake the session. */
  of(mailbox: number, isWatched: boolean): Attention {
    const known = this.#known.get(mailbox);
    const reach = isWatched ? "wake" : known === undefined ? undefined : "hooks";
    return {
      ...(known?.activity === undefined
        ? {}
        : { activity: known.activity, activitySinceMs: known.sinceMs }),
      ...(reach === undefined ? {} : { reach }),
    };
  }

  #become(mailbox: number, known: Known, activity: Activity): void {
    known.signMs = this.#clock.monotonicMs();
    if (known.activity === activity) return;
    known.activity = activity;
    known.sinceMs = this.#clock.wallMs();
    this.#onChanged(mailbox);
  }
}
