import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { InvariantViolation } from "../../lib/core/invariant.ts";
import { limits } from "../../lib/core/limits.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { Journal } from "../../lib/store/journal.ts";
import type { Work } from "../../lib/store/store.ts";
import { ScriptedStore } from "../support/scripted_store.ts";

/** A journal on a store of its own, and how often it was told that its epoch is over. */
function bench(): { store: ScriptedStore; journal: Journal; fenced: { count: number } } {
  const store = new ScriptedStore();
  const epoch = store.claim({ port: 1, pid: 1, atMs: 1 });
  const fenced = { count: 0 };
  return {
    store,
    journal: new Journal(store, epoch, systemClock, () => fenced.count += 1),
    fenced,
  };
}

const create = (name: string): Work<string> => ({ mailboxes }) => mailboxes.create(name, 0).name;

/** The names of all mailboxes, in the order in which they were made. */
const names: Work<string[]> = ({ mailboxes }) =>
  mailboxes.all().sort((a, b) => a.id - b.id).map(({ name }) => name);

Deno.test("operations of one turn share one commit, in their order", async () => {
  const { store, journal } = bench();
  using _store = store;
  const later = Promise.resolve().then(() => journal.run(create("microtask")));
  const all = await Promise.all([journal.run(create("z")), journal.run(create("a")), later]);
  assert.deepEqual(all, ["z", "a", "microtask"]);
  assert.deepEqual(await journal.run(names), ["z", "a", "microtask"]);
  assert.deepEqual(store.batches, [3, 1]);
});

Deno.test("operations beyond the limit of one commit go into the next", async () => {
  const { store, journal } = bench();
  using _store = store;
  const count = limits.batchOperations + 3;
  const results = await Promise.all(
    Array.from({ length: count }, (_, index) => journal.run(() => index)),
  );
  assert.deepEqual(store.batches, [limits.batchOperations, 3]);
  assert.deepEqual(results, Array.from({ length: count }, (_, index) => index));
});

Deno.test("outcome is told only after the commit", async () => {
  const { store, journal } = bench();
  using _store = store;
  const order: string[] = [];
  store.oncommit = () => order.push("commit");
  const done = journal.run(() => order.push("work")).then(() => order.push("told"));
  assert.deepEqual(order, [], "nothing is carried out in the caller's turn");
  await done;
  assert.deepEqual(order, ["work", "commit", "told"]);
});

Deno.test("operation that throws fails its caller alone", async () => {
  const { store, journal } = bench();
  using _store = store;
  const fault = new Error("on purpose");
  const outcomes = await Promise.allSettled([
    journal.run(create("first")),
    journal.run((transaction) => {
      create("second")(transaction);
      throw fault;
    }),
    journal.run(create("third")),
  ]);
  assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.equal((outcomes[1] as PromiseRejectedResult).reason, fault);
  assert.deepEqual(store.batches, [3]);
  assert.deepEqual(await journal.run(names), ["first", "third"]);
});

Deno.test("commit that fails fails all its callers, and the journal goes on", async () => {
  const { store, journal, fenced } = bench();
  using _store = store;
  store.fault = new HustingsError("store_full", "on purpose");
  const calls = [journal.run(create("first")), journal.run(create("second"))];
  const outcomes = await Promise.allSettled(calls);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason),
    [store.fault, store.fault],
  );
  store.fault = undefined;
  assert.deepEqual(await journal.run(names), []);
  assert.equal(fenced.count, 0);
});

Deno.test("what adds to a full store is refused alone: the rest of its commit is carried out", async () => {
  const { store, journal, fenced } = bench();
  using _store = store;
  const full = new HustingsError("store_full", "on purpose");
  const { inner } = store;
  const batch = inner.batch.bind(inner);
  inner.batch = (epoch, works, options) => {
    if (options.grows) throw full;
    return batch(epoch, works, options);
  };
  const outcomes = await Promise.allSettled([
    journal.run(create("grows"), 1),
    journal.run(create("first")),
    journal.run(create("grows too"), 1),
    journal.run(create("second")),
  ]);
  assert.deepEqual(outcomes.map(({ status }) => status), [
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  assert.deepEqual(await journal.run(names), ["first", "second"]);
  assert.equal(fenced.count, 0);
});

Deno.test("damaged store ends the epoch, so that what was asked is asked again of the next broker", async () => {
  const { store, journal, fenced } = bench();
  using _store = store;
  store.fault = new HustingsError("store_damaged", "on purpose");
  await assert.rejects(journal.run(create("first")), { code: "fenced" });
  assert.deepEqual([fenced.count, store.batches.length], [1, 1]);
});

Deno.test("journal of a past epoch says so once, fails all callers and takes no more", async () => {
  const { store, journal, fenced } = bench();
  using _store = store;
  store.claim({ port: 2, pid: 2, atMs: 2 });
  let carriedOut = 0;
  const calls = Array.from(
    { length: limits.batchOperations + 3 },
    () => journal.run(() => carriedOut++),
  );
  const outcomes = await Promise.allSettled(calls);
  for (const outcome of outcomes) {
    assert.equal((outcome as PromiseRejectedResult).reason?.code, "fenced");
  }
  await assert.rejects(journal.run(names), { code: "fenced" });
  journal.close();
  assert.deepEqual([carriedOut, fenced.count, store.batches.length], [0, 1, 1]);
});

Deno.test("close carries out what waits before it returns, and takes no more", async () => {
  const { store, journal, fenced } = bench();
  using _store = store;
  const waiting = journal.run(create("last"));
  journal.close();
  assert.deepEqual(store.batches, [1]);
  assert.equal(await waiting, "last");
  await assert.rejects(journal.run(create("late")), { code: "fenced" });
  assert.deepEqual([store.batches, fenced.count], [[1], 0]);
});

Deno.test("broken invariant is nobody's answer: it leaves the journal as it was thrown", () => {
  const { store, journal } = bench();
  using _store = store;
  const broken = new InvariantViolation("on purpose");
  journal.run(() => {
    throw broken;
  });
  assert.throws(() => journal.close(), (error) => error === broken);
});

Deno.test("call from within an operation's answer is carried out in a later commit", async () => {
  const { store, journal } = bench();
  using _store = store;
  const second = await journal.run(create("first")).then(() => journal.run(names));
  assert.deepEqual(second, ["first"]);
  assert.deepEqual(store.batches, [1, 1]);
});

Deno.test("operations wait and keep their order when the store is busy for a while", async () => {
  const { store, journal } = bench();
  using _store = store;
  store.fault = new HustingsError("store_busy", "Another process has it");
  const first = journal.run(create("first"));
  await Promise.resolve();
  const second = journal.run(create("second"));
  await Promise.resolve();
  store.fault = undefined;
  assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
  assert.deepEqual(await journal.run(names), ["first", "second"]);
});

Deno.test("operations are not answered when the journal closes while the store is busy", async () => {
  const { store, journal } = bench();
  using _store = store;
  store.fault = new HustingsError("store_busy", "Another process has it");
  const waiting = journal.run(create("first"));
  await Promise.resolve();
  journal.close();
  await assert.rejects(waiting, { code: "fenced" });
});
