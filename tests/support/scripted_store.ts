import type { Outcome, Store, Work } from "../../lib/store/store.ts";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";

/** A store that counts its batches, and whose commits a test lets fail. */
export class ScriptedStore implements Store, Disposable {
  readonly inner: Store;
  /** How many operations each batch had. */
  readonly batches: number[] = [];
  /** Thrown in place of the next commits. */
  fault: Error | undefined;
  /** Called after each commit, before anybody is told. */
  oncommit: () => void = () => {};

  /** `path`: a file; without one the store is in memory. */
  constructor(path = ":memory:") {
    this.inner = SqliteStore.open(path);
  }

  batch(
    epoch: number,
    works: readonly Work<unknown>[],
    options: { readonly grows: boolean },
  ): Outcome[] {
    this.batches.push(works.length);
    if (this.fault !== undefined) throw this.fault;
    const outcomes = this.inner.batch(epoch, works, options);
    this.oncommit();
    return outcomes;
  }

  claim(by: Parameters<Store["claim"]>[0]): number {
    return this.inner.claim(by);
  }

  claimOver(judged: number, by: Parameters<Store["claim"]>[0]): number | undefined {
    return this.inner.claimOver(judged, by);
  }

  moved(epoch: number, port: number): void {
    this.inner.moved(epoch, port);
  }

  reign() {
    return this.inner.reign();
  }

  instances(): string[] {
    return this.inner.instances();
  }

  sizeBytes(): number {
    return this.inner.sizeBytes();
  }

  warnings(nowMs: number): string[] {
    return this.inner.warnings(nowMs);
  }

  keepMark(): void {
    this.inner.keepMark();
  }

  close(): void {
    this.inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
