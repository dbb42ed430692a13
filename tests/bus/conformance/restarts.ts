import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

/** What carries the bus dies and comes back: the agents see slower calls, and no others. */
export const restarts: Theme = {
  "wait and watch go on when what carries the bus is restarted": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    const waiting = bob.wait();
    const watching = carol.bus.watch({ waitMs: 60_000, after: 0 });
    await alice.seesWaiting("bob");
    await bench.restart();
    const { id } = await alice.send(["bob", "carol"], "after");
    const handed = await waiting;
    assert.deepEqual(handed.messages.map(({ text }) => text), ["after"]);
    await handed.confirm();
    assert.deepEqual(await watching, { count: 1, from: ["alice"], newest: id });
    assert.deepEqual(await alice.states(id), { bob: "read", carol: "accepted" });
  },

  "messages that are sent while what carries the bus is restarted come once, in order": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const texts = Array.from({ length: 60 }, (_, n) => `${n}`);
    const sends = texts.map(async (text, n) => {
      if (n === 30) void bench.restart();
      return await alice.send("bob", text);
    });
    const receipts = await Promise.all(sends);
    assert.equal(new Set(receipts.map(({ id }) => id)).size, texts.length);
    assert.deepEqual(await bob.textsOf(texts.length), texts);
    assert.deepEqual(await bob.texts(), []);
  },

  "what was handed before a restart is confirmed after it, unmarked": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "one");
    await alice.send("bob", "two");
    const first = await bob.check({ textBytes: 3 });
    await bench.restart();
    await first.confirm();
    assert.deepEqual(await alice.states(id), { bob: "read" });
    assert.deepEqual(await bob.textsAndMarks(1), [["two", undefined]]);
  },

  "what was read before a restart does not come again, to this process or to the next": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 30 }, (_, n) => alice.send("bob", `${n}`)));
      assert.equal((await bob.texts()).length, 30);
      await bench.restart();
      assert.deepEqual(await bob.texts(), []);
    }
    bob.die();
    const again = await bench.join("bob");
    assert.deepEqual(await again.texts(), []);
  },

  "names, rooms and branches hold across a restart": async (bench) => {
    const alice = await bench.join("alice", { repository: "/srv/shop", branch: "main" });
    const bob = await bench.join("bob", { repository: "/srv/shop" });
    await bob.bus.rename("rob");
    await bench.restart();
    assert.equal((await bob.bus.status()).me, "rob");
    const { branch, rooms } = await bob.sees("alice", ({ presence }) => presence === "here");
    assert.deepEqual([branch, rooms], ["main", ["#shop"]]);
    await assert.rejects(bench.open().join("rob", { client: "x", directory: "/x" }), {
      code: "name_in_use",
    });
    await alice.send("#shop", "still here");
    assert.deepEqual((await bob.texts()).at(-1), "still here");
  },

  "calls at the moment of a restart are carried out, each once": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const restarted = bench.restart();
    const [list, status, room, renamed, receipt] = await Promise.all([
      alice.bus.list(),
      alice.bus.status(),
      alice.bus.room("release", true),
      bob.bus.rename("rob"),
      alice.send("carol", "early"),
    ]);
    await restarted;
    assert.equal(list.members.length, 2);
    assert.equal(status.me, "alice");
    assert.deepEqual(room.members, ["alice"]);
    assert.equal(renamed.former, "bob");
    const carol = await bench.join("carol");
    assert.deepEqual((await carol.read()).map(({ id, text }) => [id, text]), [
      [receipt.id, "early"],
    ]);
    assert.deepEqual((await alice.texts()).length, 1, "one notice of the new name");
  },
};
