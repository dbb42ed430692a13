import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench, settled } from "../support/hub_bench.ts";

const other = { client: "gemini", directory: "/other" };

Deno.test("request before hello is refused but for the status, and the member may say hello then", async () => {
  using bench = new HubBench();
  const alice = bench.open();
  for (const op of ["list", "ping", "bye"] as const) {
    await assert.rejects(alice.ask({ op }), { code: "not_joined" });
  }
  await assert.rejects(alice.send(["x"]), { code: "not_joined" });
  const { me, membersHere } = await alice.ask({ op: "status" });
  assert.deepEqual([me, membersHere], ["", 0]);
  assert.equal((await alice.hello()).name, "claude-shop");
  assert.deepEqual((await alice.ask({ op: "list" })).unclaimed, []);
});

Deno.test("requests that follow hello without waiting are carried out after it, in order", async () => {
  using bench = new HubBench();
  const alice = bench.open();
  const results = await Promise.all([
    alice.hello({ name: "alice" }),
    alice.send(["alice"], "first"),
    alice.check(),
    alice.ask({ op: "ping" }),
  ]);
  assert.equal(alice.replies[0]!.id, 1, "hello is answered first");
  assert.deepEqual(results[2].messages.map(({ text }) => text), ["first"]);
});

Deno.test("requests that follow a hello that fails, fail for its reason", async () => {
  using bench = new HubBench();
  const alice = bench.open();
  const outcomes = await Promise.allSettled([
    alice.hello({ name: "not a name" }),
    alice.send(["x"]),
  ]);
  const codes = outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code);
  assert.deepEqual(codes, ["bad_name", "bad_name"]);
  assert.equal((await alice.hello()).name, "claude-shop");
});

Deno.test("member that says hello again and fails is still the one that it was", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  bench.store.fault = new Error("on purpose");
  const outcomes = Promise.allSettled([alice.hello(), alice.ask({ op: "ping" })]);
  await settled();
  bench.store.fault = undefined;
  assert.equal((await outcomes)[0].status, "rejected");
  assert.equal((await alice.ask({ op: "status" })).me, "alice");
});

Deno.test("session that says hello as another process leaves nothing of the first one behind", async () => {
  using bench = new HubBench();
  const session = await bench.join({ name: "first" });
  const watcher = await bench.join({ ...other, name: "watcher" });
  await watcher.send(["first"], "a");
  await session.check();
  await session.hello({ instance: "second-process", name: "second" });
  const presences = async () => {
    const { members } = await watcher.ask({ op: "list" });
    return Object.fromEntries(members.map(({ name, presence }) => [name, presence]));
  };
  assert.deepEqual(await presences(), { first: "away", second: "here", watcher: "here" });
  session.session.end();
  assert.deepEqual(await presences(), { first: "away", second: "away", watcher: "here" });
  const next = await bench.join({ name: "first" });
  assert.deepEqual((await next.check()).messages.map(({ redelivered }) => redelivered), [true]);
});

Deno.test("too many requests under way are refused, and others go on when some are answered", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const checks = Array.from({ length: limits.requestsUnderWay }, () => alice.check(1_000));
  await assert.rejects(alice.ask({ op: "ping" }), { code: "too_many_requests" });
  const neighbour = await bench.join({ ...other, name: "neighbour" });
  await neighbour.ask({ op: "ping" });
  await bench.turn(1_000);
  assert.equal((await Promise.all(checks)).length, limits.requestsUnderWay);
  await alice.ask({ op: "ping" });
});

Deno.test("too many requests that wait for hello are refused", async () => {
  using bench = new HubBench();
  const alice = bench.open();
  const hello = alice.hello();
  const early = Array.from({ length: limits.requestsUnderWay }, () => alice.ask({ op: "ping" }));
  await assert.rejects(alice.ask({ op: "ping" }), { code: "too_many_requests" });
  assert.ok("error" in alice.replies[0]!, "it was refused before hello was answered");
  await Promise.all([hello, ...early]);
});

Deno.test("bye is answered, frees the name, and nothing is answered after it", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  alice.check(60_000);
  assert.deepEqual(await alice.ask({ op: "bye" }), {});
  alice.ask({ op: "ping" });
  await bench.turn(60_000);
  assert.deepEqual(alice.replies.map(({ id }) => id), [1, 3]);
  const next = bench.open();
  assert.equal((await next.hello({ name: "alice", must: true })).name, "alice");
});

Deno.test("process that connects again replaces its older session, which takes nothing with it", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const lost = alice.check(60_000);
  lost.catch(() => {});
  await bench.turn(1);
  const again = bench.open();
  const { instance } = alice;
  assert.equal((await again.hello({ instance, name: "alice", must: true })).name, "alice");
  alice.session.end();
  await settled();
  assert.equal((await again.ask({ op: "status" })).me, "alice");
  const { recipients } = await again.send(["alice"], "to the one that is here");
  assert.deepEqual(recipients, [{ name: "alice", client: "claude", presence: "here" }]);
  assert.deepEqual(await again.texts(), ["to the one that is here"]);
});

Deno.test("member that goes while it joins leaves its name free", async () => {
  using bench = new HubBench();
  const alice = bench.open();
  alice.hello({ name: "alice" });
  alice.session.end();
  await settled();
  assert.deepEqual(alice.replies, []);
  assert.deepEqual(bench.store.instances(), []);
  const { name } = await bench.open().hello({ name: "alice", must: true });
  assert.equal(name, "alice");
});

Deno.test("list says who is here, who waits, who left when, and whose name only has mail", async () => {
  using bench = new HubBench();
  const broker = await bench.join({ name: "zoe" }, true);
  const wallMs = bench.clock.wallMs();
  const alice = await bench.join({ ...other, name: "alice" });
  const gone = await bench.join({ client: "codex", directory: "/gone", name: "gone" });
  await broker.send(["alice", "nobody", "nobody"]);
  alice.check(0, 12345);
  await bench.turn(700);
  gone.session.end();
  alice.check(60_000, 12345);
  await bench.turn(300);
  const member = (name: string, client: string, directory: string) => ({
    ...{ name, client, directory, rooms: [] },
  });
  assert.deepEqual(await alice.ask({ op: "list" }), {
    members: [
      {
        ...member("alice", "gemini", "/other"),
        presence: "waiting",
        sinceMs: wallMs,
        unread: 1,
        me: true,
      },
      {
        ...member("zoe", "claude", "/shop"),
        presence: "here",
        sinceMs: wallMs,
        unread: 0,
        broker: true,
      },
      { ...member("gone", "codex", "/gone"), presence: "away", sinceMs: wallMs + 700, unread: 0 },
    ],
    unclaimed: [{ name: "nobody", unread: 1 }],
  });
  await bench.turn(limits.keepMs);
  const { members } = await alice.ask({ op: "list" });
  assert.deepEqual(
    members.map(({ name }) => name),
    ["alice", "zoe"],
    "gone is forgotten in a week",
  );
});

Deno.test("status says who the broker is, how many are here, and what is queued", async () => {
  using bench = new HubBench();
  const sinceMs = bench.clock.wallMs();
  await bench.join({ name: "zoe" }, true);
  const alice = await bench.join({ ...other, name: "alice" });
  const gone = await bench.join({ client: "codex", directory: "/gone", name: "gone" });
  await alice.send(["zoe", "gone", "alice"]);
  await alice.check();
  gone.session.end();
  await bench.turn(1_000);
  const broker = { name: "zoe", pid: 8, port: 9, epoch: 1, sinceMs, version: "1.2.3" };
  assert.deepEqual(await alice.ask({ op: "status" }), {
    broker,
    me: "alice",
    membersHere: 2,
    membersAway: 1,
    accepted: 2,
    handed: 1,
    storeBytes: 4096,
    home: "/home",
  });
});

Deno.test("history shows a sender all its readers, and a reader itself only", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ ...other, name: "bob" });
  const { id, atMs } = await alice.send(["bob", "carol"], "to both");
  await bob.check();
  await bench.turn(5);
  await bob.ask({ op: "ack", messages: [id] });
  const entry = { id, from: "alice", atMs, text: "to both", thread: id };
  const read = { name: "bob", state: "read", atMs: atMs + 5 };
  const history = { op: "history", limit: 5 } as const;
  assert.deepEqual(await alice.ask(history), {
    entries: [{ ...entry, to: [read, { name: "carol", state: "accepted" }] }],
    older: false,
  });
  assert.deepEqual((await bob.ask(history)).entries, [{ ...entry, to: [read] }]);
  assert.deepEqual((await alice.ask({ ...history, with: "BOB" })).entries.length, 1);
  assert.deepEqual((await alice.ask({ ...history, with: "alice" })).entries, []);
  const refusal = { code: "bad_request", message: /Nobody is called 'dave'/ };
  await assert.rejects(alice.ask({ ...history, with: "dave" }), refusal);
});

Deno.test("history says that there is more exactly when there is", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  for (const text of ["a", "b", "c"]) await alice.send(["bob"], text);
  const page = async (limit: number) => {
    const { entries, older } = await alice.ask({ op: "history", limit });
    return [entries.map(({ text }) => text).join(""), older];
  };
  assert.deepEqual(await page(2), ["cb", true]);
  assert.deepEqual(await page(3), ["cba", false]);
});

Deno.test("history comes in pages that fit a frame, and says when there is more", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const text = "\0".repeat(limits.textBytes);
  const ids = [];
  for (const each of [text, text, "a", "b", "c"]) ids.push((await alice.send(["bob"], each)).id);
  const seen: number[] = [];
  for (let before = Number.MAX_SAFE_INTEGER;;) {
    const result = await alice.ask({ op: "history", limit: 200, before });
    assert.ok(JSON.stringify(result).length < limits.frameBytes);
    seen.push(...result.entries.map(({ id }) => id));
    before = seen.at(-1)!;
    if (!result.older) break;
  }
  assert.deepEqual(seen, ids.toReversed());
});

for (const isSeated of [false, true]) {
  const title = isSeated ? "that is a member" : "that has no answer yet";
  Deno.test(`process keeps its name when a connection of it ${title} ends as the next one joins`, async () => {
    using bench = new HubBench();
    const who = { instance: "of-alice", name: "alice" };
    const older = bench.open();
    const first = older.hello(who);
    if (isSeated) await first;
    const newer = bench.open();
    const joined = newer.hello(who);
    older.session.end();
    assert.equal((await joined).name, "alice");
    await settled();
    assert.deepEqual(bench.store.instances(), ["of-alice"], "the next broker waits for it");
    assert.equal((await newer.hello({ ...who, name: "zoe" })).name, "alice");
    newer.session.end();
    await settled();
    assert.deepEqual(bench.store.instances(), [], "and it is free once that is over, too");
  });
}
