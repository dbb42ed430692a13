import type { ObserveResult } from "../../lib/core/bus_events.ts";
import type { Message, Receipt, WatchResult } from "../../lib/core/types.ts";

/**
 * The invariants: at most one epoch acknowledges, acknowledged is never lost, read once or marked, nothing from nowhere, order per
 * sender, a name belongs to its agent. `broken` says which one did not hold.
 */
export class SimChecker {
  readonly broken: string[] = [];
  acknowledged = 0;
  #epoch = 0;
  reads = 0;
  marked = 0;
  /** Watches that saw something. */
  watches = 0;
  /** Messages that those who look on saw. */
  observations = 0;
  readonly #sent = new Set<string>();
  readonly #owed = new Map<string, Receipt>();
  /** Read and not given back: the next sight must be marked. */
  readonly #kept = new Set<string>();
  readonly #confirmed = new Set<string>();
  readonly #order: boolean;
  readonly #last = new Map<string, number>();

  /** `order`: hold the order per sender, too. */
  constructor(options: { readonly order: boolean }) {
    this.#order = options.order;
  }

  /** Only the newest epoch changes the store, and so acknowledges. */
  committed(epoch: number): void {
    if (epoch < this.#epoch) this.broken.push(`Epoch ${epoch} committed after ${this.#epoch}`);
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  sent(text: string): void {
    this.#sent.add(text);
  }

  accepted(text: string, receipt: Receipt): void {
    this.acknowledged += 1;
    for (const { name } of receipt.recipients) this.#owed.set(`${name} ${text}`, receipt);
  }

  read(reader: string, { text, to, redelivered }: Message): void {
    this.reads += 1;
    if (redelivered) this.marked += 1;
    if (!this.#sent.has(text)) this.broken.push(`${reader} read '${text}', which nobody sent`);
    const key = `${reader} ${text}`;
    if (this.#kept.has(key) && !redelivered) {
      this.broken.push(`${reader} read '${text}' twice, unmarked`);
    }
    // A room that is not there yet refuses a message; when that answer is lost, the repeat comes later.
    const mayBeLate = to.some((name) => name.startsWith("#"));
    if (this.#order) this.#inOrder(reader, text, redelivered === true || mayBeLate);
    this.#kept.add(key);
  }

  /** The store knows that it was read: another copy of it may be given back now. */
  confirmed(reader: string, text: string): void {
    this.#confirmed.add(`${reader} ${text}`);
  }

  released(reader: string, text: string): void {
    this.#kept.delete(`${reader} ${text}`);
  }

  named(name: string, wanted: string): void {
    if (name !== wanted) this.broken.push(`The agent of ${wanted} was called ${name}`);
  }

  /** A message to a room goes to the others in it. */
  wrote(name: string, { recipients }: Receipt): void {
    if (recipients.some((reader) => reader.name === name)) {
      this.broken.push(`${name} got what it wrote to the room itself`);
    }
  }

  /** Who has entered is in, and who has left is not. */
  inRoom(name: string, inside: boolean, members: readonly string[]): void {
    if (members.includes(name) !== inside) {
      this.broken.push(`${name} ${inside ? "entered" : "left"}, and in it were ${members}`);
    }
  }

  watched(name: string, after: number, { count, newest, from }: WatchResult): void {
    const fits = count === 0 ? newest === after : newest > after && from.length > 0;
    if (!fits) this.broken.push(`${name} saw ${count} up to ${newest} after ${after} of ${from}`);
    this.watches += count > 0 ? 1 : 0;
  }

  /** Whoever looks on sees each message that was accepted once, in their order, or is told of a gap. */
  observed(seen: { readonly name: string; last: number | undefined }, result: ObserveResult): void {
    if (result.snapshot !== undefined) seen.last = undefined;
    for (const event of result.events) {
      if (event.kind !== "message") continue;
      this.observations += 1;
      const { id } = event.message;
      if (id !== (seen.last ?? id - 1) + 1) {
        this.broken.push(`${seen.name} saw message ${id} accepted after ${seen.last}`);
      }
      seen.last = id;
    }
  }

  /** After everything calmed down and was read. */
  finish(): void {
    for (const key of this.#owed.keys()) {
      if (!this.#kept.has(key) && !this.#confirmed.has(key)) {
        this.broken.push(`Acknowledged and never read: ${key}`);
      }
    }
  }

  /** Texts are `PROCESS.COUNTER`. */
  #inOrder(reader: string, text: string, exempt: boolean): void {
    const [process, counter] = text.split(".");
    const key = `${reader} ${process}`;
    const last = this.#last.get(key) ?? -1;
    if (!exempt && Number(counter) < last) {
      this.broken.push(`${reader} read '${text}' after '${process}.${last}'`);
    }
    this.#last.set(key, Math.max(last, Number(counter)));
  }
}
