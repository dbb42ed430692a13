// Lets every write behind the k-th page of a store's log fail as an I/O error, for each k until none
// does, and checks what is left of each store. Prints how many calls were refused for each k.
//
//   deno run -A tests/support/refused_writes.ts DIRECTORY
import assert from "node:assert/strict";
import { FullDiskBench, sendAndRead } from "./full_disk_bench.ts";

const directory = Deno.args[0]!;
const refusals: number[] = [];
for (let pages = 0; refusals.length === 0 || refusals.at(-1)! > 0; pages++) {
  const at = (name: string) => `${directory}/${pages}-${name}`;
  let done: Awaited<ReturnType<typeof sendAndRead>>;
  {
    using bench = new FullDiskBench({ at }, 0);
    assert.notEqual(await bench.send(10), undefined);
    await bench.readAll();
    const { size } = await Deno.stat(at("messages.db-wal"));
    // Within a page, so that a part of it is still written.
    await limitFiles(String(size + pages * 4120 + 100));
    done = await sendAndRead(bench);
    await limitFiles("unlimited");
  }
  using again = new FullDiskBench({ at }, 0);
  again.store.batch(again.epoch, [({ messages }) => messages.requeue("process")], { grows: false });
  const left = done.accepted.filter((id) => !done.read.includes(id));
  assert.deepEqual(await again.readAll(), left, `${pages} pages`);
  refusals.push(done.refused);
}
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(refusals)));

/** The soft limit alone, so that it can be lifted again. */
async function limitFiles(bytes: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("prlimit", {
    args: [`--pid=${Deno.pid}`, `--fsize=${bytes}:`],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
