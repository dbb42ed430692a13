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

/** Sends and reads with `pages` left on the disk, and finds what was acknowledged: how many were refused. */
async function fillAt(
  disk: SmallDisk,
  home: string,
  pages: number,
  reserveBytes: number,
): Promise<{ refusedSends: number; refusedReads: number }> {
  await Deno.mkdir(home);
  const at = (name: string) => `${home}/${name}`;
  let done: Awaited<ReturnType<typeof sendAndRead>>;
  {
    using bench = new FullDiskBench({ at }, reserveBytes);
    assert.notEqual(await bench.send(10), undefined);
    await bench.readAll();
    disk.fill(pages * 4096);
    done = await sendAndRead(bench);
    // What a check has handed out and could not be acknowledged comes again.
    if (reserveBytes > 0) done.read.push(...await bench.readAll());
    disk.clear();
    if (reserveBytes > 0) done.accepted.push((await bench.send(10))!);
  }
  using again = new FullDiskBench({ at }, reserveBytes);
  again.store.batch(again.epoch, [({ messages }) => messages.requeue("process")], { grows: false });
  const left = done.accepted.filter((id) => !done.read.includes(id));
  assert.deepEqual(await again.readAll(), left, `${pages} pages left`);
  assert.notEqual(await again.send(10), undefined);
  return done;
}

/** The same for each number of pages until nothing is refused: how many sends and reads were, for each. */
async function fillAtEach(
  diskBytes: number,
  reserveBytes: number,
): Promise<{ sends: number[]; reads: number[] }> {
  using disk = new SmallDisk(diskBytes);
  const [sends, reads]: [number[], number[]] = [[], []];
  for (let pages = 0; pages === 0 || sends.at(-1)! + reads.at(-1)! > 0; pages++) {
    const home = disk.at("home");
    const { refusedSends, refusedReads } = await fillAt(disk, home, pages, reserveBytes);
    sends.push(refusedSends);
    reads.push(refusedReads);
    await Deno.remove(home, { recursive: true });
  }
  return { sends, reads };
}

Deno.test(
  "disk that refuses its k-th page, for each k, leaves a store that is whole when no space is kept",
  {
    ignore,
  },
  async () => {
    const { sends, reads } = await fillAtEach(4 * 1024 * 1024, 0);
    assert.ok(
      sends[0]! + reads[0]! >= 6,
      `a full disk refused ${sends[0]} sends, ${reads[0]} reads`,
    );
    assert.ok(sends.length > 20, `only ${sends.length} numbers of pages made a difference`);
  },
);

Deno.test(
  "disk that refuses its k-th page, for each k, lets every acknowledgement through in the space that is kept",
  {
    ignore,
  },
  async () => {
    const { sends, reads } = await fillAtEach(diskBytes, limits.reserveBytes);
    assert.ok(sends[0]! >= 5, `a full disk refused ${sends[0]} of 6 sends`);
    assert.ok(sends.length > 20, `only ${sends.length} numbers of pages made a difference`);
    assert.deepEqual(reads, sends.map(() => 0));
  },
);

for (const reserveBytes of [0, limits.reserveBytes]) {
  const title =
    "write that fails as an I/O error, for each k-th page of the log, leaves a store that " +
    `is whole when ${reserveBytes === 0 ? "no space is" : "space is"} kept`;
  Deno.test(title, { ignore: !canLimit }, async () => {
    using directory = new TemporaryDirectory();
    const program = new URL("../support/refused_writes.ts", import.meta.url).pathname;
    // Ignored here and so in what it starts: the signal would end the process instead of the write.
    const shell = `trap '' XFSZ; exec "$0" run -A "$@"`;
    const args = ["-c", shell, Deno.execPath(), program, directory.path, String(reserveBytes)];
    const { success, stdout, stderr } = await new Deno.Command("bash", { args }).output();
    const decoder = new TextDecoder();
    assert.ok(success, decoder.decode(stderr));
    const { sends, reads } = JSON.parse(decoder.decode(stdout)) as Record<string, number[]>;
    const refused = `refused sends ${sends}, reads ${reads}`;
    assert.ok(sends![0]! + reads![0]! >= 5 && sends!.length > 20, refused);
    if (reserveBytes > 0) assert.deepEqual(reads, sends!.map(() => 0), refused);
  });
}
