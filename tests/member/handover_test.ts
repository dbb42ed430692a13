import assert from "node:assert/strict";
import { MemberBench } from "../support/member_bench.ts";

Deno.test("broker hands over to who asks, and no request of others is lost by it", async () => {
  await using bench = await MemberBench.create();
  const leader = await bench.join("leader");
  const follower = await bench.join("follower");
  const heir = bench.start({ standing: true });
  await heir.reached("following");
  const waiting = follower.texts(60_000);
  const { yields } = await heir.member.request({ op: "handover" }).reply;
  assert.equal(yields, true);
  // Before anybody but the heir knows of it.
  const sending = Promise.all(
    ["one", "two"].map((text) => leader.bus.send({ to: ["nobody"], text })),
  );
  assert.equal((await heir.reached("leading")).port, bench.port);
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
  const leader = await bench.join("leader");
  const busy = await Promise.all(["b1", "b2", "b3"].map((name) => bench.join(name)));
  const heir = bench.start({ standing: true });
  await heir.reached("following");
  let isOver = false;
  const sending = busy.map(async ({ bus }) => {
    while (!isOver) await bus.send({ to: ["nobody"], text: "on and on" });
  });
  await heir.member.request({ op: "handover" }).reply;
  assert.equal((await heir.reached("leading")).epoch, 2);
  await leader.reached("following");
  isOver = true;
  await Promise.all(sending);
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

Deno.test("broker that has handed over leads again when the heir goes", async () => {
  await using bench = await MemberBench.create();
  const leader = await bench.join("leader");
  const heir = bench.start({ standing: true });
  await heir.reached("following");
  await heir.member.request({ op: "handover" }).reply;
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
  const idle = await bench.join("idle");
  const standing = bench.start({ standing: true });
  await standing.reached("following");
  await leader.bus.leave();
  await standing.reached("leading");
  assert.equal((await idle.bus.status()).broker.name, "");
  assert.equal(idle.member.state.kind, "following");
});
