import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { HistoryOperation } from "../../lib/core/operations.ts";
import { HubBench } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

async function talks(bench: HubBench) {
  const [alice, bob, carol] = await Promise.all(
    ["alice", "bob", "carol"].map((name) => bench.join({ name, directory: `/${name}` })),
  );
  const first = (await alice!.send(["bob"], "first of one")).id;
  const other = (await carol!.send(["bob"], "first of two")).id;
  const second = (await bob!.send([], "second of one", first)).id;
  const third = (await alice!.send(["carol"], "third of one", second)).id;
  return { alice: alice!, bob: bob!, carol: carol!, first, other, second, third };
}

async function past(who: HubMember, options: Partial<HistoryOperation>): Promise<number[]> {
  const { entries } = await who.ask({ op: "history", limit: 50, everyone: true, ...options });
  return entries.map(({ id }) => id);
}

Deno.test("everyone's history has all conversations, read or not, newest first, in pages", async () => {
  using bench = new HubBench();
  const { first, other, second, third } = await talks(bench);
  const onlooker = bench.open();
  assert.deepEqual(await past(onlooker, {}), [third, second, other, first]);
  const page = await onlooker.ask({ op: "history", limit: 3, everyone: true });
  assert.deepEqual(page.entries.map(({ id }) => id), [third, second, other]);
  assert.equal(page.older, true);
  const last = { op: "history", limit: 3, everyone: true, before: other } as const;
  const { entries, older } = await onlooker.ask(last);
  assert.deepEqual([entries.map(({ id }) => id), older], [[first], false]);
  assert.deepEqual(entries[0]!.to.map(({ name, state }) => [name, state]), [["bob", "accepted"]]);
});

Deno.test("everyone's history can be searched, and asked for one name", async () => {
  using bench = new HubBench();
  const { bob, first, other, second, third } = await talks(bench);
  assert.deepEqual(await past(bench.open(), { search: "OF TWO" }), [other]);
  assert.deepEqual(await past(bench.open(), { with: "carol" }), [third, other]);
  await bob.check();
  assert.deepEqual(await past(bench.open(), { with: "bob" }), [second, other, first]);
  assert.deepEqual(await past(bench.open(), { with: "bob", before: second }), [other, first]);
});

Deno.test("history of a thread has the whole conversation, whichever of its messages is named", async () => {
  using bench = new HubBench();
  const { carol, bob, first, other, second, third } = await talks(bench);
  for (const thread of [first, second, third]) {
    assert.deepEqual(await past(bench.open(), { thread }), [third, second, first]);
  }
  assert.deepEqual(await past(bench.open(), { thread: other }), [other]);
  assert.deepEqual(await past(bench.open(), { thread: 99 }), []);
  assert.deepEqual(await past(bench.open(), { thread: first, with: "carol" }), [third]);
  assert.deepEqual(await past(bench.open(), { thread: first, search: "second" }), [second]);
  assert.deepEqual(await past(bob, { thread: first, everyone: false }), [second]);
  assert.deepEqual(await past(carol, { thread: first, everyone: false }), []);
});

Deno.test("member that does not ask for everyone's history sees its own alone", async () => {
  using bench = new HubBench();
  const { carol, other } = await talks(bench);
  assert.deepEqual(await past(carol, { everyone: false }), [other]);
});

Deno.test("page of everyone's history has no more text than its limit, and says that there is more", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  for (let n = 0; n < 4; n++) await alice.send(["bob"], "x".repeat(limits.historyTextBytes / 7));
  const { entries, older } = await bench.open().ask({ op: "history", limit: 50, everyone: true });
  assert.deepEqual([entries.length, older], [2, true]);
});
