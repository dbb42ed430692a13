import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { limits } from "../../lib/core/limits.ts";
import { InvariantViolation } from "../../lib/core/invariant.ts";
import { idsOf, StoreBench } from "../support/store_bench.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

const lease = (instance: string, request: number) => ({ instance, request });

Deno.test("message is found by id and by UUID with all that its sender said", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const bob = bench.mailbox("bob");
  const first = bench.send(alice, [bob], { atMs: 70, uuid: "one" });
  const second = bench.send(bob, [alice], {
    thread: first,
    replyTo: first,
    to: ["*"],
    text: "yes",
  });
  const found = bench.run(({ messages }) => messages.byId(second));
  assert.deepEqual(found, {
    id: second,
    uuid: "uuid-2",
    sender: bob.id,
    from: "bob",
    to: ["*"],
    thread: first,
    replyTo: first,
    atMs: 2,
    text: "yes",
  });
  const begin = bench.run(({ messages }) => messages.byUuid("one"))!;
  assert.deepEqual([begin.id, begin.thread, begin.replyTo, begin.atMs], [
    first,
    first,
    undefined,
    70,
  ]);
  assert.equal(bench.run(({ messages }) => messages.byUuid("none")), undefined);
  assert.equal(bench.run(({ messages }) => messages.byId(99)), undefined);
});

Deno.test("UUID is stored once: a second message under it is refused and leaves nothing", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  bench.send(alice, [alice], { uuid: "same" });
  assert.throws(() => bench.send(alice, [alice], { uuid: "same", text: "other" }), /UNIQUE/);
  assert.equal(bench.queued(alice).length, 1);
  assert.equal(bench.seen(alice).accepted, 1);
});

Deno.test("text comes back as it was sent, whatever characters it has", () => {
  using directory = new TemporaryDirectory();
  const texts = [
    "",
    " ",
    "\0",
    "before\0after",
    "ünï-🗳️-文",
    "\u{feff}mark",
    "'); DROP TABLE messages;--",
  ];
  const path = directory.at("messages.db");
  const first = new StoreBench(path);
  const alice = first.mailbox("alice");
  for (const text of texts) first.send(alice, [alice], { text });
  first.store.close();
  using again = new StoreBench(path);
  assert.deepEqual(again.queued(alice).map(({ message }) => message.text), texts);
});

Deno.test("half of a surrogate pair comes back as the character that stands for it", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  bench.send(alice, [alice], { text: "a\ud83d" });
  assert.equal(bench.queued(alice)[0]!.message.text, "a\ufffd");
});

Deno.test("text that was changed on disk is not returned; its neighbours are", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  using bench = new StoreBench(path);
  const alice = bench.mailbox("alice");
  const ids = ["pay 10", "pay 20", "pay 30"].map((text) => bench.send(alice, [alice], { text }));
  const other = new DatabaseSync(path);
  other.exec(`UPDATE messages SET text = 'pay 99' WHERE id = ${ids[1]}`);
  other.close();
  const texts = ["pay 10", undefined, "pay 30"];
  assert.deepEqual(bench.queued(alice).map(({ message }) => message.text), texts);
  assert.equal(bench.run(({ messages }) => messages.byId(ids[1]!))!.text, undefined);
  bench.hand(alice, "reader", 1);
  const leased = bench.run(({ messages }) => messages.leased(lease("reader", 1)));
  assert.deepEqual(leased.map(({ message }) => message.text), texts);
  const options = { limit: 9, before: 99, partner: undefined };
  const history = bench.run(({ messages }) => messages.history(alice.id, options));
  assert.deepEqual(history.map((message) => message.text), texts.toReversed());
});

Deno.test("lease belongs to one request of one process", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const first = bench.send(alice, [alice]);
  bench.hand(alice, "reader", 1);
  const second = bench.send(alice, [alice]);
  bench.hand(alice, "reader", 2);
  const leased = (instance: string, request: number) =>
    idsOf(bench.run(({ messages }) => messages.leased(lease(instance, request))));
  assert.deepEqual(leased("reader", 1), [first]);
  assert.deepEqual(leased("reader", 2), [second]);
  assert.deepEqual(leased("other", 1), []);
  assert.deepEqual(bench.queued(alice), []);
});

Deno.test("leasing what is not queued breaks an invariant", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const id = bench.send(alice, [alice]);
  bench.hand(alice, "reader", 1);
  const again = () =>
    bench.run(({ messages }) => messages.lease(alice.id, [id], lease("other", 1), 0));
  assert.throws(again, InvariantViolation);
});

Deno.test("acknowledgement counts only from the process that was handed the message last", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const bob = bench.mailbox("bob");
  const id = bench.send(alice, [bob]);
  const read = (mailbox: number, instance: string) =>
    bench.run(({ messages }) => messages.read(mailbox, [id], instance, 9));
  assert.equal(read(bob.id, "nobody"), 0, "queued, and handed to nobody");
  bench.hand(bob, "first", 1);
  assert.equal(read(bob.id, "second"), 0);
  assert.equal(read(alice.id, "first"), 0);
  bench.run(({ messages }) => messages.requeue("first"));
  bench.hand(bob, "second", 1);
  assert.equal(read(bob.id, "first"), 0);
  assert.equal(bench.state(bob, id), "handed");
  assert.equal(read(bob.id, "second"), 1);
  assert.equal(read(bob.id, "second"), 0, "a repeat");
  assert.equal(bench.state(bob, id), "read");
});

Deno.test("acknowledgement that comes after its process was given up still counts", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const id = bench.send(alice, [alice]);
  bench.hand(alice, "reader", 1);
  bench.run(({ messages }) => messages.requeue("reader"));
  assert.equal(bench.run(({ messages }) => messages.read(alice.id, [id], "reader", 9)), 1);
  assert.deepEqual(bench.queued(alice), []);
});

Deno.test("what a gone process held is queued again, marked, in its old place", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const ids = [1, 2].map(() => bench.send(alice, [alice, bob]));
  bench.hand(alice, "gone", 1);
  bench.hand(bob, "stays", 1);
  const last = bench.send(bob, [alice]);
  const held = ids.map((message) => ({ mailbox: alice.id, message, name: "alice" }));
  assert.deepEqual(bench.run(({ messages }) => messages.requeue("gone")), held);
  const queued = bench.queued(alice);
  assert.deepEqual(idsOf(queued), [...ids, last]);
  assert.deepEqual(queued.map(({ redelivered }) => redelivered), [true, true, false]);
  assert.deepEqual(bench.queued(bob), []);
  assert.deepEqual(bench.run(({ messages }) => messages.requeue("gone")), []);
});

Deno.test("what is released is queued again without a mark; other leases stay", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const first = bench.send(alice, [alice]);
  bench.hand(alice, "reader", 1);
  bench.send(alice, [alice]);
  bench.hand(alice, "reader", 2);
  const release = () => bench.run(({ messages }) => messages.release(lease("reader", 1)));
  assert.equal(release().length, 1);
  assert.equal(release().length, 0);
  const queued = bench.queued(alice);
  assert.deepEqual(queued.map(({ message, redelivered }) => [message.id, redelivered]), [
    [first, false],
  ]);
  const acknowledged = bench.run(({ messages }) => messages.read(alice.id, [first], "reader", 9));
  assert.equal(acknowledged, 0, "what was given back was not seen");
});

Deno.test("mark of a message that came back stays when it is released and handed again", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  bench.send(alice, [alice]);
  bench.hand(alice, "gone", 1);
  bench.run(({ messages }) => messages.requeue("gone"));
  bench.hand(alice, "reader", 1);
  bench.run(({ messages }) => messages.release(lease("reader", 1)));
  assert.equal(bench.queued(alice)[0]?.redelivered, true);
});

Deno.test("one look into the queue brings the oldest up to the limits, and one at least", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const ids = Array.from({ length: limits.checkMessages + 1 }, () => bench.send(bob, [alice]));
  assert.deepEqual(idsOf(bench.queued(alice)), ids.slice(0, limits.checkMessages));
  const huge = "x".repeat(limits.textBytes);
  const [first] = [huge, "small", huge].map((text) => bench.send(alice, [bob], { text }));
  assert.deepEqual(idsOf(bench.queued(bob)), [first]);
});

Deno.test("look for answers brings those to one message and leaves the others", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const asked = bench.send(alice, [bob]);
  const other = bench.send(bob, [alice]);
  const answer = bench.send(bob, [alice], { replyTo: asked, thread: asked });
  const answers = bench.run(({ messages }) => messages.queued(alice.id, asked));
  assert.deepEqual(idsOf(answers), [answer]);
  assert.deepEqual(idsOf(bench.queued(alice)), [other, answer]);
});

Deno.test("delivery keeps the time at which it came into each state", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const id = bench.send(alice, [alice]);
  const record = () => {
    const { state, atMs } = bench.run(({ messages }) => messages.deliveries(id))[0]!;
    return [state, atMs];
  };
  assert.deepEqual(record(), ["accepted", undefined]);
  bench.hand(alice, "reader", 1, 50);
  assert.deepEqual(record(), ["handed", 50]);
  bench.run(({ messages }) => messages.read(alice.id, [id], "reader", 60));
  assert.deepEqual(record(), ["read", 60]);
  bench.run(({ messages }) => messages.answered(alice.id, id, 70));
  bench.run(({ messages }) => messages.answered(alice.id, id, 80));
  assert.deepEqual(record(), ["answered", 70], "the first answer counts");
});

Deno.test("answer to a message that was handed ends its way to the reader", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const id = bench.send(alice, [alice]);
  bench.hand(alice, "reader", 1);
  bench.run(({ messages }) => messages.answered(alice.id, id, 70));
  bench.run(({ messages }) => messages.requeue("reader"));
  assert.deepEqual([bench.state(alice, id), bench.queued(alice)], ["answered", []]);
});

Deno.test("answer to a message that was never handed leaves it queued for its reader", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const id = bench.send(alice, [alice]);
  bench.run(({ messages }) => messages.answered(alice.id, id, 70));
  assert.deepEqual(idsOf(bench.queued(alice)), [id]);
  bench.hand(alice, "reader", 1);
  bench.run(({ messages }) => messages.release(lease("reader", 1)));
  bench.run(({ messages }) => messages.answered(alice.id, id, 80));
  assert.deepEqual(idsOf(bench.queued(alice)), [id], "given back unseen");
});
