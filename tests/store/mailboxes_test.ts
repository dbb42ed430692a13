import assert from "node:assert/strict";
import { InvariantViolation } from "../../lib/core/invariant.ts";
import type { Mailbox } from "../../lib/store/store.ts";
import { idsOf, StoreBench } from "../support/store_bench.ts";

/** Gives a mailbox to a process of an agent. */
function occupy(
  bench: StoreBench,
  mailbox: Mailbox,
  by: { client?: string; instance?: string; shared?: boolean; atMs?: number } = {},
): void {
  const { client = "claude", instance = `of-${mailbox.name}`, shared = false, atMs = 1 } = by;
  const agent = { client, directory: "/shop", pid: 7, shared, instance, atMs };
  bench.run(({ mailboxes }) => mailboxes.occupy(mailbox.id, agent));
}

function forwarded(bench: StoreBench, name: string, atMs: number): number | undefined {
  return bench.run(({ mailboxes }) => mailboxes.forwarded(name, atMs))?.id;
}

Deno.test("mailbox is found by any spelling of its name, which it keeps", () => {
  using bench = new StoreBench();
  const made = bench.mailbox("Claude-Shop", 42);
  const found = bench.run(({ mailboxes }) => mailboxes.byName("cLAUDE-sHOP"));
  assert.deepEqual(found, made);
  assert.deepEqual(made, {
    id: made.id,
    name: "Claude-Shop",
    owner: undefined,
    shared: false,
    instance: undefined,
    pid: 0,
    session: undefined,
    branch: undefined,
    sinceMs: 42,
    accepted: 0,
    handed: 0,
    paused: false,
  });
  assert.throws(() => bench.mailbox("claude-shop"), /UNIQUE/);
});

Deno.test("mailbox that is occupied is its process's, and free again when that is gone", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  occupy(bench, alice, { instance: "one", atMs: 5 });
  const held = bench.seen(alice);
  assert.deepEqual(held.owner, { client: "claude", directory: "/shop" });
  assert.deepEqual([held.instance, held.pid, held.sinceMs], ["one", 7, 5]);
  assert.equal(bench.run(({ mailboxes }) => mailboxes.byInstance("one"))?.id, alice.id);
  bench.run(({ mailboxes }) => mailboxes.vacate("other", 8));
  assert.equal(bench.seen(alice).instance, "one");
  bench.run(({ mailboxes }) => mailboxes.vacate("one", 9));
  const left = bench.seen(alice);
  assert.deepEqual([left.instance, left.sinceMs, left.owner], [undefined, 9, held.owner]);
  assert.equal(bench.run(({ mailboxes }) => mailboxes.byInstance("one")), undefined);
});

Deno.test("mailbox remembers its last conversation that is known, and the branch of who holds it", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const agent = { client: "claude", directory: "/shop", pid: 7, shared: false, atMs: 1 };
  const known = () => [bench.seen(alice).session, bench.seen(alice).branch];
  const by = { ...agent, instance: "one", session: "s-1", branch: "main" };
  bench.run(({ mailboxes }) => mailboxes.occupy(alice.id, by));
  assert.deepEqual(known(), ["s-1", "main"]);
  bench.run(({ mailboxes }) => mailboxes.describe(alice.id, { branch: "till" }));
  assert.deepEqual(known(), ["s-1", "till"]);
  bench.run(({ mailboxes }) => mailboxes.describe(alice.id, { session: "s-2" }));
  assert.deepEqual(known(), ["s-2", "till"]);
  bench.run(({ mailboxes }) => mailboxes.vacate("one", 2));
  assert.deepEqual(known(), ["s-2", "till"]);
  bench.run(({ mailboxes }) => mailboxes.occupy(alice.id, { ...agent, instance: "two" }));
  assert.deepEqual(known(), ["s-2", undefined], "that conversation may come back");
});

Deno.test("process holds one mailbox at most", () => {
  using bench = new StoreBench();
  occupy(bench, bench.mailbox("alice"), { instance: "one" });
  const bob = bench.mailbox("bob");
  assert.throws(() => occupy(bench, bob, { instance: "one" }), /UNIQUE/);
  assert.equal(bench.seen(bob).owner, undefined);
});

Deno.test("shared mailbox is nobody's alone, and remembers when it was used last", () => {
  using bench = new StoreBench();
  const [shell, own] = [bench.mailbox("shell"), bench.mailbox("own")];
  occupy(bench, shell, { instance: "one", shared: true, atMs: 5 });
  occupy(bench, own, { instance: "two", atMs: 5 });
  assert.deepEqual([bench.seen(shell).shared, bench.seen(shell).instance], [true, undefined]);
  bench.run(({ mailboxes }) => {
    mailboxes.touchShared(shell.id, 8);
    mailboxes.touchShared(own.id, 8);
  });
  assert.deepEqual([bench.seen(shell).sinceMs, bench.seen(own).sinceMs], [8, 5]);
});

Deno.test("mailboxes of an agent come with the one used last first", () => {
  using bench = new StoreBench();
  const [a, b, c, other] = ["a", "b", "c", "other"].map((name) => bench.mailbox(name)) as Mailbox[];
  occupy(bench, a!, { atMs: 2 });
  occupy(bench, b!, { atMs: 3 });
  occupy(bench, c!, { atMs: 2 });
  occupy(bench, other!, { client: "gemini", atMs: 9 });
  const found = bench.run(({ mailboxes }) => mailboxes.ofOwner("claude", "/shop"));
  assert.deepEqual(found.map(({ name }) => name), ["b", "a", "c"]);
  assert.deepEqual(bench.run(({ mailboxes }) => mailboxes.ofOwner("claude", "/shop/")), []);
});

Deno.test("rename changes the label and nothing of the queue; the old name forwards for its time", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("Alice");
  const id = bench.send(alice, [alice]);
  bench.run(({ mailboxes }) => mailboxes.rename(alice.id, "Zoe", 100));
  assert.equal(bench.run(({ mailboxes }) => mailboxes.byName("zoe"))?.id, alice.id);
  assert.equal(bench.run(({ mailboxes }) => mailboxes.byName("alice")), undefined);
  assert.deepEqual(idsOf(bench.queued(alice)), [id]);
  assert.equal(forwarded(bench, "ALICE", 99), alice.id);
  assert.equal(forwarded(bench, "alice", 100), undefined);
});

Deno.test("rename that only changes the spelling forwards nothing", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  bench.run(({ mailboxes }) => mailboxes.rename(alice.id, "ALICE", 100));
  assert.equal(bench.seen(alice).name, "ALICE");
  assert.equal(forwarded(bench, "alice", 1), undefined);
});

Deno.test("forwarding ends when somebody takes the old name, or its agent takes it back", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const rename = (mailbox: Mailbox, name: string, untilMs: number) =>
    bench.run(({ mailboxes }) => mailboxes.rename(mailbox.id, name, untilMs));
  rename(alice, "a2", 100);
  bench.mailbox("Alice");
  assert.equal(forwarded(bench, "alice", 1), undefined);
  rename(bob, "b2", 100);
  rename(bob, "bob", 200);
  assert.equal(forwarded(bench, "bob", 1), undefined);
  assert.equal(forwarded(bench, "b2", 199), bob.id);
  rename(alice, "b2", 300);
  assert.equal(forwarded(bench, "b2", 1), undefined);
});

Deno.test("old name that was left twice forwards to who left it last", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("x"), bench.mailbox("bob")];
  bench.run(({ mailboxes }) => {
    mailboxes.rename(alice.id, "alice", 100);
    mailboxes.rename(bob.id, "x", 100);
    mailboxes.rename(bob.id, "bob", 200);
  });
  assert.equal(forwarded(bench, "x", 150), bob.id);
});

Deno.test("absorbed mailbox leaves its queue, history and forwardings to the other", () => {
  using bench = new StoreBench();
  const [into, from, third] = ["into", "from", "third"].map((name) => bench.mailbox(name)) as [
    Mailbox,
    Mailbox,
    Mailbox,
  ];
  const waiting = bench.send(third, [from]);
  const sent = bench.send(from, [third]);
  const handed = bench.send(third, [from]);
  bench.run(({ messages }) => messages.lease(from.id, [handed], { instance: "p", request: 1 }, 1));
  bench.run(({ mailboxes }) => mailboxes.rename(from.id, "from2", 100));
  bench.run(({ mailboxes }) => mailboxes.absorb(into.id, from.id));
  assert.equal(bench.run(({ mailboxes }) => mailboxes.byId(from.id)), undefined);
  assert.deepEqual(idsOf(bench.queued(into)), [waiting]);
  assert.deepEqual([bench.seen(into).accepted, bench.seen(into).handed], [1, 1]);
  assert.equal(bench.run(({ messages }) => messages.byId(sent))!.sender, into.id);
  assert.equal(forwarded(bench, "from", 1), into.id);
});

Deno.test("message that went to both mailboxes stays once when one absorbs the other", () => {
  using bench = new StoreBench();
  const [into, from] = [bench.mailbox("into"), bench.mailbox("from")];
  const id = bench.send(into, [into, from]);
  bench.hand(into, "p", 1);
  bench.run(({ messages }) => messages.read(into.id, [id], "p", 1));
  bench.run(({ mailboxes }) => mailboxes.absorb(into.id, from.id));
  assert.equal(bench.state(into, id), "read");
  assert.deepEqual([bench.seen(into).accepted, bench.seen(into).handed], [0, 0]);
});

Deno.test("occupying or renaming a mailbox that is not there breaks an invariant", () => {
  using bench = new StoreBench();
  const ghost = { ...bench.mailbox("ghost"), id: 99 };
  assert.throws(() => occupy(bench, ghost), InvariantViolation);
  const rename = () => bench.run(({ mailboxes }) => mailboxes.rename(99, "x", 1));
  assert.throws(rename, InvariantViolation);
  const absorb = () => bench.run(({ mailboxes }) => mailboxes.absorb(1, 1));
  assert.throws(absorb, InvariantViolation);
});
