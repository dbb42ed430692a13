import assert from "node:assert/strict";
import { MemberBus } from "../../lib/bus/member_bus.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import type { Member } from "../../lib/member/member.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { settled } from "../support/hub_bench.ts";
import { Intruder } from "../support/intruder.ts";
import { MemberBench } from "../support/member_bench.ts";
import type { TestMember } from "../support/member_bench.ts";
import { SeededRandom } from "../support/seeded.ts";

/** Resolves when the others see that `name` waits; between two looks all that came in is done. */
async function waits(watcher: TestMember, name: string): Promise<void> {
  for (;;) {
    const { members } = await watcher.bus.list();
    if (members.find((member) => member.name === name)?.presence === "waiting") return;
    await settled();
  }
}

Deno.test("calls wait until the process has joined, and are carried out then", async () => {
  await using bench = await MemberBench.create();
  const alice = bench.start();
  const order: string[] = [];
  const early = Promise.all([
    alice.bus.list().then(({ members }) => order.push(`list of ${members.length}`)),
    alice.bus.send({ to: ["alice"], text: "early" }).then(() => order.push("send")),
    alice.bus.check({ waitMs: 60_000 }).then(({ messages }) => order.push(messages[0]!.text)),
  ]);
  await alice.reached("leading");
  const bob = await bench.join("bob");
  assert.deepEqual((await bob.bus.list()).members.map(({ name }) => name), ["bob"]);
  assert.equal(order.length, 0);
  await alice.join("alice").then(() => order.push("joined"));
  await early;
  assert.equal(order[0], "joined");
  assert.deepEqual(order.toSorted(), ["early", "joined", "list of 2", "send"]);
});

Deno.test("join that fails is told, and tried again by the next one; calls wait for that", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  const bob = bench.start();
  const status = bob.bus.status();
  await assert.rejects(bob.join("alice"), { code: "name_in_use" });
  assert.equal((await bob.join("bob")).name, "bob");
  assert.equal((await status).me, "bob");
});

Deno.test("join that succeeded is not repeated", async () => {
  await using bench = await MemberBench.create();
  const alice = bench.start();
  const first = await alice.join("alice");
  assert.equal(await alice.join("zoe"), first);
  assert.equal((await alice.bus.status()).me, "alice");
});

Deno.test("check that is given up while it waits leaves what comes later queued, unmarked", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  const abort = new AbortController();
  const waiting = alice.bus.check({ waitMs: 60_000 }, abort.signal);
  await waits(bob, "alice");
  abort.abort();
  await assert.rejects(waiting, { code: "cancelled" });
  await bob.bus.send({ to: ["alice"], text: "later" });
  const { messages } = await alice.bus.check({ waitMs: 0 });
  assert.deepEqual(messages.map(({ text, redelivered }) => [text, redelivered]), [[
    "later",
    undefined,
  ]]);
});

Deno.test("check that is given up as its message comes leaves that queued, unmarked", async () => {
  await using bench = await MemberBench.create();
  // The one that waits is a follower, and then the broker itself.
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  for (const [reader, writer] of [[bob, alice], [alice, bob]] as const) {
    const name = (await reader.bus.status()).me;
    const abort = new AbortController();
    const waiting = reader.bus.check({ waitMs: 60_000 }, abort.signal);
    await waits(writer, name);
    const sent = writer.bus.send({ to: [name], text: "now" });
    abort.abort();
    await assert.rejects(waiting, { code: "cancelled" });
    await sent;
    const handed = await reader.bus.check({ waitMs: 0 });
    const seen = handed.messages.map(({ text, redelivered }) => [text, redelivered]);
    assert.deepEqual(seen, [["now", undefined]]);
    await handed.confirm();
  }
});

Deno.test("check that was given up before it began takes nothing", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  const given = alice.bus.check({ waitMs: 60_000 }, AbortSignal.abort());
  given.catch(() => {});
  const seen = await Promise.race([
    given.catch(({ code }) => code),
    waits(bob, "alice").then(() => "waiting"),
  ]);
  assert.equal(seen, "cancelled");
  await alice.bus.send({ to: ["alice"], text: "kept" });
  const late = alice.bus.check({ waitMs: 60_000 }, AbortSignal.abort());
  await assert.rejects(late, { code: "cancelled" });
  assert.deepEqual(await alice.texts(), ["kept"]);
});

Deno.test("what a check brought is read when it is confirmed, and queued again when it is released", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const { id } = await alice.bus.send({ to: ["alice"], text: "one" });
  const stateOf = async () => (await alice.bus.history({ limit: 1 })).entries[0]!.to[0]!.state;
  const first = await alice.bus.check({ waitMs: 0 });
  assert.equal(await stateOf(), "handed");
  await first.release();
  assert.equal(await stateOf(), "accepted");
  const second = await alice.bus.check({ waitMs: 0 });
  assert.deepEqual(second.messages, first.messages);
  await second.confirm();
  assert.equal(await stateOf(), "read");
  await second.release();
  assert.deepEqual(await alice.texts(), [], `${id} was read`);
});

Deno.test("check with a replyTo waits for the answer to that one", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  const { id } = await alice.bus.send({ to: ["bob"], text: "question" });
  const waiting = alice.bus.check({ waitMs: 60_000, replyTo: id });
  await bob.bus.send({ to: ["alice"], text: "aside" });
  await bob.bus.send({ to: [], text: "answer", replyTo: id });
  const { messages, more } = await waiting;
  assert.deepEqual([messages.map(({ text }) => text), more], [["answer"], 1]);
});

Deno.test("waits that are no lengths of time are taken as the nearest that is", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  for (const waitMs of [-1, 0.4]) {
    assert.deepEqual((await alice.bus.check({ waitMs })).messages, []);
  }
  const abort = new AbortController();
  const bob = await bench.join("bob");
  const waiting = alice.bus.check({ waitMs: 1e15 }, abort.signal);
  await waits(bob, "alice");
  abort.abort();
  await assert.rejects(waiting, { code: "cancelled" });
});

Deno.test("rename is kept when the next broker is asked for the name", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  assert.equal((await bob.bus.rename("rob")).name, "rob");
  await alice.bus.leave();
  assert.equal((await bob.bus.status()).me, "rob");
});

Deno.test("present tells what changed of who joined; all else holds, under the next broker too", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), bench.start()];
  const place = { client: "claude", directory: "/srv/shop/src" };
  await bob.bus.join({ ...place, name: "bob", repository: "/srv/shop" });
  const seen = async () => {
    const { members } = await bob.bus.list();
    const { name, branch, rooms } = members.find(({ me }) => me)!;
    return [name, branch, ...rooms];
  };
  assert.equal((await bob.bus.present({ branch: "main" })).name, "bob");
  assert.deepEqual(await seen(), ["bob", "main", "#shop"]);
  await bob.bus.present({ session: "s-1" });
  await bob.bus.present({ branch: "till" });
  assert.deepEqual(await seen(), ["bob", "till", "#shop"]);
  await alice.bus.leave();
  assert.deepEqual(await seen(), ["bob", "till", "#shop"]);
  using hook = await Intruder.open(bench);
  const attend = { op: "attend", instance: "hook", ...place, session: "s-1" };
  assert.deepEqual(await hook.ask(attend), { name: "bob", unread: 0 });
});

Deno.test("present of a conversation whose name is free takes it up, and not one in use", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  const [first, second] = [bench.start(), bench.start()];
  const place = { client: "codex", directory: "/shop" };
  await first.bus.join({ ...place, session: "t-1" });
  assert.equal((await second.bus.join(place)).name, "codex-shop-2");
  await first.bus.leave();
  assert.equal((await second.bus.present({ session: "t-1" })).name, "codex-shop");
  const third = bench.start();
  await third.bus.join(place);
  assert.equal((await third.bus.present({ session: "t-1" })).name, "codex-shop-2");
});

Deno.test("present waits until the process has joined", async () => {
  await using bench = await MemberBench.create();
  const alice = bench.start();
  const order: string[] = [];
  const presented = alice.bus.present({ branch: "main" }).then(({ name }) => order.push(name));
  await alice.reached("leading");
  await alice.join("alice").then(() => order.push("joined"));
  await presented;
  assert.deepEqual(order, ["joined", "alice"]);
});

Deno.test("watch sees what comes and leaves it for the check", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  const watching = bob.bus.watch({ waitMs: 60_000, after: 0 });
  const { id } = await alice.bus.send({ to: ["bob"], text: "wake up" });
  assert.deepEqual(await watching, { count: 1, from: ["alice"], newest: id });
  assert.deepEqual(await bob.texts(), ["wake up"]);
  assert.equal((await bob.bus.watch({ waitMs: -1, after: id })).count, 0);
});

Deno.test("watch that is given up ends, also before it began, and takes no other's place then", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  const abort = new AbortController();
  const given = bob.bus.watch({ waitMs: 1e15, after: 0 }, abort.signal);
  while ((await alice.bus.list()).members.every(({ reach }) => reach !== "wake")) await settled();
  const late = bob.bus.watch({ waitMs: 60_000, after: 0 }, AbortSignal.abort());
  await assert.rejects(late, { code: "cancelled" });
  abort.abort();
  await assert.rejects(given, { code: "cancelled" });
  const { members } = await alice.bus.list();
  assert.ok(members.every(({ reach }) => reach !== "wake"));
});

Deno.test("watch goes on with the next broker", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const [bob, carol] = [await bench.join("bob"), await bench.join("carol")];
  const watching = bob.bus.watch({ waitMs: 60_000, after: 0 });
  await alice.bus.leave();
  const { id } = await carol.bus.send({ to: ["bob"], text: "wake up" });
  assert.deepEqual(await watching, { count: 1, from: ["carol"], newest: id });
});

Deno.test("room that a member enters is its own until it leaves, across a takeover", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const [bob, carol] = [await bench.join("bob"), await bench.join("carol")];
  const entered = await bob.bus.room("release", true);
  assert.deepEqual(entered, { room: "#release", inside: true, members: ["bob"] });
  await assert.rejects(bob.bus.room("#a b", true), { code: "bad_name" });
  await alice.bus.leave();
  await carol.bus.send({ to: ["#release"], text: "for the room" });
  assert.deepEqual(await bob.texts(), ["for the room"]);
  const left = await bob.bus.room("#release", false);
  assert.deepEqual(left, { room: "#release", inside: false, members: [] });
  const refusal = { code: "no_recipient", message: /no room '#release'/ };
  await assert.rejects(carol.bus.send({ to: ["#release"], text: "late" }), refusal);
});

Deno.test("leave fails what is under way with the reason, and frees the name at once", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), await bench.join("bob")];
  const waiting = bob.bus.check({ waitMs: 60_000 });
  await waits(alice, "bob");
  const failed = assert.rejects(waiting, { code: "bus_down", message: /has left the bus/ });
  await bob.bus.leave();
  await failed;
  const again = await bench.join("bob");
  assert.equal((await again.bus.status()).me, "bob");
});

Deno.test("leave of the only member frees port and store before it resolves", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  await alice.bus.send({ to: ["alice"], text: "last words" });
  await alice.bus.leave();
  Deno.listen({ hostname: "127.0.0.1", port: bench.port }).close();
  const next = await bench.join("alice");
  assert.deepEqual(await next.texts(), ["last words"]);
});

Deno.test("calls after leave, and those that still waited to join, fail at once", async () => {
  await using bench = await MemberBench.create();
  const [alice, bob] = [await bench.join("alice"), bench.start()];
  const left = { code: "bus_down", message: /has left the bus/ };
  const waiting = assert.rejects(bob.bus.list(), left);
  await bob.bus.leave();
  await waiting;
  await assert.rejects(bob.join("bob"), left);
  await alice.bus.leave();
  await alice.bus.leave();
  await assert.rejects(alice.bus.list(), left);
  await assert.rejects(alice.bus.check({ waitMs: 60_000 }), left);
});

Deno.test("calls say why there is no member, each of them, and leave does nothing", async () => {
  const reason = new HustingsError("bad_request", "on purpose");
  const bus = new MemberBus({
    member: Promise.reject<Member>(reason),
    clock: systemClock,
    random: new SeededRandom(1),
    pid: 1,
  });
  await assert.rejects(bus.list(), reason);
  await assert.rejects(bus.join({ client: "c", directory: "/d" }), reason);
  await assert.rejects(bus.check({ waitMs: 60_000 }), reason);
  await bus.leave();
});
