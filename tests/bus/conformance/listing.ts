import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

/** Who is there, and how the bus is. */
export const listing: Theme = {
  "list shows who is here, who is away and what waits for each, oneself among them": async (
    bench,
  ) => {
    const fromMs = Date.now();
    const alice = await bench.join("alice", { branch: "main", repository: "/srv/shop" });
    const [bob, carol] = await bench.joinAll("Bob", "carol");
    await alice.send(["bob", "carol"], "one");
    await alice.send("bob", "two");
    await alice.send("zoe", "three");
    await carol.texts();
    await carol.bus.leave();
    await bob.sees("carol", ({ presence, unread }) => presence === "away" && unread === 0);
    await bob.sees("Bob", ({ unread }) => unread === 2);
    const { members, more, unclaimed } = await bob.bus.list();
    const lines = members.map((
      { name, client, directory, branch, rooms, presence, unread, me },
    ) => [name, client, directory, branch, rooms, presence, unread, me]);
    assert.deepEqual(lines, [
      ["alice", "alice", "/alice", "main", ["#shop"], "here", 0, undefined],
      ["Bob", "Bob", "/Bob", undefined, [], "here", 2, true],
      ["carol", "carol", "/carol", undefined, [], "away", 0, undefined],
    ]);
    assert.ok(members.every(({ sinceMs }) => sinceMs >= fromMs && sinceMs <= Date.now()));
    assert.deepEqual([more, unclaimed], [undefined, [{ name: "zoe", unread: 1 }]]);
    assert.equal((await bob.bus.list({ all: true })).members.length, 3);
  },

  "list shows a process that died as away, once it could have come back": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    bob.die();
    await alice.sees("bob", ({ presence }) => presence === "away");
  },

  "list shows who waits, and not those whose wait is over": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const abort = new AbortController();
    const waiting = bob.wait({}, abort.signal);
    await alice.seesWaiting("bob");
    abort.abort();
    await assert.rejects(waiting, { code: "cancelled" });
    await alice.sees("bob", ({ presence }) => presence === "here");
  },

  "list shows who can be woken, as long as it watches": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const abort = new AbortController();
    const watching = bob.bus.watch({ waitMs: 60_000, after: 0 }, abort.signal);
    await alice.sees("bob", ({ reach }) => reach === "wake");
    abort.abort();
    await assert.rejects(watching, { code: "cancelled" });
    await alice.sees("bob", ({ reach }) => reach !== "wake");
  },

  "present tells what changed of who joined; all else holds": async (bench) => {
    const [alice, bob] = [await bench.join("alice"), bench.open()];
    await bob.bus.join({ client: "claude", directory: "/shop", name: "bob", repository: "/shop" });
    assert.equal((await bob.bus.present({ branch: "main" })).name, "bob");
    const { branch, rooms } = await alice.sees("bob", (member) => member.branch === "main");
    assert.deepEqual([branch, rooms], ["main", ["#shop"]]);
    await bob.bus.present({ session: "s-1" });
    await bob.bus.present({ branch: "till" });
    assert.deepEqual((await alice.sees("bob", (each) => each.branch === "till")).rooms, ["#shop"]);
  },

  "status counts who is here and what is queued, and names the caller": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    await alice.send(["bob", "carol", "zoe"], "one");
    await bob.check();
    await carol.bus.leave();
    await alice.sees("carol", ({ presence }) => presence === "away");
    const { me, membersHere, membersAway, accepted, handed, storeBytes, broker, server, warnings } =
      await alice.bus.status();
    assert.deepEqual([me, membersHere, membersAway], ["alice", 2, 1]);
    assert.deepEqual([accepted, handed], [2, 1]);
    assert.ok(storeBytes > 0);
    assert.match((broker ?? server)!.version, /\d/);
    assert.equal(warnings, undefined);
  },
};
