import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { encodeAnswer, helloBytes, proofBytes } from "../../lib/core/handshake.ts";
import { limits } from "../../lib/core/limits.ts";
import { StoreLock } from "../../lib/member/store_lock.ts";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import { DyingBroker } from "../support/dying_broker.ts";
import { MemberBench } from "../support/member_bench.ts";
import type { TestMember } from "../support/member_bench.ts";
import { ScriptedPeer } from "../support/scripted_peer.ts";

/** Who the broker is, by the word of `member`. */
async function brokerOf(
  member: TestMember,
): Promise<{ name: string; port: number; epoch: number }> {
  const { name, port, epoch } = (await member.bus.status()).broker!;
  return { name, port, epoch };
}

Deno.test("of members that start at once one is the broker and the others follow it", async () => {
  await using bench = await MemberBench.create({ ports: 2 });
  const names = ["a", "b", "c", "d", "e", "f"];
  const members = await Promise.all(names.map((name) => bench.join(name)));
  const brokers = new Set<string>();
  for (const member of members) brokers.add(JSON.stringify(await brokerOf(member)));
  assert.equal(brokers.size, 1);
  assert.equal(members.filter(({ member }) => member.state.kind === "leading").length, 1);
  assert.equal(members.filter(({ member }) => member.state.kind === "following").length, 5);
  assert.equal((await members[0]!.bus.list()).members.length, 6);
});

Deno.test("follower takes over when the broker's connection ends, and its requests are carried out then", async () => {
  await using bench = await MemberBench.create();
  const { credentials: { mac, random }, port } = bench;
  const asked = Promise.withResolvers<void>();
  const mute = new ScriptedPeer(port, async (conn, peer) => {
    const facts = { version: 1, versions: { oldest: 1, newest: 1 }, port, epoch: 1 };
    const hello = await peer.read(conn, helloBytes);
    await conn.write(await encodeAnswer(hello, facts, random.bytes(32), mac));
    await peer.read(conn, proofBytes + 1);
    asked.resolve();
    await peer.read(conn, Infinity);
  });
  const alice = bench.start();
  const joined = alice.join("alice");
  const sent = alice.bus.send({ to: ["alice"], text: "through" });
  await alice.reached("following");
  await asked.promise;
  await mute[Symbol.asyncDispose]();
  assert.equal((await joined).name, "alice");
  assert.deepEqual((await sent).recipients, [{ name: "alice", client: "alice", presence: "here" }]);
  assert.deepEqual(alice.member.state, { kind: "leading", port, epoch: 1 });
  assert.deepEqual(await alice.texts(), ["through"]);
});

Deno.test("send whose broker died before it answered comes through once, under the id that it had", async () => {
  await using bench = await MemberBench.create();
  const broker = new DyingBroker(bench, "send");
  const alice = await bench.join("alice");
  const receipt = await alice.bus.send({ to: ["alice"], text: "once" });
  await broker.ended;
  assert.equal((await brokerOf(alice)).epoch, 2);
  assert.equal(receipt.id, 1);
  assert.deepEqual(await alice.texts(), ["once"]);
  const { entries } = await alice.bus.history({ limit: 9 });
  assert.deepEqual(entries.map(({ id, text }) => [id, text]), [[1, "once"]]);
});

Deno.test("check whose broker died before it answered brings its messages once, unmarked", async () => {
  await using bench = await MemberBench.create();
  const broker = new DyingBroker(bench, "check");
  const alice = await bench.join("alice");
  await alice.bus.send({ to: ["alice"], text: "first" });
  const handed = await alice.bus.check({ waitMs: 0 });
  await broker.ended;
  const seen = handed.messages.map(({ text, redelivered }) => [text, redelivered]);
  assert.deepEqual(seen, [["first", undefined]]);
  await handed.confirm();
  assert.deepEqual(await alice.texts(), []);
  assert.equal((await alice.bus.history({ limit: 1 })).entries[0]!.to[0]!.state, "read");
});

Deno.test("rename whose broker died before it answered has happened, once", async () => {
  await using bench = await MemberBench.create();
  const broker = new DyingBroker(bench, "rename");
  const alice = await bench.join("alice");
  assert.equal((await alice.bus.rename("zoe")).name, "zoe");
  await broker.ended;
  assert.equal((await alice.bus.status()).me, "zoe");
});

Deno.test("broker that leaves lets a follower take over on the same port; those who wait go on waiting", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const bob = await bench.join("bob");
  const carol = await bench.join("carol");
  await bob.bus.send({ to: ["carol"], text: "before" });
  const waiting = bob.bus.check({ waitMs: 60_000 });
  await alice.bus.leave();
  await carol.bus.send({ to: ["bob"], text: "after" });
  const handed = await waiting;
  assert.deepEqual(handed.messages.map(({ text }) => text), ["after"]);
  assert.deepEqual(await carol.texts(), ["before"]);
  const { name, ...place } = await brokerOf(carol);
  assert.ok(["bob", "carol"].includes(name));
  assert.deepEqual(place, { port: bench.port, epoch: 2 });
  const { members } = await carol.bus.list();
  assert.equal(members.find((member) => member.name === "alice")?.presence, "away");
});

Deno.test("names, leases and messages outlive every broker in a row", async () => {
  await using bench = await MemberBench.create();
  const members = [];
  for (const name of ["a", "b", "c", "d"]) members.push(await bench.join(name));
  const last = members.at(-1)!;
  const held = await (async () => {
    await last.bus.send({ to: ["d"], text: "held" });
    return await last.bus.check({ waitMs: 0 });
  })();
  for (const member of members.slice(0, -1)) {
    await last.bus.send({ to: ["d"], text: `while ${(await brokerOf(last)).name} leads` });
    await member.bus.leave();
  }
  await held.confirm();
  assert.equal((await last.texts()).length, 3);
  assert.equal((await last.bus.status()).me, "d");
  assert.equal(last.member.state.kind, "leading");
});

Deno.test("broker that was passed over gives way, and its own requests come through once", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const bob = await bench.join("bob");
  const other = SqliteStore.open(bench.directory.store);
  other.claim({ port: bench.port, pid: 1, atMs: 0 });
  other.close();
  const receipts = await Promise.all([
    alice.bus.send({ to: ["bob"], text: "from alice" }),
    bob.bus.send({ to: ["bob"], text: "from bob" }),
  ]);
  assert.equal(new Set(receipts.map(({ id }) => id)).size, 2);
  assert.deepEqual((await bob.texts()).sort(), ["from alice", "from bob"]);
  assert.equal((await brokerOf(bob)).epoch, 3);
});

Deno.test("member waits for a lock whose holder is going", async () => {
  await using bench = await MemberBench.create();
  const lock = StoreLock.take(bench.directory.lock)!;
  assert.equal(StoreLock.take(bench.directory.lock), undefined);
  const alice = bench.start();
  const joined = alice.join("alice");
  await alice.reached("resting");
  lock.release();
  assert.equal((await joined).name, "alice");
  assert.equal(alice.member.state.kind, "leading");
});

Deno.test("member waits for a store to which another one writes at this moment", async () => {
  await using bench = await MemberBench.create();
  SqliteStore.open(bench.directory.store).close();
  const alice = bench.start();
  {
    using writer = new DatabaseSync(bench.directory.store);
    writer.exec("BEGIN IMMEDIATE");
    await alice.reached("resting");
  }
  assert.equal((await alice.join("alice")).name, "alice");
  assert.equal(alice.member.state.kind, "leading");
});

Deno.test("member leads with a new store and says so when the old one is garbage", async () => {
  await using bench = await MemberBench.create();
  const garbage = new Uint8Array(4096).fill(0x55);
  await Deno.writeFile(bench.directory.store, garbage);
  const alice = bench.start();
  assert.equal((await alice.join("alice")).name, "alice");
  const { warnings = [] } = await alice.bus.status();
  const entries: string[] = [];
  for await (const { name } of Deno.readDir(bench.directory.path)) entries.push(name);
  const aside = entries.find((name) => warnings.join().includes(name) && name !== "messages.db");
  assert.ok(aside !== undefined, warnings.join());
  assert.deepEqual(await Deno.readFile(`${bench.directory.path}/${aside}`), garbage);
});

Deno.test("follower that asks too much at once is told so, and follows the next broker too", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const bob = await bench.join("bob");
  const carol = await bench.join("carol");
  const text = "x".repeat(limits.frameBytes);
  const outcome = await Promise.allSettled([bob.bus.send({ to: ["alice"], text })]);
  assert.equal((outcome[0] as PromiseRejectedResult).reason?.code, "too_large");
  const late = carol.bus.send({ to: ["alice"], text }).catch(({ code }) => code);
  await alice.bus.leave();
  assert.equal(await late, "too_large");
  assert.equal((await bob.bus.status()).me, "bob");
  assert.equal((await carol.bus.status()).me, "carol");
});

Deno.test("answer that does not fit a frame is told as such, and the broker goes on", async () => {
  await using bench = await MemberBench.create();
  const long = "x".repeat(limits.pathLength);
  const store = SqliteStore.open(bench.directory.store);
  const epoch = store.claim({ port: 1, pid: 1, atMs: 0 });
  const by = { client: long, directory: long, shared: false, pid: 1, atMs: Date.now() };
  store.batch(epoch, [({ mailboxes }) => {
    for (let i = 0; i * 2 * limits.pathLength < limits.frameBytes; i++) {
      const { id } = mailboxes.create(`agent-${i}`, 0);
      mailboxes.occupy(id, { ...by, instance: `process-${i}` });
      mailboxes.vacate(`process-${i}`, by.atMs);
    }
  }], { grows: false });
  store.close();
  await bench.join("alice");
  const bob = await bench.join("bob");
  await assert.rejects(bob.bus.list({ all: true }), { code: "too_large" });
  assert.equal((await bob.bus.status()).broker!.name, "alice");
});
