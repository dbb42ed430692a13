import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import type { Theme } from "./bus_bench.ts";

const message = {
  message: "0190b1c2-0000-7000-8000-000000000001",
  from: "fred",
  to: "barney",
  text: "bowling?",
  source: "stone-age",
  written: "yesterday",
};

/** What is taken over from another program. */
export const moving: Theme = {
  "imported message comes once, says so, and is from who wrote it": async (bench) => {
    const porter = await bench.join("porter");
    assert.deepEqual(await porter.bus.import(message), { isNew: true });
    assert.deepEqual(await porter.bus.import(message), { isNew: false });
    const barney = await bench.join("barney");
    const found = await barney.read();
    const text = "(imported from stone-age; written yesterday)\n\nbowling?";
    const seen = found.map((each) => [each.from, each.to, each.text, each.thread]);
    assert.deepEqual(seen, [["fred", ["barney"], text, found[0]!.id]]);
    assert.deepEqual(await porter.bus.import(message), { isNew: false });
    assert.deepEqual(await barney.texts(), []);
  },

  "imported message ends its reader's wait, and an answer waits for who wrote it": async (
    bench,
  ) => {
    const [porter, barney] = await bench.joinAll("porter", "barney");
    const waiting = barney.wait();
    await porter.seesWaiting("barney");
    await porter.bus.import(message);
    const handed = await waiting;
    await handed.confirm();
    await barney.send([], "at six", handed.messages[0]!.id);
    const fred = await bench.join("fred");
    assert.deepEqual(await fred.texts(), ["at six"]);
  },

  "import refuses names that nobody can have, and texts that are too large": async (bench) => {
    const porter = await bench.join("porter");
    for (const wrong of [{ from: "system" }, { to: "a b" }, { from: "" }]) {
      await assert.rejects(porter.bus.import({ ...message, ...wrong }), { code: "bad_name" });
    }
    const text = "x".repeat(limits.textBytes);
    await assert.rejects(porter.bus.import({ ...message, text }), { code: "too_large" });
    assert.deepEqual(await porter.bus.import(message), { isNew: true });
  },

  "adopted name is kept, forwards for its time and not to another's": async (bench) => {
    const [porter, wilma] = await bench.joinAll("porter", "wilma");
    const untilMs = bench.clock.wallMs() + 60_000;
    assert.deepEqual(await porter.bus.adopt({ name: "fred" }), { isNew: true });
    assert.deepEqual(await porter.bus.adopt({ name: "fred" }), { isNew: false });
    const forward = { name: "fred", former: "freddy", untilMs };
    assert.deepEqual(await porter.bus.adopt(forward), { isNew: true });
    assert.deepEqual(await porter.bus.adopt(forward), { isNew: false });
    await assert.rejects(porter.bus.adopt({ ...forward, former: "wilma" }), {
      code: "name_in_use",
      message: /'wilma' does not forward to 'fred'/,
    });
    await assert.rejects(porter.bus.adopt({ name: "me" }), { code: "bad_name" });
    await wilma.send("freddy", "by the old name");
    const fred = await bench.join("fred");
    assert.deepEqual(await fred.texts(), ["by the old name"]);
    bench.clock.forward(120_000);
    const { recipients } = await wilma.send("freddy", "too late");
    assert.deepEqual(recipients.map(({ name, presence }) => [name, presence]), [
      ["freddy", "nobody"],
    ]);
  },
};
