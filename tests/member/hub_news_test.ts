import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";

async function two(bench: HubBench) {
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  return { alice, bob };
}

Deno.test("sender hears with its next check how far each message has come, once", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const first = await alice.send(["bob"], "first");
  assert.equal((await alice.check()).sent, undefined);
  await bob.check();
  const handedMs = bench.clock.wallMs();
  assert.deepEqual((await alice.check()).sent, [
    { id: first.id, name: "bob", state: "handed", atMs: handedMs },
  ]);
  await bench.turn(5);
  await bob.ask({ op: "ack", messages: [first.id] });
  await bob.send([], "an answer", first.id);
  const second = await alice.send(["bob"], "second");
  await bob.check();
  const { sent, messages } = await alice.check();
  assert.deepEqual(messages.map(({ text }) => text), ["an answer"]);
  const answeredMs = bench.clock.wallMs();
  assert.deepEqual(sent, [
    { id: first.id, name: "bob", state: "answered", atMs: answeredMs },
    { id: second.id, name: "bob", state: "handed", atMs: answeredMs },
  ]);
  assert.equal((await alice.check()).sent, undefined);
});

Deno.test("news ends no wait, and comes with its end", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const { id } = await alice.send(["bob"]);
  let isOver = false;
  const waiting = alice.check(1_000).finally(() => isOver = true);
  await bench.turn(1);
  await bob.check();
  await bob.ask({ op: "ack", messages: [id] });
  await bench.turn(998);
  assert.equal(isOver, false);
  await bench.turn(1);
  assert.deepEqual((await waiting).sent?.map(({ state }) => state), ["read"]);
});

Deno.test("hooks and waits for an answer leave the news to the next check of the member", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice", session: "s-1" });
  const bob = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  const { id } = await alice.send(["bob"]);
  await bob.check();
  const hook = bench.open();
  const place = { client: "claude", directory: "/shop", session: "s-1" };
  await hook.ask({ op: "attend", instance: hook.instance, ...place });
  assert.equal((await hook.check()).sent, undefined);
  assert.equal((await alice.check(0, id)).sent, undefined);
  assert.equal((await alice.check()).sent?.length, 1);
});

Deno.test("news is bounded, the newest is kept", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const ids = [];
  for (let n = 0; n < limits.sentNews + 3; n++) ids.push((await alice.send(["bob"])).id);
  await bob.check();
  const told = (await alice.check()).sent!.map(({ id }) => id);
  assert.deepEqual(told, ids.slice(3));
});

Deno.test("message that was given back, or whose reader died, is no news: it is queued again", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const first = await alice.send(["bob"], "first");
  await bob.check();
  await bob.ask({ op: "release", request: bob.lastId });
  assert.equal((await alice.check()).sent, undefined);
  await bob.check();
  bob.session.end();
  await bench.turn(1);
  assert.equal((await alice.check()).sent, undefined);
  const again = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  await again.check();
  const atMs = bench.clock.wallMs();
  assert.deepEqual((await alice.check()).sent, [
    { id: first.id, name: "bob", state: "handed", atMs },
  ]);
});

Deno.test("what was read, and what others were handed, stays news when a reader goes", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const carol = await bench.join({ client: "codex", directory: "/c", name: "carol" });
  const { id } = await alice.send(["bob", "carol"], "first");
  await bob.check();
  await bob.ask({ op: "ack", messages: [id] });
  await alice.send(["bob"], "second");
  await bob.check();
  await carol.check();
  bob.session.end();
  await bench.turn(1);
  const told = (await alice.check()).sent?.map(({ name, state }) => `${name} ${state}`);
  assert.deepEqual(told, ["bob read", "carol handed"]);
});
