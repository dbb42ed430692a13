import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../lib/core/clock.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { MemberBench } from "../support/member_bench.ts";

/** A clock of which no time passes from `stop` to `goOn`: timers that are set meanwhile run from then on. */
class StillClock implements Clock {
  readonly wallMs = systemClock.wallMs;
  readonly monotonicMs = systemClock.monotonicMs;
  #held: Set<() => void> | undefined;

  stop(): void {
    this.#held = new Set();
  }

  goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const arm of held) arm();
  }

  after(delayMs: number, fn: () => void): () => void {
    const held = this.#held;
    if (held === undefined || delayMs === 0) return systemClock.after(delayMs, fn);
    let stop: () => void = () => held.delete(arm);
    const arm = () => stop = systemClock.after(delayMs, fn);
    held.add(arm);
    return () => stop();
  }
}

Deno.test("broker hands over to who asks, and no request of others is lost by it", async () => {
  await using bench = await MemberBench.create();
  const clock = new StillClock();
  const leader = await bench.join("leader", { clock });
  const follower = await bench.join("follower");
  const heir = bench.start({ standing: true });
  await heir.reached("following");
  const waiting = follower.texts(60_000);
  clock.stop();
  const { yields } = await heir.member.request({ op: "handover" }).reply;
  assert.equal(yields, true);
  // Before anybody but the heir knows of it.
  const sending = Promise.all(
    ["one", "two"].map((text) => leader.bus.send({ to: ["nobody"], text })),
  );
  assert.equal((await heir.reached("leading")).port, bench.port);
  clock.goOn();
  assert.deepEqual((await sending).map(({ id }) => id), [1, 2]);
  assert.equal((await leader.reached("following")).epoch, 2);
  await leader.bus.send({ to: ["follower"], text: "to who waited all the time" });
  assert.deepEqual(await waiting, ["to who waited all the time"]);
  assert.deepEqual(heir.states.map(({ kind }) => kind).slice(-3), [
    "seeking",
    "claiming",
    "leading",
  ]);
  const { members } = await follower.bus.list();
  assert.deepEqual(members.map(({ name }) => name), ["follower", "leader"]);
});

Deno.test("who asked for the bus has it before those who have something to ask of it", async () => {
  await using bench = await MemberBench.create();
  const clock = new StillClock();
  const leader = await bench.join("leader", { clock });
  const busy = await Promise.all(["b1", "b2", "b3"].map((name) => bench.join(name)));
  const heir = bench.start({ standing: true });
  await heir.reached("following");
  let isOver = false;
  const sending = busy.map(async ({ bus }) => {
    while (!isOver) await bus.send({ to: ["nobody"], text: "on and on" });
  });
  clock.stop();
  await heir.member.request({ op: "handover" }).reply;
  assert.equal((await heir.reached("leading")).epoch, 2);
  clock.goOn();
  await leader.reached("following");
  isOver = true;
  await Promise.all(sending);
});

Deno.test("what waits for the disk when the bus is handed over is done by the next broker", async () => {
  await using bench = await MemberBench.create();
  const leader = await bench.join("leader");
  const heir = bench.start({ standing: true });
  await heir.reached("following");
  const blocker = new DatabaseSync(bench.directory.store);
  blocker.exec("BEGIN IMMEDIATE");
  const sending = leader.bus.send({ to: ["nobody"], text: "later" });
  await heir.member.request({ op: "handover" }).reply;
  await leader.reached("resting");
  blocker.exec("ROLLBACK");
  blocker.close();
  assert.equal((await sending).id, 1);
});

Deno.test("broker that is there for nothing else hands over to nobody", async () => {
  await using bench = await MemberBench.create();
  const first = bench.start({ standing: true });
  await first.reached("leading");
  const second = bench.start({ standing: true });
  await second.reached("following");
  assert.deepEqual(await second.member.request({ op: "handover" }).reply, { yields: false });
  await bench.join("agent");
  assert.equal(first.member.state.kind, "leading");
});

Deno.test("agent cannot ask for the bus", async () => {
  await using bench = await MemberBench.create();
  const leader = await bench.join("leader");
  const agent = await bench.join("agent");
  const asked = agent.member.request({ op: "handover" }).reply;
  await assert.rejects(asked, { code: "bad_request", message: /takes no bus over/ });
  assert.equal(leader.member.state.kind, "leading");
});

Deno.test("broker that has handed over leads again when the heir goes", async () => {
  await using bench = await MemberBench.create();
  const clock = new StillClock();
  const leader = await bench.join("leader", { clock });
  const heir = bench.start({ standing: true });
  await heir.reached("following");
  clock.stop();
  await heir.member.request({ op: "handover" }).reply;
  await heir.reached("leading");
  clock.goOn();
  await leader.reached("following");
  await heir.member.leave();
  const { id } = await leader.bus.send({ to: ["nobody"], text: "still there" });
  assert.equal(id, 1);
  const leading = leader.states.filter(({ kind }) => kind === "leading");
  assert.deepEqual(leading.map((state) => "epoch" in state && state.epoch), [1, 3]);
});

Deno.test("member that stands by races at once when its broker goes, though nothing is asked of it", async () => {
  await using bench = await MemberBench.create();
  const leader = await bench.join("leader");
  const clock = new StillClock();
  const idle = await bench.join("idle", { clock });
  const standing = bench.start({ standing: true });
  await standing.reached("following");
  clock.stop();
  await leader.bus.leave();
  await standing.reached("leading");
  clock.goOn();
  assert.equal((await idle.bus.status()).broker!.name, "");
  assert.equal(idle.member.state.kind, "following");
});
