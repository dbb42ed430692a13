import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { Activity, WatchResult } from "../../lib/core/types.ts";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

const agent = { client: "claude", directory: "/shop", session: "s-1" };

interface Scene {
  readonly alice: HubMember;
  readonly bob: HubMember;
}

async function scene(bench: HubBench): Promise<Scene> {
  const alice = await bench.join({ ...agent, name: "alice" });
  const bob = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  return { alice, bob };
}

async function hook(bench: HubBench, activity?: Activity): Promise<HubMember> {
  const process = bench.open();
  const { client, directory, session } = agent;
  const what = activity === undefined ? {} : { activity };
  const { instance } = process;
  await process.ask({ op: "attend", instance, client, directory, session, ...what });
  return process;
}

/** A watch, and what it answered so far. */
function watch(who: HubMember, after = 0, waitMs = 600_000) {
  const seen: WatchResult[] = [];
  const done = who.ask({ op: "watch", waitMs, after }).then((result) => seen.push(result));
  done.catch(() => {});
  return { seen, done };
}

const nothing = { count: 0, from: [] };

Deno.test("watch sees what comes and takes nothing of it", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  const { seen } = watch(await hook(bench));
  await bench.turn(1);
  assert.deepEqual(seen, []);
  const { id } = await bob.send(["alice"], "wake up");
  await bench.turn(1);
  assert.deepEqual(seen, [{ count: 1, from: ["bob"], newest: id }]);
  assert.deepEqual(await alice.texts(), ["wake up"]);
});

Deno.test("watch sees at once what is queued already, but for what was announced before", async () => {
  using bench = new HubBench();
  const { bob } = await scene(bench);
  const { id } = await bob.send(["alice"]);
  const first = watch(await hook(bench));
  await first.done;
  assert.deepEqual(first.seen, [{ count: 1, from: ["bob"], newest: id }]);
  const second = watch(await hook(bench), id);
  await bench.turn(1_000);
  assert.deepEqual(second.seen, []);
  const carol = await bench.join({ client: "codex", directory: "/c", name: "carol" });
  const later = await carol.send(["alice"]);
  await bench.turn(1);
  assert.deepEqual(second.seen, [{ count: 1, from: ["carol"], newest: later.id }]);
});

Deno.test("check that waits gets the message, and the watch sees none of it", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  const { seen } = watch(await hook(bench));
  const waiting = alice.check(60_000);
  await bench.turn(1);
  await bob.send(["alice"], "for the check");
  assert.deepEqual((await waiting).messages.map(({ text }) => text), ["for the check"]);
  await bench.turn(1_000);
  assert.deepEqual(seen, []);
  await bob.send(["alice"], "for the watch");
  await bench.turn(1);
  assert.equal(seen.length, 1);
});

Deno.test("watch sees what a check for another answer left, once that check ends", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  const { seen } = watch(await hook(bench));
  const waiting = alice.check(10_000, 12345);
  await bench.turn(1);
  await bob.send(["alice"]);
  await bench.turn(5_000);
  assert.deepEqual(seen, []);
  await bench.turn(5_001);
  await waiting;
  assert.equal(seen.length, 1);
});

Deno.test("watch sees what a check left that found its answer", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  const question = await alice.send(["bob"], "question");
  const { seen } = watch(await hook(bench));
  const waiting = alice.check(60_000, question.id);
  await bench.turn(1);
  const aside = await bob.send(["alice"], "aside");
  await bob.send([], "answer", question.id);
  assert.deepEqual((await waiting).messages.map(({ text }) => text), ["answer"]);
  await bench.turn(1);
  assert.deepEqual(seen, [{ count: 1, from: ["bob"], newest: aside.id }]);
});

Deno.test("watch wakes nobody for a message that a check which came at that moment takes", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  await bob.send(["alice"], "for the check");
  const watcher = await hook(bench);
  const { seen } = watch(watcher);
  const { messages } = await alice.check();
  assert.deepEqual(messages.map(({ text }) => text), ["for the check"]);
  await bench.turn(1_000);
  assert.deepEqual(seen, []);
  await bob.send(["alice"], "for the watch");
  await bench.turn(1);
  assert.equal(seen.length, 1);
});

Deno.test("watch wakes no session that begins to work while it looks", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  await hook(bench, "idle");
  await bob.send(["alice"]);
  const { seen } = watch(await hook(bench));
  const listed = alice.ask({ op: "list" });
  await listed;
  await bench.turn(limits.workingMs - 1);
  assert.deepEqual(seen, []);
  await bench.turn(1);
  assert.equal(seen.length, 1);
});

Deno.test("session at work is not woken: its hooks have the time of its turn", async () => {
  using bench = new HubBench();
  const { bob } = await scene(bench);
  await hook(bench, "working");
  const { seen } = watch(await hook(bench));
  await bob.send(["alice"]);
  await bench.turn(limits.workingMs - 1_000);
  assert.deepEqual(seen, []);
  await hook(bench, "idle");
  await settled();
  assert.equal(seen.length, 1, "its turn is over and nothing took the message");
});

Deno.test("session that was interrupted is woken when it gives no more sign of work", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  await hook(bench, "working");
  const { seen } = watch(await hook(bench));
  await bench.turn(10_000);
  await alice.ask({ op: "list" });
  await bob.send(["alice"]);
  await bench.turn(limits.workingMs - 1);
  assert.deepEqual(seen, [], "the tool call was a sign");
  await bench.turn(1);
  assert.equal(seen.length, 1);
});

Deno.test("watch sees a message that was handed to a process which died", async () => {
  using bench = new HubBench();
  const { alice, bob } = await scene(bench);
  await bob.send(["alice"]);
  const dying = await hook(bench);
  await dying.check();
  const { seen } = watch(alice);
  await bench.turn(1);
  assert.deepEqual(seen, []);
  dying.session.end();
  await bench.turn(1);
  assert.deepEqual(seen.map(({ count }) => count), [1]);
});

Deno.test("newest watch takes the place of the older one, which is told", async () => {
  using bench = new HubBench();
  const { bob } = await scene(bench);
  const first = watch(await hook(bench), 3);
  await bench.turn(1);
  const second = watch(await hook(bench));
  await first.done;
  assert.deepEqual(first.seen, [{ ...nothing, newest: 3, replaced: true }]);
  await bob.send(["alice"]);
  await bench.turn(1);
  assert.equal(second.seen.length, 1);
});

Deno.test("watch ends with nothing when its time is over, or its caller wants it no longer", async () => {
  using bench = new HubBench();
  const { alice } = await scene(bench);
  const timed = watch(alice, 7, 1_000);
  await bench.turn(1_000);
  assert.deepEqual(timed.seen, [{ ...nothing, newest: 7 }]);
  const cancelled = watch(alice, 7);
  await bench.turn(1);
  await alice.ask({ op: "cancel", request: alice.lastId });
  await cancelled.done;
  assert.deepEqual(cancelled.seen, [{ ...nothing, newest: 7 }]);
});

Deno.test("session is said to be woken while something watches for it, and not longer", async () => {
  using bench = new HubBench();
  const { bob } = await scene(bench);
  const watcher = await hook(bench, "idle");
  const reach = async () => (await bob.send(["alice"])).recipients[0]!.reach;
  watch(watcher, 1_000_000);
  await bench.turn(1);
  assert.equal(await reach(), "wake");
  watcher.session.end();
  assert.equal(await reach(), "hooks");
});
