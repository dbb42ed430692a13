import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import { Member } from "../../lib/member/member.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";
import { settled } from "../support/hub_bench.ts";
import { ScriptedWorld } from "../support/scripted_world.ts";
import { SeededRandom } from "../support/seeded.ts";

/** A member in a world that a test plays, under a clock that it turns. */
class Bench {
  readonly world = new ScriptedWorld();
  readonly time = new SimTime();
  readonly member = new Member({
    world: this.world,
    ports: [1],
    clock: this.time.clockOf(new SimProcess()),
    random: new SeededRandom(1),
  });

  /** A member that follows a broker. */
  static async following(): Promise<Bench> {
    const bench = new Bench();
    bench.member.start();
    await settled();
    return bench;
  }

  /** One that follows and has its name. */
  static async joined(name: string): Promise<Bench> {
    const bench = await Bench.following();
    const joined = bench.join({ name, must: true });
    bench.world.uplink.answer("hello", { name, unread: 0 });
    await joined;
    return bench;
  }

  join(wish: { name?: string; must?: boolean } = {}) {
    const who = { instance: "process", pid: 1, client: "c", directory: "/d" };
    return this.member.join({ op: "hello", ...who, ...wish });
  }

  /** Lets time go on, with all that follows. */
  async turn(forMs: number): Promise<void> {
    const untilMs = this.time.nowMs + forMs;
    do await settled(); while (this.time.advance(untilMs));
    await settled();
  }

  /** The broker goes and another one answers. */
  async takeOver(): Promise<void> {
    this.world.uplink.lose();
    await settled();
  }

  /** The same, and the member has come to it. */
  async followAgain(): Promise<void> {
    await this.takeOver();
    await this.turn(limits.courtesyMs);
  }
}

Deno.test("request before there is a broker goes out once there is one", async () => {
  const bench = new Bench();
  const { reply } = bench.member.request({ op: "list" });
  bench.member.start();
  await settled();
  bench.world.uplink.answer("list", "all");
  assert.equal(await reply, "all");
});

Deno.test("member presents itself to the next broker first, under its name, and would take another", async () => {
  const bench = await Bench.joined("alice");
  const { id, reply } = bench.member.request({ op: "list" });
  await bench.takeOver();
  assert.equal(bench.world.uplinks.length, 2);
  const [hello, list] = bench.world.uplink.sent;
  assert.deepEqual(hello!.operation, {
    op: "hello",
    instance: "process",
    pid: 1,
    client: "c",
    directory: "/d",
    name: "alice",
    must: false,
  });
  assert.deepEqual(list, { id, operation: { op: "list" } });
  bench.world.uplink.answer("list", "all");
  assert.equal(await reply, "all");
});

Deno.test("member that never joined presents itself to nobody; a join that is under way is repeated as it was", async () => {
  const bench = await Bench.following();
  await bench.followAgain();
  assert.deepEqual(bench.world.uplink.operations, []);
  const joined = bench.join({ name: "alice", must: true });
  const [first] = bench.world.uplink.sent;
  await bench.followAgain();
  assert.deepEqual(bench.world.uplink.sent, [first]);
  bench.world.uplink.answer("hello", { name: "alice", unread: 0 });
  assert.equal((await joined).name, "alice");
});

Deno.test("member asks each later broker for the name that the last one gave it", async () => {
  const bench = await Bench.joined("alice");
  const asked = () => (bench.world.uplink.sent[0]!.operation as { name?: string }).name;
  bench.member.renamed("zoe");
  await bench.followAgain();
  assert.equal(asked(), "zoe");
  bench.world.uplink.answer("hello", { name: "c-d", wanted: "zoe", unread: 0 });
  await settled();
  await bench.followAgain();
  assert.equal(asked(), "c-d");
});

Deno.test("requests that are repeated keep their ids and order, and a wait what is left of it", async () => {
  const bench = await Bench.following();
  const ids = [
    bench.member.request({ op: "list" }).id,
    bench.member.request({ op: "check", waitMs: 1_000 }).id,
    bench.member.request({ op: "status" }).id,
  ];
  const requests = bench.world.uplink.sent;
  bench.world.uplink.answer("status", {});
  await bench.turn(400);
  await bench.takeOver();
  assert.deepEqual(bench.world.uplink.sent, [
    requests[0],
    { id: ids[1], operation: { op: "check", waitMs: 600 } },
  ]);
});

Deno.test("member with nothing to ask lets others go first after a takeover, but not for long", async () => {
  const bench = await Bench.joined("alice");
  await bench.takeOver();
  assert.equal(bench.world.looks, 1);
  await bench.turn(limits.courtesyMs);
  assert.equal(bench.world.looks, 2);
});

Deno.test("member that only waits lets others go first, and one that asks does not", async () => {
  const bench = await Bench.joined("alice");
  bench.member.request({ op: "check", waitMs: 10_000 });
  await bench.takeOver();
  assert.equal(bench.world.looks, 1);
  bench.member.request({ op: "list" });
  await settled();
  assert.equal(bench.world.looks, 2);
  await bench.takeOver();
  assert.equal(bench.world.looks, 3, "the list has no answer yet");
});

Deno.test("member that begins looks at once", async () => {
  const bench = new Bench();
  bench.member.start();
  await settled();
  assert.equal(bench.world.looks, 1);
});

Deno.test("second answer to a request changes nothing", async () => {
  const bench = await Bench.following();
  const { id, reply } = bench.member.request({ op: "list" });
  bench.world.uplink.reply({ id, ok: "first" });
  bench.world.uplink.reply({ id, ok: "second" });
  bench.world.uplink.reply({ id: 999, ok: "nobody asked" });
  assert.equal(await reply, "first");
});

Deno.test("error that the broker answers is the caller's, by its code", async () => {
  const bench = await Bench.following();
  const { id, reply } = bench.member.request({ op: "list" });
  const rejected = assert.rejects(reply, { code: "store_full", message: "full" });
  bench.world.uplink.reply({ id, error: { code: "store_full", message: "full" } });
  await rejected;
});

Deno.test("calls fail when there was no broker for ten seconds, and later ones wait anew", async () => {
  const bench = await Bench.following();
  bench.world.events.push(
    { kind: "refused", error: new HustingsError("version", "on purpose") },
  );
  await bench.followAgain();
  assert.equal(bench.member.state.kind, "stopped");
  bench.world.events.push(
    ...Array.from({ length: 999 }, () => ({ kind: "vanished", port: 1 }) as const),
  );
  const outcome = bench.member.request({ op: "list" }).reply.catch(({ code }) => code);
  await bench.turn(limits.busDownMs);
  assert.equal(await outcome, "bus_down");
  bench.world.events.length = 0;
  const { reply } = bench.member.request({ op: "list" });
  await bench.turn(limits.pauseMsMax);
  bench.world.uplink.answer("list", "back");
  assert.equal(await reply, "back");
});

Deno.test("calls wait on where the broker is seen to run and is slow", async () => {
  const bench = await Bench.following();
  // A look that waits for one who says nothing.
  bench.world.look = () => new Promise(() => {});
  bench.world.uplink.lose();
  let failed = false;
  const { reply } = bench.member.request({ op: "list" });
  const outcome = reply.catch(({ code }) => {
    failed = true;
    return code;
  });
  bench.world.isSlow = true;
  await bench.turn(limits.busDownMs);
  assert.ok(!failed);
  bench.world.isSlow = false;
  await bench.turn(limits.busDownMs);
  assert.equal(await outcome, "bus_down");
});

Deno.test("election that stopped fails the calls with its reason, and begins again at the next call", async () => {
  const bench = new Bench();
  bench.world.events.push({ kind: "refused", error: new HustingsError("version", "on purpose") });
  const failed = assert.rejects(bench.member.request({ op: "list" }).reply, { code: "version" });
  bench.member.start();
  await failed;
  const { reply } = bench.member.request({ op: "list" });
  await settled();
  bench.world.uplink.answer("list", "all");
  assert.equal(await reply, "all");
});

Deno.test("broker that cannot take the member fails its calls, and hears hello again at the next one", async () => {
  const bench = await Bench.joined("alice");
  const { reply } = bench.member.request({ op: "list" });
  const failed = assert.rejects(reply, { code: "store_full" });
  await bench.takeOver();
  const [hello] = bench.world.uplink.sent;
  bench.world.uplink.reply({ id: hello!.id, error: { code: "store_full", message: "full" } });
  await failed;
  bench.member.request({ op: "status" }).reply.catch(() => {});
  assert.deepEqual(bench.world.uplink.operations, ["hello", "list", "hello", "status"]);
  bench.world.uplink.answer("hello", { name: "alice", unread: 0 });
  await settled();
  bench.member.request({ op: "list" }).reply.catch(() => {});
  assert.equal(bench.world.uplink.operations.at(-2), "status", "once it is in, no more hellos");
});

Deno.test("leave says goodbye, waits for the answer no longer than it may, and hangs up", async () => {
  const bench = await Bench.joined("alice");
  const { uplink } = bench.world;
  let left = false;
  const leaving = bench.member.leave().then(() => left = true);
  await bench.turn(limits.resignMs / 2 - 1);
  assert.deepEqual([uplink.operations.at(-1), uplink.closed, left], ["bye", false, false]);
  await bench.turn(1);
  await leaving;
  assert.deepEqual([uplink.closed, bench.member.state.kind], [true, "resigned"]);
});

Deno.test("leave while the member looks for a broker ends the search", async () => {
  const bench = await Bench.joined("alice");
  bench.world.uplink.lose();
  await bench.member.leave();
  const { looks } = bench.world;
  await bench.turn(60_000);
  assert.deepEqual([bench.world.uplinks.length, bench.world.looks], [1, looks]);
});
