// Lets every write behind the k-th page of a store's log fail as an I/O error, for each k until none
// does, and checks what is left of each store. Prints how many sends and reads were refused for each k.
//
//   deno run -A tests/support/refused_writes.ts DIRECTORY RESERVE_BYTES
import assert from "node:assert/strict";
import { FullDiskBench, sendAndRead } from "./full_disk_bench.ts";

const [directory, reserve] = Deno.args;
const reserveBytes = Number(reserve);
const [sends, reads]: [number[], number[]] = [[], []];
for (let pages = 0; pages === 0 || sends.at(-1)! + reads.at(-1)! > 0; pages++) {
  const at = (name: string) => `${directory}/${pages}-${name}`;
  let done: Awaited<ReturnType<typeof sendAndRead>>;
  {
    using bench = new FullDiskBench({ at }, reserveBytes);
    assert.notEqual(await bench.send(10), undefined);
    await bench.readAll();
    const { size } = await Deno.stat(at("messages.db-wal"));
    // Within a page, so that a part of it is still written.
    await limitFiles(String(size + pages * 4120 + 100));
    done = await sendAndRead(bench);
    if (reserveBytes > 0) done.read.push(...await bench.readAll());
    await limitFiles("unlimited");
    if (reserveBytes > 0) done.accepted.push((await bench.send(10))!);
  }
  using again = new FullDiskBench({ at }, reserveBytes);
  again.store.batch(again.epoch, [({ messages }) => messages.requeue("process")], { grows: false });
  const left = done.accepted.filter((id) => !done.read.includes(id));
  assert.deepEqual(await again.readAll(), left, `${pages} pages`);
  sends.push(done.refusedSends);
  reads.push(done.refusedReads);
}
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ sends, reads })));

/** The soft limit alone, so that it can be lifted again. */
async function limitFiles(bytes: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("prlimit", {
    args: [`--pid=${Deno.pid}`, `--fsize=${bytes}:`],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
