import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench, settled } from "../support/hub_bench.ts";

const other = { client: "gemini", directory: "/other" };

Deno.test("newcomer's hello waits while the name's holder may come back, and misses it when that does", async () => {
  using bench = new HubBench();
  const { instance } = await bench.join({ name: "alice" });
  bench.takeOver();
  const newcomer = bench.open();
  const hello = newcomer.hello({ ...other, name: "alice" });
  await bench.turn(limits.returnMs - 1);
  assert.deepEqual(newcomer.replies, []);
  assert.equal((await bench.open().hello({ instance })).name, "alice");
  assert.deepEqual(await hello, { name: "gemini-other", wanted: "alice", unread: 0 });
});

Deno.test("newcomer of the same agent gets its former name when the holder's time is over", async () => {
  using bench = new HubBench();
  const former = await bench.join({ name: "alice" });
  await former.send(["alice"], "kept");
  await former.check();
  bench.takeOver();
  const newcomer = bench.open();
  const hello = newcomer.hello();
  await bench.turn(limits.returnMs - 1);
  assert.deepEqual(newcomer.replies, []);
  await bench.turn(1);
  assert.equal((await hello).name, "alice");
  const [message] = (await newcomer.check()).messages;
  assert.deepEqual([message!.text, message!.redelivered], ["kept", true]);
});

Deno.test("newcomer with a name that is nobody's does not wait", async () => {
  using bench = new HubBench();
  await bench.join({ name: "alice" });
  bench.takeOver();
  assert.equal((await bench.open().hello({ ...other, name: "bob" })).name, "bob");
});

Deno.test("requests that follow a hello that waits are kept for it", async () => {
  using bench = new HubBench();
  await bench.join({ name: "alice" });
  bench.takeOver();
  const newcomer = bench.open();
  const all = Promise.all([newcomer.hello(), newcomer.ask({ op: "status" })]);
  await bench.turn(limits.returnMs);
  assert.deepEqual((await all)[1].me, "alice");
});

Deno.test("rename to the name of who may come back is refused for the moment", async () => {
  using bench = new HubBench();
  await bench.join({ name: "alice" });
  const bob = await bench.join({ ...other, name: "bob" });
  bench.takeOver();
  const again = bench.open();
  await again.hello({ ...other, instance: bob.instance });
  const rename = { op: "rename", name: "alice" } as const;
  await assert.rejects(again.ask(rename), { code: "name_in_use", message: /try again/ });
});

Deno.test("process that comes back finds its lease: its check is repeated, not redelivered", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await alice.send(["alice"], "a");
  const { messages } = await alice.check();
  const id = alice.lastId;
  bench.takeOver();
  const again = bench.open();
  await again.hello({ instance: alice.instance });
  const repeated = await again.ask({ op: "check", waitMs: 0 }, id);
  assert.deepEqual(repeated.messages, messages);
  await bench.turn(limits.returnMs);
  assert.deepEqual(await again.texts(), [], "its time is not over: it came");
});

Deno.test("process that comes back after its time gets its messages marked, and its name if that is free", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await alice.send(["alice"], "a");
  await alice.check();
  bench.takeOver();
  await bench.turn(limits.returnMs);
  const again = bench.open();
  await again.hello({ instance: alice.instance, name: "alice" });
  const [message] = (await again.check()).messages;
  assert.deepEqual([message!.text, message!.redelivered], ["a", true]);
});

Deno.test("broker that stops answers nobody and lets nothing happen later", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const before = alice.replies.length;
  alice.check(1_000);
  await bench.turn(1);
  bench.hub.close();
  await bench.turn(10 * limits.returnMs);
  assert.equal(alice.replies.length, before);
});

Deno.test("member of a broker that was passed over hears nothing, so that it asks the next one", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const before = alice.replies.length;
  bench.store.claim({ port: 1, pid: 1, atMs: 1 });
  alice.send(["alice"]);
  alice.check();
  alice.hello();
  await settled();
  assert.equal(alice.replies.length, before);
});

Deno.test("list and receipt say 'here' of who may come back, and 'away' when its time is over", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await bench.join({ ...other, name: "bob" });
  bench.takeOver();
  const again = bench.open();
  await again.hello({ instance: alice.instance });
  const presence = async () => (await again.send(["bob"], "text")).recipients[0]!.presence;
  assert.equal(await presence(), "here");
  await bench.turn(limits.returnMs);
  assert.equal(await presence(), "away");
});
