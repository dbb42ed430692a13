import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import type { Theme } from "./bus_bench.ts";

/** A name that changes takes its queue along, and the old one leads to it for a while. */
export const renames: Theme = {
  "rename forwards the old name, keeps the queue and tells the others": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const terminal = bench.open();
    await terminal.bus.join({ client: "terminal", directory: "/", name: "ann", shared: true });
    await bob.send("alice", "before");
    const waiting = bob.wait();
    await alice.seesWaiting("bob");
    const atMs = bench.clock.wallMs();
    const { name, former, forwardsUntilMs } = await alice.bus.rename("Zoe");
    assert.deepEqual([name, former], ["Zoe", "alice"]);
    assert.ok(Math.abs(forwardsUntilMs - atMs - limits.forwardMs) < 60_000);
    const told = await waiting;
    const [notice] = told.messages;
    assert.deepEqual([notice!.from, notice!.to], ["hustings", ["*"]]);
    assert.match(notice!.text, /alice is now called Zoe.*2 hours/);
    await told.confirm();
    assert.deepEqual(await terminal.texts(), [], "people see it in the list");
    const { recipients } = await bob.send("ALICE", "after");
    assert.deepEqual(recipients.map((each) => [each.name, each.writtenAs]), [["Zoe", "ALICE"]]);
    assert.deepEqual(await alice.texts(), ["before", "after"]);
    assert.equal((await alice.bus.status()).me, "Zoe");
  },

  "old name is not given to others while it forwards, and free afterwards": async (bench) => {
    const alice = await bench.join("alice");
    await alice.bus.rename("zoe");
    const other = bench.open();
    await assert.rejects(other.join("alice", { client: "x", directory: "/x" }), {
      code: "name_in_use",
    });
    bench.clock.forward(limits.forwardMs + 1000);
    assert.equal((await other.join("alice", { client: "x", directory: "/x" })).name, "alice");
    await other.send("alice", "to the new one");
    assert.deepEqual([await other.texts(), await alice.texts()], [["to the new one"], []]);
  },

  "rename takes along the mail that waits under the new name, and ends the wait for it": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await bob.send("zoe", "waiting");
    const waiting = alice.wait();
    await bob.seesWaiting("alice");
    await alice.bus.rename("zoe");
    const found = await waiting;
    assert.deepEqual(found.messages.map(({ text }) => text), ["waiting"]);
    await found.confirm();
    assert.deepEqual((await bob.bus.list()).unclaimed, []);
    await bob.send("zoe", "later");
    assert.deepEqual(await alice.texts(), ["later"]);
  },

  "rename to a name in use, or to none, is refused, and nothing changes": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await assert.rejects(alice.bus.rename("BOB"), { code: "name_in_use", message: /'bob'/ });
    await assert.rejects(alice.bus.rename("a b"), { code: "bad_name", message: /'a-b'/ });
    await assert.rejects(alice.bus.rename("everyone"), { code: "bad_name" });
    assert.equal((await alice.bus.status()).me, "alice");
    await bob.send("alice", "still");
    assert.deepEqual(await alice.texts(), ["still"]);
  },

  "of two that want one name, one gets it": async (bench) => {
    const agents = await bench.joinAll("alice", "bob", "carol");
    const tries = await Promise.allSettled(agents.map((agent) => agent.bus.rename("zoe")));
    assert.equal(tries.filter(({ status }) => status === "fulfilled").length, 1);
    for (const each of tries) {
      if (each.status === "rejected") assert.equal(each.reason.code, "name_in_use");
    }
  },

  "rename to the own name in another spelling tells nobody, and back again is allowed": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    assert.equal((await alice.bus.rename("Alice")).name, "Alice");
    assert.deepEqual(await bob.texts(), []);
    await bob.sees("Alice", () => true);
    await alice.bus.rename("zoe");
    await alice.bus.rename("alice");
    await bob.send(["alice", "zoe"], "to one");
    assert.deepEqual(await alice.texts(), ["to one"]);
  },

  "changes of name in a row are stopped at some point, and say for how long": async (bench) => {
    const alice = await bench.join("alice");
    const { burst } = limits.renames;
    for (let n = 0; n < burst; n++) await alice.bus.rename(`alice-${n}`);
    await assert.rejects(alice.bus.rename("too-many"), {
      code: "too_many_requests",
      message: /try again in \d+ ms/,
    });
    assert.equal((await alice.bus.status()).me, `alice-${burst - 1}`);
    await alice.send("alice-0", "all forward");
    assert.deepEqual(await alice.texts(), ["all forward"]);
  },
};
