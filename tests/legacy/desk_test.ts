// deno-lint-ignore-file camelcase -- the keys are those of the wire
import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import type { ListResult, Receipt } from "../../lib/core/types.ts";
import type { Operation } from "../../lib/core/operations.ts";
import { DeskBench } from "../support/desk_bench.ts";
import type { LegacyAnswer } from "../support/legacy_scripts.ts";

const hourMs = 3600_000;
const dayMs = 24 * hourMs;
const text = (item: LegacyAnswer) => item.message.content;

/** An agent of the same bus, or a terminal, which is `shared`; rejects where it cannot have the name. */
async function agent(bench: DeskBench, name: string, shared = false) {
  const replies = new Map<number, (reply: LegacyAnswer) => void>();
  const session = bench.hub.open({ reply: (reply) => replies.get(reply.id)?.(reply) });
  let id = 0;
  const ask = async (operation: Operation) => {
    const reply = await new Promise<LegacyAnswer>((resolve) => {
      replies.set(++id, resolve);
      session.receive({ id, operation });
    });
    if (reply.error !== undefined) throw new HustingsError(reply.error.code, reply.error.message);
    return reply.ok;
  };
  const who = { client: "claude", directory: "/shop", pid: 1, instance: `${name}-process` };
  await ask({ op: "hello", ...who, name, must: true, shared });
  const send = (to: string, text: string): Promise<Receipt> =>
    ask({ op: "send", message: `${name}-${id}`, to: [to], text });
  return { ask, send, leave: () => session.end() };
}

Deno.test("no token ends by itself: after a month of checks it is what it was", async () => {
  using bench = await DeskBench.create();
  const bob = await bench.register("bob");
  const claude = await agent(bench, "claude");
  for (let day = 0; day < 30; day++) {
    bench.time.advance(bench.time.nowMs + dayMs);
    await bench.hub.tidy();
    await claude.send("bob", `day ${day}`);
    assert.deepEqual((await bob("check")).messages.map(text), [`day ${day}`]);
  }
});

Deno.test("no name is given away while its script has used it within a week; then its token says so", async () => {
  using bench = await DeskBench.create();
  const bob = await bench.register("bob");
  bench.time.advance(bench.time.nowMs + 6 * dayMs);
  await assert.rejects(agent(bench, "bob"), { code: "name_in_use", message: /a legacy script/ });
  await bob("list");
  bench.time.advance(bench.time.nowMs + 6 * dayMs);
  await assert.rejects(agent(bench, "Bob"), { code: "name_in_use" });
  bench.time.advance(bench.time.nowMs + dayMs);
  const taken = await agent(bench, "bob");
  await taken.send("bob", "to itself");
  assert.equal((await bob("check")).message, "Invalid or missing session token");
  const again = await bench.ask({ action: "register", instance_id: "bob" });
  assert.equal(
    again.message,
    "'bob' is the name of an agent on this bus (claude): choose another name",
  );
});

Deno.test("no script has a name that another has or had by a rename, whoever asks for it first", async () => {
  using bench = await DeskBench.create();
  await bench.register("bob");
  await bench.register("carol");
  for (const former of [await agent(bench, "claude"), await agent(bench, "terminal", true)]) {
    former.leave();
  }
  bench.time.advance(bench.time.nowMs + dayMs);
  const session = bench.hub.open({ reply: () => {} });
  session.joined({ instance: "bob", mailbox: 1, kin: undefined, human: false });
  for (const name of ["claude", "terminal", "carol"]) {
    const rename = bench.hub.carryOut(session, { id: 1, operation: { op: "rename", name } });
    await assert.rejects(rename, { code: "name_in_use" });
  }
});

Deno.test("no name stays on the list for ever, and the times on it are those of the last request", async () => {
  using bench = await DeskBench.create();
  const [bob, carol] = [await bench.register("bob"), await bench.register("carol")];
  const seen = async () =>
    Object.fromEntries(
      (await bob("list")).instances.map((
        { id, last_seen }: LegacyAnswer,
      ) => [id, new Date(last_seen).getTime()]),
    );
  const start = await seen();
  bench.time.advance(bench.time.nowMs + 3 * dayMs);
  assert.deepEqual(await seen(), { bob: start.bob + 3 * dayMs, carol: start.carol });
  await carol("check");
  assert.equal((await seen()).carol, start.carol + 3 * dayMs);
  bench.time.advance(bench.time.nowMs + limits.keepMs);
  assert.deepEqual(Object.keys(await seen()), ["bob"]);
  assert.equal((await carol("list")).status, "ok", "one that comes back is back");
  assert.deepEqual(Object.keys(await seen()).sort(), ["bob", "carol"]);
});

Deno.test("a script is away for those who send to it, since its last request", async () => {
  using bench = await DeskBench.create();
  const bob = await bench.register("bob");
  await bob("list");
  const atMs = bench.clock.wallMs();
  bench.time.advance(bench.time.nowMs + hourMs);
  const claude = await agent(bench, "claude");
  const { recipients } = await claude.send("bob", "hi");
  assert.deepEqual(recipients, [
    { name: "bob", client: "legacy", presence: "away", sinceMs: atMs },
  ]);
  const { members } = await claude.ask({ op: "list" }) as ListResult;
  const member = members.find(({ name }) => name === "bob");
  assert.deepEqual([member?.client, member?.directory, member?.unread], ["legacy", "", 1]);
});

Deno.test("no rate limit lasts longer than scripts were told: a minute, and an hour for names", async () => {
  using bench = await DeskBench.create();
  const bob = await bench.register("bob");
  for (let n = 0; n < 100; n++) await bob("list");
  assert.match((await bob("list")).message, /^Rate limit exceeded/);
  bench.time.advance(bench.time.nowMs + 60_000);
  assert.equal((await bob("list")).status, "ok");
  const rename = (old_id: string, new_id: string) => bob("rename", { old_id, new_id });
  assert.equal((await rename("bob", "rob")).status, "ok");
  bench.time.advance(bench.time.nowMs + hourMs - 60_001);
  const soon = await rename("rob", "bert");
  assert.equal(soon.message, "Rate limit: can rename again in 2 minutes");
  bench.time.advance(bench.time.nowMs + 60_001);
  assert.equal((await rename("rob", "bert")).message, "Renamed rob to bert");
});

Deno.test("no flood of names fills the store: registrations of all together are counted, too", async () => {
  using bench = await DeskBench.create();
  const register = (n: number) => bench.ask({ action: "register", instance_id: `name-${n}` });
  for (let n = 0; n < 300; n++) assert.equal((await register(n)).status, "ok");
  assert.equal((await register(300)).message, "Too many registration attempts. Please wait.");
  bench.time.advance(bench.time.nowMs + 60_000);
  assert.equal((await register(300)).status, "ok");
});

Deno.test("no answer that did not arrive counts as read: the messages come again, and a read one does not", async () => {
  using bench = await DeskBench.create();
  const bob = await bench.register("bob");
  const claude = await agent(bench, "claude");
  const { id } = await claude.send("bob", "once");
  const { session_token } = await bench.ask({ action: "register", instance_id: "bob" });
  const check = { action: "check", instance_id: "bob", session_token };
  const state = async () => {
    const { entries } = await claude.ask({ op: "history", limit: 1 });
    return entries.find((entry: LegacyAnswer) => entry.id === id).to[0].state;
  };
  assert.equal((await bob("check")).status, "error", "the token before");
  assert.deepEqual((await bench.ask(check, false)).messages.map(text), ["once"]);
  assert.equal(await state(), "accepted");
  assert.deepEqual((await bench.ask(check)).messages.map(text), ["once"]);
  assert.equal(await state(), "read");
  assert.deepEqual((await bench.ask(check)).messages, []);
});

Deno.test("no registration is answered that is not on disk, and a store that fails says so", async () => {
  using bench = await DeskBench.create();
  const bob = await bench.register("bob");
  bench.store.fault = new HustingsError("store_full", "The disk is full");
  const refusal = { status: "error", message: "The disk is full" };
  assert.deepEqual(await bench.ask({ action: "register", instance_id: "carol" }), refusal);
  const message = { content: "x" };
  assert.deepEqual(await bob("send", { to_id: "carol", message }), refusal);
  assert.deepEqual(await bob("check"), refusal);
  bench.store.fault = undefined;
  const { instances } = await bob("list");
  assert.deepEqual(instances.map(({ id }: LegacyAnswer) => id), ["bob"]);
});

Deno.test("a broker that was passed over answers nothing", async () => {
  using bench = await DeskBench.create();
  const bob = await bench.register("bob");
  bench.store.claim({ port: 1, pid: 2, atMs: 3 });
  assert.equal(await bob("list"), undefined);
});

Deno.test("a long list is cut to what scripts can read, those that were here last first", async () => {
  using bench = await DeskBench.create();
  const name = (n: number) => `script-${String(n).padStart(25, "0")}`;
  for (let n = 0; n < 900; n++) {
    await bench.ask({ action: "register", instance_id: name(n) });
    bench.time.advance(bench.time.nowMs + 1_000);
  }
  const last = await bench.register(name(900));
  const answer = await last("list");
  assert.ok(JSON.stringify(answer).length <= limits.legacyReplyBytes);
  const ids = answer.instances.map(({ id }: LegacyAnswer) => id);
  assert.ok(ids.length > 400);
  assert.deepEqual(ids, ids.map((_: string, index: number) => name(900 - index)));
});
