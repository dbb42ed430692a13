import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";

const yearMs = 365 * 86_400_000;
const jumps = { "an hour": 3_600_000, "ten years": 10 * yearMs };

for (const [what, ms] of Object.entries(jumps)) {
  for (const stepMs of [ms, -ms]) {
    const jump = `the wall clock jumps ${what} ${stepMs > 0 ? "on" : "back"}`;

    Deno.test(`wait is neither ended nor prolonged when ${jump}`, async () => {
      using bench = new HubBench();
      const reader = await bench.join({ name: "reader" });
      const waiting = reader.check(60_000);
      await bench.turn(30_000);
      bench.time.stepWall(stepMs);
      await bench.turn(29_999);
      assert.equal(reader.replies.length, 1, "only hello was answered");
      await bench.turn(1);
      assert.deepEqual(await waiting, { messages: [], more: 0 });
    });

    Deno.test(`lease stays with its reader when ${jump}`, async () => {
      using bench = new HubBench();
      const writer = await bench.join({ name: "writer", client: "writer" });
      const reader = await bench.join({ name: "reader" });
      await writer.send(["reader"], "handed");
      const [message] = (await reader.check()).messages;
      bench.time.stepWall(stepMs);
      await bench.turn(2 * limits.returnMs);
      assert.deepEqual(await reader.texts(), [], "it was not queued again");
      await reader.ask({ op: "ack", messages: [message!.id] });
      const { entries } = await writer.ask({ op: "history", limit: 1 });
      assert.equal(entries[0]!.to[0]!.state, "read");
    });

    Deno.test(`members have the same moment to come back when ${jump}`, async () => {
      using bench = new HubBench();
      const member = await bench.join({ name: "member" });
      bench.takeOver();
      bench.time.stepWall(stepMs);
      await bench.turn(limits.returnMs - 1);
      assert.ok(bench.hub.mayReturn(member.instance));
      await bench.turn(1);
      assert.ok(!bench.hub.mayReturn(member.instance));
    });
  }
}
