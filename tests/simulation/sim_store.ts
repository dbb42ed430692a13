import { HustingsError } from "../../lib/core/errors.ts";
import type { Outcome, Store, Work } from "../../lib/store/store.ts";

/** What a disk can do to one commit. */
export interface SimDisk {
  /** `full`: refused, nothing changed. `crash`: done, and the process ends before it knows. `dead`: it has. */
  fate(): "done" | "full" | "crash" | "dead";
  crash(): void;
  /** A transaction of `epoch` went through. */
  committed(epoch: number): void;
}

/** One broker's view of the store that all share; closing it closes nothing. */
export class SimStore implements Store {
  readonly #store: Store;
  readonly #disk: SimDisk;

  constructor(store: Store, disk: SimDisk) {
    this.#store = store;
    this.#disk = disk;
  }

  batch(
    epoch: number,
    works: readonly Work<unknown>[],
    options: { readonly grows: boolean },
  ): Outcome[] {
    const fate = this.#disk.fate();
    if (fate === "dead") throw new HustingsError("fenced", "This process has ended");
    if (fate === "full") throw new HustingsError("store_full", "The disk is full");
    const outcomes = this.#store.batch(epoch, works, options);
    this.#disk.committed(epoch);
    if (fate === "crash") this.#disk.crash();
    return outcomes;
  }

  claim(by: Parameters<Store["claim"]>[0]): number {
    return this.#store.claim(by);
  }

  claimOver(judged: number, by: Parameters<Store["claim"]>[0]): number | undefined {
    return this.#store.claimOver(judged, by);
  }

  moved(epoch: number, port: number): void {
    this.#store.moved(epoch, port);
  }

  reign() {
    return this.#store.reign();
  }

  instances(): string[] {
    return this.#store.instances();
  }

  sizeBytes(): number {
    return 0;
  }

  warnings(): string[] {
    return [];
  }

  keepMark(): void {}

  close(): void {}
}
