import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { AttendOperation } from "../../lib/core/operations.ts";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

const place = { client: "claude", directory: "/shop" };
const agent = { ...place, session: "s-1", parent: 70 };

/** A process that attends as a hook of that session does. */
async function attend(bench: HubBench, of: Partial<AttendOperation>): Promise<HubMember> {
  const hook = bench.open();
  await hook.ask({ op: "attend", instance: hook.instance, ...place, ...of });
  return hook;
}

function nobody(bench: HubBench, of: Partial<AttendOperation>): Promise<void> {
  return assert.rejects(attend(bench, of), { code: "not_joined", message: /No agent of this/ });
}

Deno.test("hook reads what came for its session, and the session does not see it again", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...agent, name: "alice" });
  const bob = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  const { id } = await bob.send(["alice"], "for her");
  const hook = bench.open();
  const attended = await hook.ask({
    op: "attend",
    instance: hook.instance,
    ...place,
    session: "s-1",
  });
  assert.deepEqual(attended, { name: "alice", unread: 1 });
  assert.deepEqual(await hook.texts(), ["for her"]);
  await hook.ask({ op: "ack", messages: [id] });
  hook.session.end();
  await settled();
  assert.deepEqual(await alice.texts(), []);
  const { entries } = await bob.ask({ op: "history", limit: 1 });
  assert.equal(entries[0]!.to[0]!.state, "read");
});

Deno.test("messages of a hook that ends before it says so are queued again, marked", async () => {
  using bench = new HubBench();
  const alice = await bench.join(agent);
  const bob = await bench.join({ client: "gemini", directory: "/b" });
  await bob.send(["claude-shop"], "for her");
  const hook = await attend(bench, { session: "s-1" });
  assert.deepEqual(await hook.texts(), ["for her"]);
  const waiting = alice.check(60_000);
  hook.session.end();
  const [message] = (await waiting).messages;
  assert.deepEqual([message!.text, message!.redelivered], ["for her", true]);
});

Deno.test("hook makes nobody be here, and its end makes nobody leave", async () => {
  using bench = new HubBench();
  const bob = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  const alice = await bench.join({ ...agent, name: "alice" });
  const hook = await attend(bench, { session: "s-1" });
  hook.session.end();
  await settled();
  assert.deepEqual((await bob.send(["alice"])).recipients[0]!.presence, "here");
  const late = await attend(bench, { session: "s-1" });
  alice.session.end();
  await settled();
  assert.deepEqual((await bob.send(["alice"])).recipients[0]!.presence, "away");
  late.session.end();
  await settled();
});

Deno.test("who knows neither the session nor descends from its client attends nobody", async () => {
  using bench = new HubBench();
  await bench.join(agent);
  await nobody(bench, {});
  await nobody(bench, { session: "s-2" });
  await nobody(bench, { session: "s-2", ancestors: [70] });
  await nobody(bench, { ancestors: [71, 1] });
  await nobody(bench, { session: "s-1", client: "gemini" });
  await nobody(bench, { session: "s-1", directory: "/shopping" });
  await attend(bench, { session: "s-1", directory: "/shop/src" });
});

Deno.test("hook finds a session that told no id by the client both descend from", async () => {
  using bench = new HubBench();
  await bench.join({ ...place, parent: 70 });
  await bench.join({ ...place, parent: 80 });
  const hook = bench.open();
  const ask = { op: "attend", instance: hook.instance, ...place } as const;
  const { name } = await hook.ask({ ...ask, session: "s-9", ancestors: [5, 80] });
  assert.equal(name, "claude-shop-2");
  const next = await attend(bench, { session: "s-9" });
  assert.equal((await next.ask({ op: "status" })).me, "claude-shop-2", "the session is known now");
});

Deno.test("hook of a client that runs two sessions in one directory attends neither", async () => {
  using bench = new HubBench();
  const first = await bench.join({ ...place, parent: 70 });
  await bench.join({ ...place, parent: 70 });
  await nobody(bench, { ancestors: [70] });
  await first.hello({ ...place, parent: 70, session: "s-1" });
  const hook = await attend(bench, { session: "s-2", ancestors: [70] });
  assert.equal((await hook.ask({ op: "status" })).me, "claude-shop-2");
});

Deno.test("hook may read and wait, and nothing that speaks in the name of its session", async () => {
  using bench = new HubBench();
  await bench.join(agent);
  const hook = await attend(bench, { session: "s-1" });
  const refusal = { code: "bad_request", message: /attends for a member may not ask for/ };
  await assert.rejects(hook.send(["*"]), refusal);
  await assert.rejects(hook.ask({ op: "rename", name: "mine" }), refusal);
  await assert.rejects(hook.ask({ op: "history", limit: 1 }), refusal);
  await assert.rejects(hook.ask({ op: "room", room: "x", inside: true }), refusal);
  await assert.rejects(hook.hello({ name: "other" }), refusal);
  await assert.rejects(hook.ask({ op: "attend", instance: "i", ...place }), refusal);
});

Deno.test("session's id is told to nobody", async () => {
  using bench = new HubBench();
  await bench.join({ ...agent, session: "the-secret-id", name: "alice" });
  const bob = await bench.join({ client: "gemini", directory: "/b" });
  await attend(bench, { session: "the-secret-id", activity: "idle" });
  await bob.send(["alice"]);
  await bob.ask({ op: "list" });
  await bob.ask({ op: "history", limit: 5 });
  await bob.ask({ op: "status" });
  await bob.ask({ op: "rename", name: "alice" }).catch(() => {});
  assert.doesNotMatch(JSON.stringify(bob.replies), /the-secret-id/);
});

Deno.test("hooks tell what the session does, until its process goes", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...agent, name: "alice" });
  const bob = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  const seen = async () => {
    const { recipients } = await bob.send(["alice"]);
    const { activity, activitySinceMs, reach } = recipients[0]!;
    return [activity, activitySinceMs, reach];
  };
  assert.deepEqual(await seen(), [undefined, undefined, undefined]);
  await attend(bench, { session: "s-1" });
  assert.deepEqual(await seen(), [undefined, undefined, "hooks"]);
  await bench.turn(500);
  const idleMs = bench.clock.wallMs();
  await attend(bench, { session: "s-1", activity: "idle" });
  await bench.turn(500);
  assert.deepEqual(await seen(), ["idle", idleMs, "hooks"]);
  await alice.ask({ op: "list" });
  const workingMs = bench.clock.wallMs();
  await bench.turn(500);
  assert.deepEqual(await seen(), ["working", workingMs, "hooks"], "its model called a tool");
  alice.session.end();
  await bench.join({ ...agent, name: "alice" });
  assert.deepEqual(await seen(), [undefined, undefined, undefined]);
});

Deno.test("hook that comes right after a takeover waits for its session to be back", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...agent, name: "alice" });
  bench.takeOver();
  const hook = attend(bench, { session: "s-1" });
  await bench.turn(limits.returnMs / 2);
  const back = bench.open();
  await back.hello({ ...agent, instance: alice.instance, name: "alice" });
  assert.equal((await (await hook).ask({ op: "status" })).me, "alice");
});

Deno.test("check hands over no more text than was asked for, and one message at least", async () => {
  using bench = new HubBench();
  await bench.join({ ...agent, name: "alice" });
  const bob = await bench.join({ client: "gemini", directory: "/b" });
  for (const text of ["é".repeat(50), "b".repeat(10), "c"]) await bob.send(["alice"], text);
  const lengths = async () => {
    const hook = await attend(bench, { session: "s-1" });
    const { messages, more } = await hook.ask({ op: "check", waitMs: 0, textBytes: 99 });
    await hook.ask({ op: "ack", messages: messages.map(({ id }) => id) });
    return [...messages.map(({ text }) => text.length), more];
  };
  assert.deepEqual(await lengths(), [50, 2], "100 bytes alone");
  assert.deepEqual(await lengths(), [10, 1, 0]);
});

Deno.test("session that a hook told of stays that of its member when the member says hello again", async () => {
  using bench = new HubBench();
  const first = await bench.join({ ...place, parent: 70 });
  await attend(bench, { session: "s-1", ancestors: [70] });
  await first.hello({ ...place, parent: 70, branch: "till" });
  await bench.join({ ...place, parent: 70 });
  const hook = await attend(bench, { session: "s-1" });
  assert.equal((await hook.ask({ op: "status" })).me, "claude-shop");
  await first.hello({ ...place, instance: "another process", parent: 80 });
  await nobody(bench, { session: "s-1" });
});
