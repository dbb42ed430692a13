import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import { Journal } from "../../lib/store/journal.ts";
import { Reserve } from "../../lib/store/reserve.ts";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import type { Mailbox, Work } from "../../lib/store/store.ts";
import { canMount, SmallDisk } from "../support/small_disk.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

// These tests fill a disk of their own, which only root on Linux can mount; elsewhere they are skipped.
const ignore = !canMount;

const diskBytes = 16 * 1024 * 1024;

let uuids = 0;

/** A journal on a store in `directory`, with a reader that messages can be sent to. */
class FullDiskBench implements Disposable {
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
    this.journal = new Journal(this.store, this.epoch, () => {});
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

for (const textBytes of [100, 10_000, limits.textBytes]) {
  const title = `full disk takes no message of ${textBytes} bytes, but every acknowledgement`;
  Deno.test(title, { ignore }, async () => {
    using disk = new SmallDisk(diskBytes);
    using bench = new FullDiskBench(disk);
    const accepted: number[] = [];
    await bench.send(1);
    accepted.push(1);
    disk.fill(textBytes === limits.textBytes ? 3 * limits.textBytes : 256 * 1024);
    for (let id; (id = await bench.send(textBytes)) !== undefined;) accepted.push(id);
    // Whatever is left goes too: other programs write on.
    disk.fill(0);
    assert.deepEqual(await bench.readAll(), accepted);
    assert.equal(await bench.send(textBytes), undefined, "still full");

    disk.clear();
    const later = await bench.send(textBytes);
    assert.notEqual(later, undefined, "taken again once there is space");
    assert.deepEqual(await bench.readAll(), [later]);
  });
}

Deno.test("acknowledgement that shares a commit with a refused message is carried out", {
  ignore,
}, async () => {
  using disk = new SmallDisk(diskBytes);
  using bench = new FullDiskBench(disk);
  const id = await bench.send(10);
  await bench.journal.run(({ messages }) =>
    messages.lease(bench.reader.id, [id!], { instance: "process", request: 1 }, 1)
  );
  disk.fill(0);
  const [sent, read] = await Promise.allSettled([
    bench.journal.run(bench.insert("x".repeat(100_000)), 100_000),
    bench.journal.run(({ messages }) => messages.read(bench.reader.id, [id!], "process", 1)),
  ]);
  assert.equal((sent as PromiseRejectedResult).reason?.code, "store_full");
  assert.deepEqual(read, { status: "fulfilled", value: 1 });
});

Deno.test("next broker claims a store on a full disk and its readers drain it", {
  ignore,
}, async () => {
  using disk = new SmallDisk(diskBytes);
  const accepted: number[] = [];
  {
    using bench = new FullDiskBench(disk);
    accepted.push((await bench.send(10_000))!);
    disk.fill(0);
  }
  using bench = new FullDiskBench(disk);
  assert.equal(bench.epoch, 2);
  assert.deepEqual(await bench.readAll(), accepted);
});

Deno.test("space is kept for real, and a message that finds none kept is refused", async () => {
  using directory = new TemporaryDirectory();
  using bench = new FullDiskBench(directory);
  await bench.send(10);
  const { size, blocks } = await Deno.stat(directory.at("reserve"));
  assert.equal(size, limits.reserveBytes);
  // Windows does not tell the blocks of a file.
  assert.ok(blocks === null || blocks * 512 >= size, `${blocks} blocks for ${size} bytes`);

  await Deno.remove(directory.at("reserve"));
  await Deno.mkdir(directory.at("reserve.draft/in the way"), { recursive: true });
  assert.equal(await bench.send(10), undefined);
  assert.equal((await bench.readAll()).length, 1);
  await Deno.remove(directory.at("reserve.draft"), { recursive: true });
  assert.notEqual(await bench.send(10), undefined);
});

Deno.test("messages that share a commit are bounded by their bytes", async () => {
  using directory = new TemporaryDirectory();
  using bench = new FullDiskBench(directory);
  const sizes: number[] = [];
  const { batch } = bench.store;
  bench.store.batch = function (...args) {
    sizes.push(args[1].length);
    return batch.apply(this, args);
  };
  const half = limits.batchBytes / 2;
  await Promise.all([half, half, 1, limits.batchBytes, 1].map((bytes) => bench.send(bytes)));
  assert.deepEqual(sizes, [2, 1, 1, 1]);
});

/** Sends and reads on what the disk still takes; returns what was acknowledged as sent and as read. */
async function work(bench: FullDiskBench) {
  const [accepted, read]: [number[], number[]] = [[], []];
  let refused = 0;
  for (let n = 1; n <= 6; n++) {
    const id = await bench.send(n % 3 === 0 ? 20_000 : 500);
    if (id === undefined) refused += 1;
    else accepted.push(id);
    if (n % 2 === 1) continue;
    try {
      await bench.readSome(n, read);
    } catch (error) {
      assert.equal((error as HustingsError).code, "store_full");
      refused += 1;
    }
  }
  return { accepted, read, refused };
}

/** A reserve of nothing, so that each write meets the full disk itself. */
async function fillAt(disk: SmallDisk, home: string, pages: number): Promise<number> {
  await Deno.mkdir(home);
  const at = (name: string) => `${home}/${name}`;
  let done: Awaited<ReturnType<typeof work>>;
  {
    using bench = new FullDiskBench({ at }, 0);
    assert.notEqual(await bench.send(10), undefined);
    await bench.readAll();
    disk.fill(pages * 4096);
    done = await work(bench);
  }
  disk.clear();
  using again = new FullDiskBench({ at }, 0);
  again.store.batch(again.epoch, [({ messages }) => messages.requeue("process")], { grows: false });
  const left = done.accepted.filter((id) => !done.read.includes(id));
  assert.deepEqual(await again.readAll(), left, `${pages} pages left`);
  assert.notEqual(await again.send(10), undefined);
  return done.refused;
}

Deno.test("disk that refuses its k-th page, for each k, leaves a store that is whole", {
  ignore,
}, async () => {
  using disk = new SmallDisk(4 * 1024 * 1024);
  const refusals: number[] = [];
  for (let pages = 0; refusals.length === 0 || refusals.at(-1)! > 0; pages++) {
    const home = disk.at("home");
    refusals.push(await fillAt(disk, home, pages));
    await Deno.remove(home, { recursive: true });
  }
  assert.ok(refusals[0]! >= 6, `a full disk refused ${refusals[0]} of 9 calls`);
  assert.ok(refusals.length > 20, `only ${refusals.length} numbers of pages made a difference`);
});
