import type { Clock } from "../../core/clock.ts";
import type { Journal } from "../../store/journal.ts";
import type { Lease, Queued } from "../../store/store.ts";
import { handOver } from "./hand_over.ts";
import type { Checked } from "./hand_over.ts";
import type { Admission } from "./admission.ts";
import type { Wait, Waits } from "./waits.ts";

export interface CheckWaitOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly waits: Waits;
  readonly admission: Admission;
  /** Told of what `abandoned` gave back. */
  readonly queuedAgain: (queued: readonly Queued[]) => void;
  readonly mailbox: number;
  readonly lease: Lease;
  readonly replyTo: number | undefined;
  readonly textBytes: number | undefined;
  /** Requests of the same process whose leases go back first. */
  readonly abandoned: readonly number[];
}

/** One check: a look into the queue, and the wait for what comes later. */
export class CheckWait implements Wait {
  readonly mailbox: number;
  readonly #options: CheckWaitOptions;
  #stopTimer: () => void = () => {};
  #more = 0;
  #resolve: (checked: Checked) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(options: CheckWaitOptions) {
    this.mailbox = options.mailbox;
    this.#options = options;
  }

  /** Resolves with messages, or without any once `waitMs` are over or `end` was called. */
  run(waitMs: number): Promise<Checked> {
    const { waits, clock } = this.#options;
    return new Promise<Checked>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      waits.add(this);
      if (waitMs === 0) waits.end(this);
      else this.#stopTimer = clock.after(waitMs, () => waits.end(this));
    });
  }

  /** Ends the wait early; it answers with what it has. */
  end(): void {
    this.#stopTimer();
    this.#options.waits.end(this);
  }

  /** Nobody is there any more to be answered. */
  stop(): void {
    this.#stopTimer();
    this.#options.waits.drop(this);
  }

  async look(): Promise<(() => void) | undefined> {
    const { journal, admission, lease, replyTo, textBytes, abandoned, clock } = this.#options;
    try {
      const { released, checked } = await journal.run((transaction) => {
        const released = abandoned.flatMap((request) =>
          transaction.messages.release({ instance: lease.instance, request })
        );
        const wish = { replyTo, textBytes };
        const checked = handOver(transaction, this.mailbox, lease, wish, clock.wallMs());
        return { released, checked };
      });
      const { result, steps, isHeldUp } = checked;
      this.#options.queuedAgain(released);
      const senders = steps.map(({ sender }) => sender);
      if (!isHeldUp) admission.handed(this.mailbox, senders, result.more);
      this.#more = result.more;
      if (result.messages.length === 0) return undefined;
      this.#stopTimer();
      return () => this.#resolve({ result, steps });
    } catch (error) {
      this.#stopTimer();
      return () => this.#reject(error);
    }
  }

  answerEmpty(): void {
    this.#stopTimer();
    this.#resolve({ result: { messages: [], more: this.#more }, steps: [] });
  }
}
