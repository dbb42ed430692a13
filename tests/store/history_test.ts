import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { Mailbox } from "../../lib/store/store.ts";
import { StoreBench } from "../support/store_bench.ts";

/** The ids on one page of a mailbox's history. */
function page(
  bench: StoreBench,
  mailbox: Mailbox,
  options: { limit?: number; before?: number; partner?: Mailbox } = {},
): number[] {
  const { limit = 100, before = Number.MAX_SAFE_INTEGER, partner } = options;
  const found = bench.run(({ messages }) =>
    messages.history(mailbox.id, { limit, before, partner: partner?.id })
  );
  return found.map(({ id }) => id);
}

/** Lets `mailbox` read all that is queued for it. */
function readAll(bench: StoreBench, mailbox: Mailbox): void {
  const ids = bench.hand(mailbox, "reader", 1).map(({ message }) => message.id);
  bench.run(({ messages }) => messages.read(mailbox.id, ids, "reader", 1));
}

Deno.test("history holds what was sent at once, and what came only once it was read", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const id = bench.send(alice, [bob]);
  assert.deepEqual(page(bench, alice), [id]);
  assert.deepEqual(page(bench, bob), []);
  bench.hand(bob, "reader", 1);
  assert.deepEqual(page(bench, bob), [], "handed is not read");
  bench.run(({ messages }) => messages.read(bob.id, [id], "reader", 1));
  assert.deepEqual(page(bench, bob), [id]);
  bench.run(({ messages }) => messages.answered(bob.id, id, 1));
  assert.deepEqual(page(bench, bob), [id]);
});

Deno.test("history holds a message that its sender sent to itself once", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const id = bench.send(alice, [alice]);
  readAll(bench, alice);
  assert.deepEqual(page(bench, alice), [id]);
});

Deno.test("history comes in pages, newest first, sent and received in one order", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const ids = Array.from(
    { length: 10 },
    (_, index) => index % 3 === 0 ? bench.send(bob, [alice]) : bench.send(alice, [bob]),
  );
  readAll(bench, alice);
  const newest = ids.toReversed();
  assert.deepEqual(page(bench, alice, { limit: 4 }), newest.slice(0, 4));
  assert.deepEqual(page(bench, alice, { limit: 4, before: newest[3]! }), newest.slice(4, 8));
  assert.deepEqual(page(bench, alice, { limit: 4, before: newest[7]! }), newest.slice(8));
  assert.deepEqual(page(bench, alice, { limit: 4, before: newest[9]! }), []);
});

Deno.test("history with a partner holds both directions and nobody else", () => {
  using bench = new StoreBench();
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => bench.mailbox(name)) as [
    Mailbox,
    Mailbox,
    Mailbox,
  ];
  const toBob = bench.send(alice, [bob]);
  bench.send(alice, [carol]);
  const toBoth = bench.send(alice, [carol, bob]);
  const fromBob = bench.send(bob, [alice]);
  bench.send(carol, [alice]);
  bench.send(bob, [carol]);
  readAll(bench, alice);
  assert.deepEqual(page(bench, alice, { partner: bob }), [fromBob, toBoth, toBob]);
  assert.deepEqual(page(bench, alice, { partner: bob, limit: 2 }), [fromBob, toBoth]);
  assert.deepEqual(page(bench, alice, { partner: bob, before: toBoth }), [toBob]);
  assert.deepEqual(page(bench, alice, { partner: alice }), []);
});

Deno.test("history reads no texts behind the first that goes beyond a page's bytes", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const text = "x".repeat(limits.historyTextBytes / 2);
  const ids = [1, 2, 3, 4, 5].map(() => bench.send(alice, [bob], { text }));
  assert.deepEqual(page(bench, alice), ids.slice(2).reverse());
});
