import { systemClock } from "../../lib/member/system_clock.ts";
import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import { Journal } from "../../lib/store/journal.ts";
import { Reserve } from "../../lib/store/reserve.ts";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import type { Mailbox, Work } from "../../lib/store/store.ts";

let uuids = 0;

/** A journal on a store in `directory`, with a reader that messages can be sent to. */
export class FullDiskBench implements Disposable {
  readonly store: SqliteStore;
  readonly epoch: number;
  readonly journal: Journal;
  readonly reader: Mailbox;

  constructor(readonly disk: { at(name: string): string }, reserveBytes = limits.reserveBytes) {
    this.store = SqliteStore.open(
      disk.at("messages.db"),
      { reserve: new Reserve(disk.at("reserve"), reserveBytes) },
    );
    this.epoch = this.store.claim({ port: 1, pid: 1, atMs: 1 });
    this.journal = new Journal(this.store, this.epoch, systemClock, () => {});
    const [outcome] = this.store.batch(this.epoch, [
      ({ mailboxes }) => mailboxes.byName("reader") ?? mailboxes.create("reader", 0),
    ], { grows: false });
    this.reader = (outcome as { done: Mailbox }).done;
  }

  /** Sends one message; resolves with its number, or undefined where the disk was full. */
  async send(textBytes: number): Promise<number | undefined> {
    try {
      return await this.journal.run(this.insert("x".repeat(textBytes)), textBytes);
    } catch (error) {
      assert.equal((error as HustingsError).code, "store_full");
      return undefined;
    }
  }

  insert(text: string): Work<number> {
    const { id, name } = this.reader;
    const message = { sender: id, from: name, to: [name], atMs: 1, text };
    const uuid = `uuid-${++uuids}`;
    return ({ messages }) =>
      messages.insert({ ...message, uuid, thread: undefined, replyTo: undefined }, [id]);
  }

  /** Hands out one check's messages and acknowledges each in a commit of its own, noting it in `read`. */
  async readSome(request: number, read: number[]): Promise<number> {
    const lease = { instance: "process", request };
    const ids = await this.journal.run(({ messages }) => {
      const queued = messages.queued(this.reader.id, undefined).map(({ message }) => message.id);
      messages.lease(this.reader.id, queued, lease, 1);
      return queued;
    });
    for (const id of ids) {
      await this.journal.run(({ messages }) => messages.read(this.reader.id, [id], "process", 1));
      read.push(id);
    }
    return ids.length;
  }

  async readAll(): Promise<number[]> {
    const read: number[] = [];
    for (let request = 1; await this.readSome(request, read) > 0;) request += 1;
    return read;
  }

  [Symbol.dispose](): void {
    this.store.close();
  }
}

/**
 * Sends and reads on what the disk still takes; returns what was acknowledged as sent and as read, and
 * how many sends and reads were refused.
 */
export async function sendAndRead(bench: FullDiskBench) {
  const [accepted, read]: [number[], number[]] = [[], []];
  let [refusedSends, refusedReads] = [0, 0];
  for (let n = 1; n <= 6; n++) {
    const id = await bench.send(n % 3 === 0 ? 20_000 : 500);
    if (id === undefined) refusedSends += 1;
    else accepted.push(id);
    if (n % 2 === 1) continue;
    try {
      await bench.readSome(n, read);
    } catch (error) {
      assert.equal((error as HustingsError).code, "store_full");
      refusedReads += 1;
    }
  }
  return { accepted, read, refusedSends, refusedReads };
}
