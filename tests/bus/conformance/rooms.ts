import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

const shop = "/home/ann/shop";

/** Who is in a room, and what goes there. */
export const rooms: Theme = {
  "agents that work in one repository are in its room without asking": async (bench) => {
    const alice = await bench.join("alice", { repository: shop });
    const bob = await bench.join("bob", { repository: shop });
    const carol = await bench.join("carol", { repository: "/home/ann/other" });
    const { recipients } = await alice.send("#shop", "for those who work here");
    assert.deepEqual(recipients.map(({ name }) => name), ["bob"]);
    assert.deepEqual(await bob.texts(), ["for those who work here"]);
    assert.deepEqual([await alice.texts(), await carol.texts()], [[], []]);
    const { rooms } = await carol.sees("alice", (member) => member.rooms.length > 0);
    assert.deepEqual(rooms, ["#shop"]);
  },

  "repositories of one name have rooms of their own": async (bench) => {
    const alice = await bench.join("alice", { repository: shop });
    const bob = await bench.join("bob", { repository: "/srv/shop" });
    assert.deepEqual((await alice.sees("bob", () => true)).rooms, ["#shop-2"]);
    await alice.send("#SHOP-2", "over there");
    assert.deepEqual(await bob.texts(), ["over there"]);
  },

  "agents of one repository that come at once are in one room": async (bench) => {
    const agents = Array.from({ length: 5 }, () => bench.open());
    await Promise.all(agents.map((agent, n) => agent.join(`agent-${n}`, { repository: shop })));
    const { recipients } = await agents[0]!.send("#shop", "all");
    const names = recipients.map(({ name }) => name).toSorted();
    assert.deepEqual(names, ["agent-1", "agent-2", "agent-3", "agent-4"]);
  },

  "room is entered and left, with or without its sign, and gone with the last in it": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const made = await bob.bus.room("release", true);
    assert.deepEqual(made, { room: "#release", inside: true, members: ["bob"] });
    const entered = await alice.bus.room("#Release", true);
    assert.deepEqual([entered.room, entered.members.toSorted()], ["#release", ["alice", "bob"]]);
    await alice.send("#release", "hello");
    assert.deepEqual([await bob.texts(), await alice.texts()], [["hello"], []]);
    assert.deepEqual((await bob.bus.room("#release", false)).members, ["alice"]);
    await assert.rejects(alice.send("#release", "anybody?"), {
      code: "no_recipient",
      message: /Nobody else is in '#release'/,
    });
    await alice.bus.room("release", false);
    await assert.rejects(bob.send("#release", "late"), {
      code: "no_recipient",
      message: /no room '#release'/,
    });
  },

  "room that nobody made is told with those that are like it, and nothing is sent": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await bob.bus.room("release", true);
    await assert.rejects(alice.send(["bob", "#relaese"], "typo"), {
      code: "no_recipient",
      message: /'#relaese'.*nothing was sent.*'#release'/,
    });
    await assert.rejects(alice.bus.room("#nowhere", false), { code: "no_recipient" });
    await assert.rejects(alice.bus.room("a b", true), { code: "bad_name" });
    assert.deepEqual(await bob.texts(), []);
  },

  "who left the room of its repository is not put into it again by working there": async (
    bench,
  ) => {
    const alice = await bench.join("alice", { repository: shop });
    const bob = await bench.join("bob", { repository: shop });
    await bob.bus.room("shop", false);
    await bob.bus.leave();
    const again = await bench.join("bob", { repository: shop });
    await assert.rejects(alice.send("#shop", "anybody?"), { code: "no_recipient" });
    assert.deepEqual((await again.bus.room("shop", true)).members.toSorted(), ["alice", "bob"]);
  },

  "room is kept by an agent that is away, and by one that has another name": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await bob.bus.room("release", true);
    await bob.bus.rename("rob");
    await bob.bus.leave();
    await alice.send("#release", "for later");
    const again = bench.open();
    const { name, unread } = await again.bus.join({ client: "bob", directory: "/bob" });
    assert.deepEqual([name, unread], ["rob", 1]);
    assert.deepEqual(await again.texts(), ["for later"]);
    assert.deepEqual((await again.sees("rob", ({ me }) => me === true)).rooms, ["#release"]);
  },

  "message to a room and to one of its members is read once": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await bob.bus.room("release", true);
    const { recipients } = await alice.send(["#release", "bob", "*"], "once");
    assert.deepEqual(recipients.map(({ name }) => name), ["bob"]);
    assert.deepEqual(await bob.texts(), ["once"]);
  },
};
