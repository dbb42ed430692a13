import assert from "node:assert/strict";
import { bench, parts } from "./bench.ts";
import { sources } from "./programs.ts";
import { tableOf } from "./row.ts";

const context = { quick: true, programs: [sources], note: () => {} };

for (const part of Object.keys(parts)) {
  Deno.test(`benchmark of ${part} has figures in each row when it is measured quickly`, async () => {
    const rows = await bench([part], context);
    if (Deno.build.os === "linux") assert.ok(rows.length > 0);
    for (const { ratio, ours } of rows) assert.ok(ratio! >= 0 && /\d/.test(ours));
    assert.equal(tableOf(rows).split("\n").length, rows.length + 2);
  });
}

Deno.test("benchmark names its parts when another one is asked for", async () => {
  await assert.rejects(bench(["speed"], context), /'speed' is no part: there are send-latency/);
});
