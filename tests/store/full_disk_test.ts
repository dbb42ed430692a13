import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { FullDiskBench, sendAndRead } from "../support/full_disk_bench.ts";
import { canMount, SmallDisk } from "../support/small_disk.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

// These tests fill a disk of their own, which only root on Linux can mount; elsewhere they are skipped.
const ignore = !canMount;

// `prlimit` of util-linux limits the size of files of a process that runs.
const canLimit = Deno.build.os === "linux" &&
  await new Deno.Command("prlimit", { args: ["--version"] }).output().then(() => true, () => false);

const diskBytes = 16 * 1024 * 1024;

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

/** A reserve of nothing, so that each write meets the full disk itself. */
async function fillAt(disk: SmallDisk, home: string, pages: number): Promise<number> {
  await Deno.mkdir(home);
  const at = (name: string) => `${home}/${name}`;
  let done: Awaited<ReturnType<typeof sendAndRead>>;
  {
    using bench = new FullDiskBench({ at }, 0);
    assert.notEqual(await bench.send(10), undefined);
    await bench.readAll();
    disk.fill(pages * 4096);
    done = await sendAndRead(bench);
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

Deno.test(
  "write that fails as an I/O error, for each k-th page of the log, leaves a store that is whole",
  {
    ignore: !canLimit,
  },
  async () => {
    using directory = new TemporaryDirectory();
    const program = new URL("../support/refused_writes.ts", import.meta.url).pathname;
    // Ignored here and so in what it starts: the signal would end the process instead of the write.
    const command = new Deno.Command("bash", {
      args: [
        "-c",
        `trap '' XFSZ; exec "$0" run -A "$1" "$2"`,
        Deno.execPath(),
        program,
        directory.path,
      ],
    });
    const { success, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    assert.ok(success, decoder.decode(stderr));
    const refusals = JSON.parse(decoder.decode(stdout)) as number[];
    assert.ok(refusals[0]! >= 6 && refusals.length > 20, `refused: ${refusals}`);
  },
);
