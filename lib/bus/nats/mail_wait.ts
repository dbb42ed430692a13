import type { Clock } from "../../core/clock.ts";
import type { HustingsError } from "../../core/errors.ts";
import type { Wait, Waits } from "../../member/hub/waits.ts";
import type { Mailbag, Taken, Wish } from "./mailbag.ts";

export interface MailWaitOptions {
  readonly mailbag: Mailbag;
  readonly clock: Clock;
  readonly waits: Waits;
  /** The place in `waits`; the mailbag knows its boxes itself. */
  readonly mailbox: number;
  readonly wish: Wish;
  readonly request: number;
}

/** One check: a look into the queue, and the wait for what comes later. It looks once more before it ends with nothing. */
export class MailWait implements Wait {
  readonly mailbox: number;
  readonly #options: MailWaitOptions;
  #stopTimer: () => void = () => {};
  #found: Taken = { messages: [], leased: [], more: 0 };
  #resolve: (taken: Taken) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(options: MailWaitOptions) {
    this.mailbox = options.mailbox;
    this.#options = options;
  }

  /** Resolves with messages, or without any once `waitMs` are over or `end` was called. */
  run(waitMs: number): Promise<Taken> {
    const { waits, clock } = this.#options;
    return new Promise<Taken>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      waits.add(this);
      if (waitMs === 0) waits.end(this);
      else this.#stopTimer = clock.after(waitMs, () => this.end());
    });
  }

  /** Its time is over: it looks once more, as what came while the server was away is not nothing. */
  end(): void {
    this.#options.waits.wakeOne(this);
    this.cancel();
  }

  /** Its caller wants it no longer; it answers with what it has. */
  cancel(): void {
    this.#stopTimer();
    this.#options.waits.end(this);
  }

  /** It ends with an error: its reader is gone. */
  fail(error: HustingsError): void {
    this.#stopTimer();
    this.#options.waits.drop(this);
    this.#reject(error);
  }

  async look(): Promise<(() => void) | undefined> {
    const { mailbag, wish, request } = this.#options;
    try {
      const taken = await mailbag.take(wish, request);
      if (taken.messages.length === 0) {
        this.#found = taken;
        return undefined;
      }
      this.#stopTimer();
      return () => this.#resolve(taken);
    } catch (error) {
      this.#stopTimer();
      return () => this.#reject(error);
    }
  }

  answerEmpty(): void {
    this.#stopTimer();
    this.#resolve(this.#found);
  }
}
