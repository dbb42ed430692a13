/**
 * The checks that wait for a message, and what wakes them.
 *
 * | state of a wait | entered by | left by | ignores |
 * |---|---|---|---|
 * | looking | `add`; `wake` while idle; `wake` while looking, once that look is over | the look's end: messages → gone, and only then the answer; `ended` meanwhile → gone; woken meanwhile → looking; else → idle | |
 * | idle | a look that found nothing | `wake` → looking; `end` → gone | |
 * | gone | an answer | never | everything |
 *
 * A message that arrives while a wait looks is noted, so none slips between a look and the wait.
 */
export interface Wait {
  readonly mailbox: number;
  /** Looks into the queue once; resolves with what gives the answer, once there is one. */
  look(): Promise<(() => void) | undefined>;
  /** Answers that nothing came. */
  answerEmpty(): void;
}

interface Entry {
  looking: boolean;
  woken: boolean;
  ended: boolean;
}

/** The checks that wait for a first message, by the mailbox that they read. */
export class Waits {
  readonly #entries = new Map<Wait, Entry>();

  /** True while somebody waits for messages to `mailbox`. */
  has(mailbox: number): boolean {
    for (const wait of this.#entries.keys()) if (wait.mailbox === mailbox) return true;
    return false;
  }

  /** Starts to wait with a first look. */
  add(wait: Wait): void {
    this.#entries.set(wait, { looking: false, woken: false, ended: false });
    this.#look(wait);
  }

  /** Something was queued for `mailbox`. */
  wake(mailbox: number): void {
    for (const wait of [...this.#entries.keys()]) if (wait.mailbox === mailbox) this.wakeOne(wait);
  }

  /** `wait` has a reason of its own to look again. */
  wakeOne(wait: Wait): void {
    const entry = this.#entries.get(wait);
    if (entry === undefined) return;
    if (entry.looking) entry.woken = true;
    else this.#look(wait);
  }

  /** The time of `wait` is over, or its caller wants it no longer: it answers, after a last look that is under way. */
  end(wait: Wait): void {
    const entry = this.#entries.get(wait);
    if (entry === undefined) return;
    if (entry.looking) entry.ended = true;
    else this.#answerEmpty(wait);
  }

  /** Forgets `wait` without an answer: nobody is there to get it. */
  drop(wait: Wait): void {
    this.#entries.delete(wait);
  }

  #answerEmpty(wait: Wait): void {
    this.#entries.delete(wait);
    wait.answerEmpty();
  }

  async #look(wait: Wait): Promise<void> {
    const entry = this.#entries.get(wait)!;
    entry.looking = true;
    entry.woken = false;
    const answer = await wait.look();
    if (this.#entries.get(wait) !== entry) return;
    entry.looking = false;
    if (answer !== undefined) {
      // Whoever hears of the answer finds this wait gone: what it left is for others.
      this.#entries.delete(wait);
      answer();
    } else if (entry.woken) this.#look(wait);
    else if (entry.ended) this.#answerEmpty(wait);
  }
}
