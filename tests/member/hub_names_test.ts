import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";

const shop = { client: "claude", directory: "/home/ann/shop" };
const elsewhere = { client: "gemini", directory: "/home/ann/other" };

Deno.test("agent without a wish is named after its client and directory, numbered from the second", async () => {
  using bench = new HubBench();
  const names = [];
  for (let i = 0; i < 3; i++) names.push((await bench.open().hello(shop)).name);
  assert.deepEqual(names, ["claude-shop", "claude-shop-2", "claude-shop-3"]);
});

Deno.test("agent gets the name back that it had in this directory, renamed or not", async () => {
  using bench = new HubBench();
  const first = await bench.join(shop);
  await first.ask({ op: "rename", name: "Zoe" });
  await first.ask({ op: "bye" });
  assert.deepEqual(await bench.open().hello(shop), { name: "Zoe", unread: 0 });
  assert.equal((await bench.open().hello(elsewhere)).name, "gemini-other");
});

Deno.test("agent with a wish gets that name, in its own spelling", async () => {
  using bench = new HubBench();
  assert.deepEqual(await bench.open().hello({ name: "Alice" }), { name: "Alice", unread: 0 });
});

Deno.test("wish that cannot be had is answered by another name and by itself", async () => {
  using bench = new HubBench();
  await bench.join({ ...shop, name: "alice" });
  const { name, wanted } = await bench.open().hello({ ...elsewhere, name: "ALICE" });
  assert.deepEqual([name, wanted], ["gemini-other", "ALICE"]);
});

Deno.test("wish that must be granted fails while its holder is here, naming who that is", async () => {
  using bench = new HubBench();
  const holder = await bench.join({ ...shop, name: "alice" });
  const other = bench.open();
  const wish = { ...elsewhere, name: "Alice", must: true };
  const refusal = {
    code: "name_in_use",
    message: /'alice' is in use by claude in \/home\/ann\/shop/,
  };
  await assert.rejects(other.hello(wish), refusal);
  await assert.rejects(bench.open().hello({ ...shop, name: "Alice", must: true }), refusal);
  await assert.rejects(other.ask({ op: "list" }), { code: "not_joined" });
  holder.session.end();
  assert.equal((await bench.open().hello({ ...shop, name: "Alice", must: true })).name, "alice");
});

Deno.test("name of an agent that left is kept for it for two hours", async () => {
  using bench = new HubBench();
  const holder = await bench.join({ ...shop, name: "alice" });
  await bench.turn(5 * limits.forwardMs);
  await holder.ask({ op: "bye" });
  await bench.turn(limits.forwardMs - 60_000);
  const wish = { ...elsewhere, name: "alice", must: true };
  const refusal = { code: "name_in_use", message: /left a while ago.*try again in 1 min/ };
  await assert.rejects(bench.open().hello(wish), refusal);
  await bench.turn(60_000);
  assert.equal((await bench.open().hello(wish)).name, "alice");
});

Deno.test("names that would mislead and names that are none are refused, and nothing is taken", async () => {
  using bench = new HubBench();
  const member = bench.open();
  for (const name of ["hustings", "ALL", "System", "everyone", "me", "user"]) {
    await assert.rejects(member.hello({ name }), { code: "bad_name", message: /reserved/ });
  }
  for (const name of ["", "*", "#shop", "a b", "x".repeat(33)]) {
    await assert.rejects(member.hello({ name }), { code: "bad_name" });
  }
  assert.equal((await member.hello()).name, "claude-shop");
  await assert.rejects(member.ask({ op: "rename", name: "Hustings" }), { code: "bad_name" });
  const { members } = await member.ask({ op: "list" });
  assert.deepEqual(members.map(({ name }) => name), ["claude-shop"]);
});

Deno.test("mail that waits under a name is its first holder's, whether asked for or made", async () => {
  using bench = new HubBench();
  const sender = await bench.join({ name: "sender" });
  await sender.send(["alice", "gemini-other"], "welcome");
  const asked = bench.open();
  assert.deepEqual(await asked.hello({ name: "alice" }), { name: "alice", unread: 1 });
  const made = bench.open();
  assert.deepEqual(await made.hello(elsewhere), { name: "gemini-other", unread: 1 });
  assert.deepEqual([await asked.texts(), await made.texts()], [["welcome"], ["welcome"]]);
});

Deno.test("process that says hello again keeps its name and its queue", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await alice.send(["alice"]);
  assert.deepEqual(await alice.hello({ name: "bob" }), { name: "alice", unread: 1 });
});

Deno.test("rename tells who is here, forwards the old name and keeps the queue", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ ...elsewhere, name: "bob" });
  const terminal = await bench.join({ client: "terminal", directory: "/", shared: true });
  const waiting = bob.check(10_000);
  await bob.send(["alice"], "before");
  const { name, former, forwardsUntilMs } = await alice.ask({ op: "rename", name: "Zoe" });
  assert.deepEqual([name, former], ["Zoe", "alice"]);
  assert.equal(forwardsUntilMs, bench.clock.wallMs() + limits.forwardMs);
  const [notice] = (await waiting).messages;
  assert.deepEqual([notice!.from, notice!.to], ["hustings", ["*"]]);
  assert.deepEqual(await terminal.texts(), [], "people see it in the list");
  assert.match(notice!.text, /alice is now called Zoe.*2 hours/);
  const { recipients } = await bob.send(["Alice"], "after");
  assert.deepEqual(recipients, [{
    name: "Zoe",
    client: "claude",
    presence: "here",
    writtenAs: "Alice",
  }]);
  assert.deepEqual(await alice.texts(), ["before", "after"]);
});

Deno.test("old name is free for others when its two hours are over", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await alice.ask({ op: "rename", name: "zoe" });
  const wish = { ...elsewhere, name: "alice", must: true };
  await assert.rejects(bench.open().hello(wish), { code: "name_in_use" });
  await bench.turn(limits.forwardMs);
  assert.equal((await bench.open().hello(wish)).name, "alice");
});

Deno.test("rename takes along the mail that waits under the new name, and wakes its reader", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ ...elsewhere, name: "bob" });
  await bob.send(["zoe"], "waiting");
  await bob.send(["alice"], "own");
  assert.deepEqual(await alice.texts(), ["own"]);
  const waiting = alice.check(10_000);
  await alice.ask({ op: "rename", name: "zoe" });
  assert.deepEqual((await waiting).messages.map(({ text }) => text), ["waiting"]);
  const { members, unclaimed } = await bob.ask({ op: "list" });
  assert.deepEqual(members.map(({ name }) => name).sort(), ["bob", "zoe"]);
  assert.deepEqual(unclaimed, []);
});

Deno.test("rename to a name in use is refused, and nothing changes", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ ...elsewhere, name: "bob" });
  const refusal = { code: "name_in_use", message: /'bob' is in use by gemini/ };
  await assert.rejects(alice.ask({ op: "rename", name: "BOB" }), refusal);
  assert.deepEqual(await bob.texts(), []);
  const { members } = await alice.ask({ op: "list" });
  assert.deepEqual(members.map(({ name }) => name), ["alice", "bob"]);
});

Deno.test("rename that only changes the spelling, or nothing, is told to nobody", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ ...elsewhere, name: "bob" });
  assert.equal((await alice.ask({ op: "rename", name: "Alice" })).name, "Alice");
  assert.equal((await alice.ask({ op: "rename", name: "Alice" })).former, "Alice");
  assert.deepEqual(await bob.texts(), []);
});

Deno.test("agent that renames itself to and fro in one instant is told of each time", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ ...elsewhere, name: "bob" });
  for (const name of ["zoe", "alice", "zoe"]) await alice.ask({ op: "rename", name });
  assert.equal((await bob.texts()).length, 3);
});

Deno.test("processes that say hello at the same moment get names of their own", async () => {
  using bench = new HubBench();
  const names = (await Promise.all([1, 2, 3].map(() => bench.open().hello()))).map(({ name }) =>
    name
  );
  assert.deepEqual(names.toSorted(), ["claude-shop", "claude-shop-2", "claude-shop-3"]);
  const wish = { name: "alice", must: true };
  const [first, second] = [bench.open().hello(wish), bench.open().hello(wish)];
  assert.equal((await first).name, "alice");
  await assert.rejects(second, { code: "name_in_use", message: /in use by claude/ });
});

Deno.test("processes that waited for the end of a takeover get names of their own", async () => {
  using bench = new HubBench();
  await bench.join();
  bench.takeOver();
  const joined = [1, 2].map(() => bench.open().hello());
  await bench.turn(limits.returnMs);
  const names = (await Promise.all(joined)).map(({ name }) => name);
  assert.deepEqual(names.toSorted(), ["claude-shop", "claude-shop-2"]);
});

Deno.test("process that goes while it waits for the end of a takeover takes no name", async () => {
  using bench = new HubBench();
  await bench.join();
  bench.takeOver();
  const [stays, goes] = [bench.open(), bench.open()];
  const joined = stays.hello();
  goes.hello();
  await bench.turn(limits.returnMs / 2);
  goes.session.end();
  await bench.turn(limits.returnMs / 2);
  assert.equal((await joined).name, "claude-shop");
  const { members } = await stays.ask({ op: "list" });
  assert.deepEqual(members.map(({ name }) => name), ["claude-shop"]);
});
