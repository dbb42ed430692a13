import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

const message = {
  op: "import",
  message: "derived",
  from: "fred",
  to: "barney",
  text: "bowling?",
  source: "stone-age",
  written: "yesterday",
} as const;
const text = "(imported from stone-age; written yesterday)\n\nbowling?";

function adopt(member: HubMember, name: string, former?: string, untilMs?: number) {
  return member.ask({
    op: "adopt",
    name,
    ...(former === undefined ? {} : { former }),
    ...(untilMs === undefined ? {} : { untilMs }),
  });
}

Deno.test("imported message comes once, says that it was imported, and is from who wrote it", async () => {
  using bench = new HubBench();
  const porter = await bench.join({ name: "porter", client: "terminal" });
  assert.deepEqual(await porter.ask(message), { isNew: true });
  assert.deepEqual(await porter.ask(message), { isNew: false });
  const barney = await bench.join({ name: "barney", client: "b" });
  const { messages } = await barney.check();
  const atMs = bench.clock.wallMs();
  assert.deepEqual(messages, [{ id: 1, from: "fred", to: ["barney"], atMs, text, thread: 1 }]);
});

Deno.test("imported message wakes its reader, and an answer waits for who wrote it", async () => {
  using bench = new HubBench();
  const porter = await bench.join({ name: "porter", client: "terminal" });
  const barney = await bench.join({ name: "barney", client: "b" });
  const waiting = barney.check(1000);
  await porter.ask(message);
  assert.equal((await waiting).messages[0]?.text, text);
  await barney.ask({ op: "send", message: "answer", to: [], text: "at six", replyTo: 1 });
  const fred = await bench.join({ name: "fred", client: "f" });
  assert.deepEqual(await fred.texts(), ["at six"]);
});

Deno.test("imported message is kept from its import on, as long as any other", async () => {
  using bench = new HubBench();
  const porter = await bench.join({ name: "porter", client: "terminal" });
  await porter.ask(message);
  await bench.turn(limits.keepMs - 1);
  await bench.hub.tidy();
  const barney = await bench.join({ name: "barney", client: "b" });
  assert.deepEqual(await barney.texts(), [text]);
});

Deno.test("import refuses names that nobody can have, and texts that are too large", async () => {
  using bench = new HubBench();
  const porter = await bench.join({ name: "porter", client: "terminal" });
  for (const wrong of [{ from: "system" }, { to: "a b" }, { from: "" }]) {
    await assert.rejects(porter.ask({ ...message, ...wrong }), { code: "bad_name" });
  }
  const large = "x".repeat(limits.textBytes);
  await assert.rejects(porter.ask({ ...message, text: large }), { code: "too_large" });
  await assert.rejects(adopt(porter, "me"), { code: "bad_name" });
  assert.deepEqual(await porter.ask(message), { isNew: true });
});

Deno.test("adopted name forwards for what is left of its time, and no longer than a rename does", async () => {
  using bench = new HubBench();
  const porter = await bench.join({ name: "porter", client: "terminal" });
  const nowMs = bench.clock.wallMs();
  assert.deepEqual(await adopt(porter, "fred"), { isNew: true });
  assert.deepEqual(await adopt(porter, "fred"), { isNew: false });
  assert.deepEqual(await adopt(porter, "fred", "freddy", nowMs + 1000), { isNew: true });
  assert.deepEqual(await adopt(porter, "fred", "freddy", nowMs + 1000), { isNew: false });
  await adopt(porter, "fred", "flint", nowMs + 2 * limits.forwardMs);
  const fred = await bench.join({ name: "fred", client: "f" });
  await porter.send(["freddy", "flint"], "to former names");
  assert.deepEqual(await fred.texts(), ["to former names"]);
  await bench.turn(1000);
  await porter.send(["freddy"], "too late");
  assert.deepEqual(await fred.texts(), []);
  await bench.turn(limits.forwardMs - 1001);
  await porter.send(["flint"], "in time");
  assert.deepEqual(await fred.texts(), ["in time"]);
  await bench.turn(1);
  await porter.send(["flint"], "too late");
  assert.deepEqual(await fred.texts(), []);
});

Deno.test("a name that is somebody's own here does not forward", async () => {
  using bench = new HubBench();
  const porter = await bench.join({ name: "porter", client: "terminal" });
  const untilMs = bench.clock.wallMs() + 1000;
  await assert.rejects(adopt(porter, "fred", "porter", untilMs), { code: "name_in_use" });
  await porter.send(["fred"], "to fred");
  await porter.send(["porter"], "to oneself");
  assert.deepEqual(await porter.texts(), ["to oneself"]);
});
