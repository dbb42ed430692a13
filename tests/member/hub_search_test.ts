import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { HistoryResult } from "../../lib/core/types.ts";
import { HubBench } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

function search(
  member: HubMember,
  wanted: string,
  more: { limit?: number; before?: number; with?: string } = {},
): Promise<HistoryResult> {
  return member.ask({ op: "history", limit: 10, search: wanted, ...more });
}

async function textsOf(found: Promise<HistoryResult>): Promise<string[]> {
  return (await found).entries.map(({ text }) => text);
}

Deno.test("search finds a part of a text or of a name, whatever its letters' case, newest first", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice", client: "a" });
  const bob = await bench.join({ name: "Bob", client: "b" });
  await alice.send(["Bob"], "The PORT is 8080");
  await alice.send(["carol"], "nothing of it");
  await bob.send(["alice"], "which port? Ärger");
  await alice.check();
  await alice.ask({ op: "ack", messages: [3] });
  assert.deepEqual(await textsOf(search(alice, " port")), [
    "which port? Ärger",
    "The PORT is 8080",
  ]);
  assert.deepEqual(await textsOf(search(alice, "ärGER")), ["which port? Ärger"]);
  assert.deepEqual(await textsOf(search(alice, "CAR")), ["nothing of it"]);
  assert.deepEqual(await textsOf(search(alice, "bob")), ["which port? Ärger", "The PORT is 8080"]);
  assert.deepEqual(await textsOf(search(alice, "port", { with: "carol" })), []);
  assert.deepEqual(await textsOf(search(bob, "nothing")), [], "what it neither sent nor got");
});

Deno.test("search that is for nothing is refused", async () => {
  using bench = new HubBench();
  const alice = await bench.join();
  await assert.rejects(search(alice, "  "), { code: "bad_request", message: /is for nothing/ });
});

Deno.test("search stops after the messages that one request may look at, and goes on from there", async () => {
  using bench = new HubBench();
  const alice = await bench.join();
  await alice.send(["bob"], "needle");
  for (let n = 0; n < limits.searchedMessages; n++) await alice.send(["bob"], "hay");
  const first = await search(alice, "needle");
  assert.deepEqual(first, { entries: [], older: true, searchedTo: 2 });
  const second = await search(alice, "needle", { before: first.searchedTo! });
  assert.deepEqual(second.entries.map(({ id }) => id), [1]);
  assert.deepEqual([second.older, second.searchedTo], [false, 1]);
  assert.deepEqual(await search(alice, "needle", { before: 1 }), { entries: [], older: false });
});

Deno.test("search stops after the text that one request may look at, and takes one message at least", async () => {
  using bench = new HubBench();
  const alice = await bench.join();
  const large = "x".repeat(limits.searchedBytes / 6 + 1);
  for (const text of ["needle", large, large]) await alice.send(["bob"], text);
  const first = await search(alice, "needle");
  assert.deepEqual([first.entries, first.older, first.searchedTo], [[], true, 3]);
  const second = await search(alice, "needle", { before: 3 });
  assert.deepEqual(second.entries.map(({ id }) => id), [1]);
});

Deno.test("search that has found enough says whether there is more to look at", async () => {
  using bench = new HubBench();
  const alice = await bench.join();
  for (const text of ["one", "two", "one more"]) await alice.send(["bob"], text);
  const first = await search(alice, "one", { limit: 1 });
  assert.deepEqual([first.entries.map(({ id }) => id), first.older, first.searchedTo], [
    [3],
    true,
    3,
  ]);
  const second = await search(alice, "one", { limit: 1, before: 3 });
  assert.deepEqual([second.entries.map(({ id }) => id), second.older], [[1], false]);
});

Deno.test("search answers with no more text than fits, and goes on with what did not", async () => {
  using bench = new HubBench();
  const alice = await bench.join();
  const long = "long".repeat(limits.historyTextBytes / 4 / 3 / 2 + 1);
  for (const n of [1, 2, 3]) await alice.send(["bob"], `${n} ${long}`);
  const first = await search(alice, "long");
  assert.deepEqual([first.entries.map(({ id }) => id), first.older, first.searchedTo], [
    [3],
    true,
    3,
  ]);
  const second = await search(alice, "long", { before: 3 });
  assert.deepEqual(second.entries.map(({ id }) => id), [2]);
});
