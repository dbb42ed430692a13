import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

const left = { code: "bus_down", message: /has left the bus/ };

/** Before a process has joined, and after it has left. */
export const endings: Theme = {
  "calls wait until the process has joined, and are carried out then": async (bench) => {
    const alice = bench.open();
    const order: string[] = [];
    const early = Promise.all([
      alice.bus.list().then(({ members }) => order.push(`list of ${members.length}`)),
      alice.send("alice", "early").then(() => order.push("send")),
      alice.wait().then(({ messages }) => order.push(messages[0]!.text)),
      alice.bus.present({ branch: "main" }).then(() => order.push("present")),
    ]);
    const bob = await bench.join("bob");
    assert.deepEqual((await bob.bus.list()).members.map(({ name }) => name), ["bob"]);
    assert.equal(order.length, 0);
    await alice.join("alice").then(() => order.push("joined"));
    await early;
    assert.equal(order[0], "joined");
    assert.deepEqual(order.toSorted(), ["early", "joined", "list of 2", "present", "send"]);
  },

  "leave fails what is under way with the reason, and frees the name at once": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const waiting = bob.wait();
    const watching = bob.bus.watch({ waitMs: 60_000, after: 0 });
    await alice.seesWaiting("bob");
    const failed = Promise.all([
      assert.rejects(waiting, left),
      assert.rejects(watching, left),
    ]);
    await bob.bus.leave();
    await failed;
    const again = await bench.join("bob");
    assert.equal((await again.bus.status()).me, "bob");
    await alice.send("bob", "to the new one");
    assert.deepEqual(await again.texts(), ["to the new one"]);
  },

  "calls after leave, and those that still waited to join, fail at once": async (bench) => {
    const [alice, bob] = [await bench.join("alice"), bench.open()];
    const early = assert.rejects(bob.bus.list(), left);
    await bob.bus.leave();
    await early;
    await assert.rejects(bob.join("bob"), left);
    await alice.bus.leave();
    await alice.bus.leave();
    await assert.rejects(alice.bus.list(), left);
    await assert.rejects(alice.wait(), left);
    await assert.rejects(alice.send("alice", "late"), left);
    await assert.rejects(alice.bus.rename("zoe"), left);
  },

  "messages that a process held when it left are queued again for its name": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "held");
    await bob.check();
    await bob.bus.leave();
    assert.equal((await alice.states(id))["bob"], "accepted");
    const again = await bench.join("bob");
    assert.deepEqual((await again.textsAndMarks(1)).map(([text]) => text), ["held"]);
  },
};
