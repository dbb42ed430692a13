import assert from "node:assert/strict";
import { bench, parts } from "./bench.ts";
import { sources } from "./programs.ts";
import { head, lineOf } from "./row.ts";

const context = { quick: true, programs: [sources], note: () => {} };

for (const part of Object.keys(parts)) {
  Deno.test(`benchmark of ${part} has figures in each row when it is measured quickly`, async () => {
    const rows = await Array.fromAsync(bench([part], context));
    if (Deno.build.os === "linux") assert.ok(rows.length > 0);
    for (const { ratio, ours } of rows) assert.ok(ratio! >= 0 && /\d/.test(ours));
    for (const row of rows) {
      assert.equal(lineOf(row).split("|").length, head.split("|").length / 2 + 0.5);
    }
  });
}

Deno.test("benchmark names its parts when another one is asked for", async () => {
  await assert.rejects(
    bench(["speed"], context).next(),
    /'speed' is no part: there are send-latency/,
  );
});
