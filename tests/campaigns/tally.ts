/** What readers saw, held against what senders were told: the sets of a queue check. */
export interface Figures {
  readonly attempts: number;
  readonly acknowledged: number;
  readonly read: number;
  /** Acknowledged and never read. */
  readonly lost: number;
  /** Read twice without being marked as redelivered. */
  readonly duplicates: number;
  /** Read again with the mark, after a reader's own end. */
  readonly redelivered: number;
  /** Read and never sent. */
  readonly unexpected: number;
  /** An older message of one sender seen by one reader after a newer one, unmarked. */
  readonly orderBreaks: number;
  /** Calls that failed although their own process lived. */
  readonly failedCalls: number;
  /** Read although the sender's process died before it was told. */
  readonly recovered: number;
}

/** Texts are `SENDER.COUNTER`, where a sender is one process: counters grow in it. */
export class Tally {
  readonly #attempts = new Set<string>();
  readonly #acknowledged = new Set<string>();
  readonly #read = new Set<string>();
  readonly #last = new Map<string, number>();
  readonly failures: string[] = [];
  #duplicates = 0;
  #redelivered = 0;
  #unexpected = 0;
  /** What came after a newer one of its sender. */
  readonly #late: string[] = [];

  attempted(text: string): void {
    this.#attempts.add(text);
  }

  acknowledged(text: string): void {
    this.#acknowledged.add(text);
  }

  failed(what: string): void {
    this.failures.push(what);
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  /** True while something acknowledged was not read yet. */
  get isBehind(): boolean {
    for (const text of this.#acknowledged) if (!this.#read.has(text)) return true;
    return false;
  }

  read(reader: string, text: string, marked: boolean): void {
    if (!this.#attempts.has(text)) this.#unexpected += 1;
    if (marked) this.#redelivered += 1;
    else if (this.#read.has(text)) this.#duplicates += 1;
    this.#read.add(text);
    const [sender, counter] = text.split(".");
    const key = `${reader} ${sender}`;
    if (!marked && Number(counter) < (this.#last.get(key) ?? -1)) this.#late.push(text);
    this.#last.set(key, Math.max(Number(counter), this.#last.get(key) ?? -1));
  }

  figures(): Figures {
    let lost = 0;
    let recovered = 0;
    for (const text of this.#acknowledged) if (!this.#read.has(text)) lost += 1;
    for (const text of this.#read) if (!this.#acknowledged.has(text)) recovered += 1;
    return {
      attempts: this.#attempts.size,
      acknowledged: this.#acknowledged.size,
      read: this.#read.size,
      lost,
      duplicates: this.#duplicates,
      redelivered: this.#redelivered,
      unexpected: this.#unexpected,
      // One whose sender was told that it may not be there has lost its place.
      orderBreaks: this.#late.filter((text) => this.#acknowledged.has(text)).length,
      failedCalls: this.failures.length,
      recovered,
    };
  }
}

/** True when nothing happened that must not. */
export function isClean(figures: Figures): boolean {
  const { lost, duplicates, unexpected, orderBreaks, failedCalls } = figures;
  return lost + duplicates + unexpected + orderBreaks + failedCalls === 0;
}

/** The value below which the `share` (0 to 1) of `values` lies; 0 for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
