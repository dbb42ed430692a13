import { limits } from "../../core/limits.ts";
import type { LiveRecord } from "./records.ts";

interface Heard {
  readonly record: LiveRecord;
  readonly sequence: number;
  /** When, by the monotonic clock of this process: that of others may be wrong. */
  readonly heardMs: number;
}

/**
 * What is known of the other processes of a realm.
 *
 * | state of a process | entered by | left by |
 * |---|---|---|
 * | unknown | no sign of life, or none for thrice the time in which it promised the next | a sign → here; an answer → answered; nobody answers → doubted |
 * | answered | an answer of one that gave no sign yet | a sign → here; `limits.natsLifeMs` → unknown |
 * | here | a sign of life, an answer | no sign in time → unknown; nobody answers → doubted |
 * | doubted | nobody answers to who asks for it | an answer, a sign → here; nobody answers for `limits.returnMs` → gone |
 * | gone | from doubted | an answer, a later sign of life → here |
 */
export class KnownProcesses {
  readonly #nowMs: () => number;
  readonly #heard = new Map<string, Heard>();
  /** Those of `#heard` by the box that they told. */
  readonly #byBox = new Map<number, Set<string>>();
  readonly #answered = new Map<string, number>();
  /** Those that are connected, and say nothing to who asks. */
  readonly #silent = new Set<string>();
  /** Since when nobody answers. */
  readonly #doubted = new Map<string, number>();
  /** What they had told last. */
  readonly #gone = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Those that gave a sign of life, with what they told last. */
  records(): [instance: string, record: LiveRecord][] {
    return [...this.#heard].map(([instance, { record }]) => [instance, record]);
  }

  /** The same of those that told this box. */
  at(box: number): [instance: string, record: LiveRecord][] {
    return [...this.#byBox.get(box) ?? []].map((each) => [each, this.#heard.get(each)!.record]);
  }

  get size(): number {
    return this.#heard.size;
  }

  record(instance: string): LiveRecord | undefined {
    return this.#heard.get(instance)?.record;
  }

  /** In which write it told that; 0 where it told nothing. */
  sequence(instance: string): number {
    return this.#heard.get(instance)?.sequence ?? 0;
  }

  isAlive(instance: string): boolean {
    if (this.#gone.has(instance) || this.#doubted.has(instance)) return false;
    const found = this.#heard.get(instance);
    return found === undefined ? this.#hasAnswered(instance) : this.#isFresh(found);
  }

  isGone(instance: string): boolean {
    return this.#gone.has(instance);
  }

  isDoubted(instance: string): boolean {
    return this.#doubted.has(instance);
  }

  /** Nothing has told whether there is such a process: it may have come at this moment. */
  isUnknown(instance: string): boolean {
    const isKnown = [this.#gone, this.#doubted, this.#silent].some((each) => each.has(instance));
    return !isKnown && !this.isAlive(instance);
  }

  /** A sign of life, of the write `sequence`. What the process has answered since it wrote that is kept. */
  told(instance: string, record: LiveRecord, sequence: number): void {
    const known = this.record(instance);
    const newer = known !== undefined && isNewer(known, record) ? known : record;
    this.#hear(instance, { record: newer, sequence, heardMs: this.#nowMs() });
    if (sequence > (this.#gone.get(instance) ?? 0)) this.#gone.delete(instance);
    this.#doubted.delete(instance);
    this.#answered.delete(instance);
    this.#silent.delete(instance);
  }

  /** It has taken back what it told. */
  left(instance: string): void {
    this.#forget(instance);
    this.#answered.delete(instance);
  }

  /** Who asked it got no answer in time, and was not told either that there is nobody. */
  saysNothing(instance: string): void {
    this.#silent.add(instance);
  }

  /** It answers, with what it tells now; true where that is news: it was missed, or has told something else. */
  answers(instance: string, record?: LiveRecord): boolean {
    this.#silent.delete(instance);
    const wasMissed = this.#doubted.delete(instance) || this.#gone.delete(instance);
    const found = this.#heard.get(instance);
    if (found === undefined) {
      this.#answered.set(instance, this.#nowMs());
      return wasMissed;
    }
    const hasMore = record !== undefined && isNewer(record, found.record);
    const now = hasMore ? record : found.record;
    this.#hear(instance, { ...found, record: now, heardMs: this.#nowMs() });
    return wasMissed || hasMore;
  }

  /** Nobody answers for it; false where that is known. */
  doubt(instance: string): boolean {
    if (this.#doubted.has(instance) || this.#gone.has(instance)) return false;
    this.#doubted.set(instance, this.#nowMs());
    this.#answered.delete(instance);
    return true;
  }

  /** Nobody has answered for it for so long that it is not waited for. */
  isOverdue(instance: string): boolean {
    return this.#nowMs() - (this.#doubted.get(instance) ?? Infinity) >= limits.returnMs;
  }

  /** Returns the write with which it told something last, or 0. */
  giveUp(instance: string): number {
    this.#doubted.delete(instance);
    const sequence = this.sequence(instance);
    this.#gone.set(instance, sequence);
    return sequence;
  }

  /** Forgets those that nobody renewed any more, and returns them with the boxes that they had told. */
  forgetOld(): [instance: string, box: number][] {
    const old = [...this.#heard].filter(([, found]) => !this.#isFresh(found));
    for (const [instance] of old) this.#forget(instance);
    this.#silent.clear();
    for (const [instance] of this.#answered) {
      if (!this.#hasAnswered(instance)) this.#answered.delete(instance);
    }
    return old.map(([instance, { record }]) => [instance, record.box]);
  }

  #hear(instance: string, heard: Heard): void {
    this.#forget(instance);
    this.#heard.set(instance, heard);
    const { box } = heard.record;
    this.#byBox.set(box, (this.#byBox.get(box) ?? new Set()).add(instance));
  }

  #forget(instance: string): void {
    const box = this.record(instance)?.box;
    this.#heard.delete(instance);
    if (box === undefined) return;
    const others = this.#byBox.get(box)!;
    others.delete(instance);
    if (others.size === 0) this.#byBox.delete(box);
  }

  #isFresh({ heardMs, record: { renewMs } }: Heard): boolean {
    const lifeMs = Math.max(limits.natsLifeMs, 3 * (renewMs ?? 0));
    return this.#nowMs() - heardMs < Math.min(lifeMs, limits.natsLifeMsMax);
  }

  #hasAnswered(instance: string): boolean {
    return this.#nowMs() - (this.#answered.get(instance) ?? -Infinity) < limits.natsLifeMs;
  }
}

function isNewer(one: LiveRecord, other: LiveRecord): boolean {
  return (one.changes ?? 0) > (other.changes ?? 0);
}
