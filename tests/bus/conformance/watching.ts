import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

/** A watch sees what comes and takes nothing of it. */
export const watching: Theme = {
  "watch sees what comes and leaves it for the check": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const watch = bob.bus.watch({ waitMs: 60_000, after: 0 });
    await alice.sees("bob", ({ reach }) => reach === "wake");
    const { id } = await alice.send("bob", "wake up");
    assert.deepEqual(await watch, { count: 1, from: ["alice"], newest: id });
    assert.deepEqual(await alice.states(id), { bob: "accepted" });
    assert.deepEqual(await bob.textsAndMarks(1), [["wake up", undefined]]);
  },

  "watch sees what was there before, once, and names each sender once": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    await alice.send("bob", "one");
    await alice.send("bob", "two");
    const { id } = await carol.send("bob", "three");
    const seen = await bob.bus.watch({ waitMs: 60_000, after: 0 });
    assert.deepEqual(seen, { count: 3, from: ["alice", "carol"], newest: id });
    for (const waitMs of [0, -1]) {
      assert.deepEqual(await bob.bus.watch({ waitMs, after: id }), {
        count: 0,
        from: [],
        newest: id,
      });
    }
  },

  "watch leaves what comes to a check that waits": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const abort = new AbortController();
    const watch = bob.bus.watch({ waitMs: 60_000, after: 0 }, abort.signal);
    const waiting = bob.wait();
    await alice.seesWaiting("bob");
    await alice.send("bob", "for the check");
    const handed = await waiting;
    assert.deepEqual(handed.messages.map(({ text }) => text), ["for the check"]);
    await handed.confirm();
    const { id } = await alice.send("bob", "for the watch");
    assert.deepEqual(await watch, { count: 1, from: ["alice"], newest: id });
    abort.abort();
  },

  "watch ends when a newer one of the same agent takes its place": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const first = bob.bus.watch({ waitMs: 60_000, after: 0 });
    await alice.sees("bob", ({ reach }) => reach === "wake");
    const second = bob.bus.watch({ waitMs: 60_000, after: 0 });
    assert.deepEqual(await first, { count: 0, from: [], newest: 0, replaced: true });
    const { id } = await alice.send("bob", "wake up");
    assert.deepEqual(await second, { count: 1, from: ["alice"], newest: id });
  },

  "watch that was given up before it began takes no other's place": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const watch = bob.bus.watch({ waitMs: 60_000, after: 0 });
    await alice.sees("bob", ({ reach }) => reach === "wake");
    const late = bob.bus.watch({ waitMs: 60_000, after: 0 }, AbortSignal.abort());
    await assert.rejects(late, { code: "cancelled" });
    const { id } = await alice.send("bob", "wake up");
    assert.equal((await watch).newest, id);
  },
};
