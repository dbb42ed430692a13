import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

const dayMs = 24 * 3600_000;

/** Lets time go on, and the clean-up with it until its round is over. */
async function later(bench: HubBench, days: number): Promise<void> {
  await bench.turn(days * dayMs + limits.tidyPauseMs);
  for (let step = 0; step < 20; step++) {
    await bench.hub.tidy();
    await settled();
  }
}

async function texts(member: HubMember): Promise<string[]> {
  const { entries } = await member.ask({ op: "history", limit: 200 });
  return entries.map(({ text }) => text);
}

async function read(member: HubMember): Promise<void> {
  const { messages } = await member.check();
  await member.ask({ op: "ack", messages: messages.map(({ id }) => id) });
}

Deno.test("what was read is kept for a month and then forgotten", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ name: "bob" });
  await alice.send(["bob"], "old");
  await read(bob);
  await later(bench, 29);
  await alice.send(["bob"], "new");
  await read(bob);
  assert.deepEqual(await texts(alice), ["new", "old"]);
  await later(bench, 2);
  assert.deepEqual([await texts(alice), await texts(bob)], [["new"], ["new"]]);
});

Deno.test("what is unread waits for an agent that is here, and a month for one that is not", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const here = await bench.join({ name: "here" });
  const gone = await bench.join({ name: "gone", directory: "/far" });
  gone.session.end();
  await alice.send(["here", "gone"], "hi");
  await later(bench, 29);
  const { members } = await alice.ask({ op: "list" });
  assert.equal(members.find(({ name }) => name === "here")?.unread, 1);
  await later(bench, 2);
  const back = await bench.join({ name: "gone", directory: "/far" });
  assert.deepEqual(await back.texts(), []);
  assert.deepEqual(await here.texts(), ["hi"]);
});

Deno.test("message to a name that nobody took is kept for a week, and the name with it", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await alice.send(["nobody"], "hi");
  const unclaimed = async () => (await alice.ask({ op: "list" })).unclaimed;
  await later(bench, 6);
  assert.deepEqual(await unclaimed(), [{ name: "nobody", unread: 1 }]);
  await later(bench, 2);
  assert.deepEqual(await unclaimed(), []);
  const { entries } = await alice.ask({ op: "history", limit: 5 });
  assert.deepEqual(
    entries.map(({ text, to }) => [text, to]),
    [["hi", []]],
    "its sender has it still",
  );
  await later(bench, 30);
  const names = bench.store.inner.batch(
    bench.store.reign().epoch,
    [({ mailboxes }) => mailboxes.all().map(({ name }) => name)],
    { grows: false },
  );
  assert.deepEqual(names, [{ done: ["alice"] }]);
});

Deno.test("agent that is here keeps its name however long it has been there", async () => {
  using bench = new HubBench();
  const terminal = await bench.join({ name: "terminal", shared: true });
  const alice = await bench.join({ name: "alice" });
  await later(bench, 60);
  assert.deepEqual((await alice.ask({ op: "list" })).members.length, 2);
  await alice.send(["terminal"], "still there");
  assert.deepEqual(await terminal.texts(), ["still there"]);
});

Deno.test("store beyond its size forgets what was read, the oldest first, in small steps, and reuses its pages", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ name: "bob" });
  await alice.send(["alice"], "unread");
  const text = "x".repeat(limits.textBytes / 2);
  const count = Math.ceil(limits.historyBytes / text.length) + 8;
  for (let n = 0; n < count; n++) {
    await alice.send(["bob"], text);
    await read(bob);
    // All of it at once would be beyond what one member may send.
    if (n === 100) await bench.turn(1_000);
  }
  const full = bench.store.sizeBytes();
  assert.ok(full > limits.historyBytes);
  const kept = async () => {
    let count = 0;
    for (let before = Number.MAX_SAFE_INTEGER, older = true; older;) {
      const page = await alice.ask({ op: "history", limit: 200, before });
      count += page.entries.length;
      older = page.older;
      before = page.entries.at(-1)?.id ?? 1;
    }
    return count;
  };
  assert.equal(await kept(), count + 1);
  await bench.hub.tidy();
  assert.equal(await kept(), count + 1 - 3, "one step forgets little more than its bytes");
  await later(bench, 0);
  assert.ok(await kept() < count - 3);
  assert.deepEqual(await alice.texts(), ["unread"], "what is unread stays");
  await alice.send(["bob"], text);
  assert.ok(bench.store.sizeBytes() <= full, "the file does not grow while it has free pages");
});

/** A bench with a message that its reader has read, and its sender. */
async function benchWithRead() {
  const bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ name: "bob" });
  await alice.send(["bob"], "read");
  await read(bob);
  return { bench, alice };
}

Deno.test("nothing is forgotten early when the wall clock jumps on, nor when it is set right again", async () => {
  const { bench, alice } = await benchWithRead();
  using _ = bench;
  bench.time.stepWall(60 * dayMs);
  await later(bench, 0);
  await later(bench, 0.9);
  assert.deepEqual(await texts(alice), ["read"]);
  bench.time.stepWall(-60 * dayMs);
  await later(bench, 28);
  assert.deepEqual(await texts(alice), ["read"]);
  await later(bench, 2);
  assert.deepEqual(await texts(alice), []);
});

Deno.test("a wall clock that jumped on and stays so for a day is believed", async () => {
  const { bench, alice } = await benchWithRead();
  using _ = bench;
  bench.time.stepWall(60 * dayMs);
  await later(bench, 0);
  await later(bench, 1);
  assert.deepEqual(await texts(alice), []);
});

Deno.test("a wall clock that jumps on again after it was believed is doubted again", async () => {
  const { bench, alice } = await benchWithRead();
  using _ = bench;
  bench.time.stepWall(10 * dayMs);
  await later(bench, 0);
  await later(bench, 1);
  bench.time.stepWall(60 * dayMs);
  await later(bench, 0);
  assert.deepEqual(await texts(alice), ["read"]);
});

Deno.test("what has long been due is forgotten while the wall clock is doubted", async () => {
  const { bench, alice } = await benchWithRead();
  using _ = bench;
  await bench.turn(31 * dayMs);
  bench.time.stepWall(60 * dayMs);
  await later(bench, 0);
  assert.deepEqual(await texts(alice), []);
});
