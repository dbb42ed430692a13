import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import type { Theme } from "./bus_bench.ts";

const shop = { client: "claude", directory: "/home/ann/shop" };

/** Whose a name is. */
export const names: Theme = {
  "agent without a wish is named after its client and directory, numbered from the second": async (
    bench,
  ) => {
    const found = [];
    for (let n = 0; n < 3; n++) found.push((await bench.open().bus.join(shop)).name);
    assert.deepEqual(found, ["claude-shop", "claude-shop-2", "claude-shop-3"]);
  },

  "name in use is nobody else's, in any spelling": async (bench) => {
    await bench.join("alice", shop);
    const other = bench.open();
    const refusal = {
      code: "name_in_use",
      message: /'alice' is in use by claude in \/home\/ann\/shop/,
    };
    await assert.rejects(other.join("ALICE"), refusal);
    const { name, wanted } = await other.join("ALICE", { must: false });
    assert.deepEqual([name, wanted], ["alice-alice", "ALICE"]);
  },

  "of many that ask for one name at once, one has it and the others another one": async (bench) => {
    const agents = Array.from({ length: 8 }, () => bench.open());
    const wishes = ["alice", "Alice", "ALICE", "aLICE"];
    const joined = await Promise.all(
      agents.map((agent, n) =>
        agent.join(wishes[n % 4]!, { client: `c${n}`, directory: `/d${n}`, must: false })
      ),
    );
    const found = joined.map(({ name }) => name.toLowerCase());
    assert.equal(new Set(found).size, agents.length);
    assert.equal(found.filter((name) => name === "alice").length, 1);
    for (const [n, { wanted, name }] of joined.entries()) {
      const missed = name.toLowerCase() === "alice" ? undefined : wishes[n % 4];
      assert.equal(wanted, missed);
    }
    const sender = await bench.join("sender");
    await sender.send("alice", "who are you?");
    const read = await Promise.all(agents.map((agent) => agent.texts()));
    assert.equal(read.flat().length, 1);
  },

  "of many that must have one name, one gets it and the others are told who has it": async (
    bench,
  ) => {
    const agents = Array.from({ length: 6 }, () => bench.open());
    const tries = await Promise.allSettled(
      agents.map((agent, n) => agent.join("alice", { client: `c${n}`, directory: `/d${n}` })),
    );
    const refused = tries.flatMap((each) => each.status === "rejected" ? [each.reason] : []);
    assert.equal(refused.length, agents.length - 1);
    for (const { code, message } of refused) {
      assert.equal(code, "name_in_use");
      assert.match(message, /'alice' is in use by c\d in \/d\d/);
    }
  },

  "agents of one directory that start at once get names of their own": async (bench) => {
    const agents = Array.from({ length: 6 }, () => bench.open());
    const joined = await Promise.all(agents.map((agent) => agent.bus.join(shop)));
    const found = joined.map(({ name }) => name).toSorted();
    assert.equal(new Set(found).size, agents.length);
    assert.ok(found.every((name) => name.startsWith("claude-shop")), String(found));
  },

  "agent gets its name back after a restart, with what came meanwhile": async (bench) => {
    const alice = await bench.join("alice");
    const first = bench.open();
    await first.bus.join(shop);
    await first.bus.rename("Zoe");
    await first.bus.leave();
    await alice.send("zoe", "meanwhile");
    const second = bench.open();
    assert.deepEqual(await second.bus.join(shop), { name: "Zoe", unread: 1 });
    assert.deepEqual(await second.texts(), ["meanwhile"]);
  },

  "agent gets its name back after its process has died": async (bench) => {
    const first = bench.open();
    assert.equal((await first.bus.join(shop)).name, "claude-shop");
    first.die();
    assert.equal((await bench.open().bus.join(shop)).name, "claude-shop");
  },

  "conversation that is taken up again has its name again, and its neighbour another one": async (
    bench,
  ) => {
    const [first, second] = [bench.open(), bench.open()];
    assert.equal((await first.bus.join({ ...shop, session: "s-1" })).name, "claude-shop");
    assert.equal((await second.bus.join({ ...shop, session: "s-2" })).name, "claude-shop-2");
    await first.bus.leave();
    await second.bus.leave();
    const taken = async (session: string) =>
      (await bench.open().bus.join({ ...shop, session })).name;
    assert.equal(await taken("s-2"), "claude-shop-2");
    assert.equal(await taken("s-1"), "claude-shop");
  },

  "present of a conversation whose name is free takes it up, and not one in use": async (bench) => {
    const [first, second, third] = [bench.open(), bench.open(), bench.open()];
    await first.bus.join({ ...shop, session: "t-1" });
    assert.equal((await second.bus.join(shop)).name, "claude-shop-2");
    await first.bus.leave();
    assert.equal((await second.bus.present({ session: "t-1" })).name, "claude-shop");
    assert.equal((await second.bus.status()).me, "claude-shop");
    await third.bus.join(shop);
    assert.equal((await third.bus.present({ session: "t-1" })).name, "claude-shop-2");
    await second.send("claude-shop", "to itself");
    assert.deepEqual(await second.texts(), ["to itself"]);
  },

  "name of an agent that left is kept for it for two hours, and then anybody's": async (bench) => {
    const holder = await bench.join("alice", shop);
    await holder.bus.leave();
    const other = bench.open();
    await assert.rejects(other.join("alice"), {
      code: "name_in_use",
      message: /left a while ago.*try again in 120 min/,
    });
    bench.clock.forward(limits.forwardMs + 60_000);
    assert.equal((await other.join("alice")).name, "alice");
  },

  "names that would mislead and names that are none are refused": async (bench) => {
    const agent = bench.open();
    for (const name of ["hustings", "ALL", "System", "everyone", "me", "user"]) {
      await assert.rejects(agent.join(name), { code: "bad_name", message: /reserved/ });
    }
    for (const name of ["", "*", "#shop", "a b", "x".repeat(limits.nameLength + 1)]) {
      await assert.rejects(agent.join(name), { code: "bad_name" });
    }
    assert.equal((await agent.bus.join(shop)).name, "claude-shop");
  },

  "join that succeeded is not repeated, and one that failed is": async (bench) => {
    await bench.join("alice");
    const bob = bench.open();
    const status = bob.bus.status();
    await assert.rejects(bob.join("alice", shop), { code: "name_in_use" });
    assert.equal((await bob.join("bob")).name, "bob");
    assert.equal((await bob.join("zoe")).name, "bob");
    assert.equal((await status).me, "bob");
  },
};
