import assert from "node:assert/strict";
import { bench, parts } from "./bench.ts";
import { natsMissing } from "../support/nats_server.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";
import { binariesIn, sources } from "./programs.ts";
import { head, lineOf } from "./row.ts";

const context = { quick: true, programs: [sources], note: () => {} };

/** A source has no size that says anything. */
for (const part of Object.keys(parts).filter((name) => name !== "size")) {
  Deno.test(`benchmark of ${part} has figures in each row when it is measured quickly`, async () => {
    const rows = await Array.fromAsync(bench([part], context));
    const isThere = Deno.build.os === "linux" && (part !== "nats" || natsMissing === undefined);
    if (isThere) assert.ok(rows.length > 0);
    for (const { ratio, ours } of rows) assert.ok(ratio! >= 0 && /\d/.test(ours));
    for (const row of rows) {
      assert.equal(lineOf(row).split("|").length, head.split("|").length / 2 + 0.5);
    }
  });
}

Deno.test("benchmark of size compares the binaries when there are some, and nothing else", async () => {
  using directory = new TemporaryDirectory();
  await Deno.writeFile(directory.at("hustings"), new Uint8Array(30_000));
  await Deno.writeFile(directory.at("hello"), new Uint8Array(20_000));
  const programs = [sources, binariesIn(directory.path)];
  const rows = await Array.fromAsync(bench(["size"], { ...context, programs }));
  assert.deepEqual(rows.map(({ ours, other, ratio }) => [ours, other, ratio]), [
    ["0.03 MB", "0.02 MB", 1.5],
  ]);
});

Deno.test("benchmark names its parts when another one is asked for", async () => {
  await assert.rejects(
    bench(["speed"], context).next(),
    /'speed' is no part: there are send-latency/,
  );
});
