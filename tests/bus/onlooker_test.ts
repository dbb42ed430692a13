import assert from "node:assert/strict";
import type { FoundBroker } from "../../lib/bus/find_broker.ts";
import { MemberBus } from "../../lib/bus/member_bus.ts";
import { Onlooker } from "../../lib/bus/onlooker.ts";
import type { Signposts } from "../../lib/bus/onlooker.ts";
import { startOnlooker } from "../../lib/bus/start_onlooker.ts";
import { limits } from "../../lib/core/limits.ts";
import { stateFiles } from "../../lib/member/state_directory.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";
import { settled } from "../support/hub_bench.ts";
import { MemberBench } from "../support/member_bench.ts";
import { SeededRandom } from "../support/seeded.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

/** Who looks on at the bus of `bench`. */
function lookOn({ directory, ports, credentials: { random } }: MemberBench): MemberBus {
  const member = Promise.resolve(startOnlooker(directory, ports));
  return new MemberBus({ member, clock: systemClock, random, pid: Deno.pid });
}

const person = { client: "person", directory: "/home/person", name: "person", human: true };

Deno.test("onlooker follows the next broker, which answers what it asked the last one", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const bob = await bench.join("bob");
  const view = lookOn(bench);
  const first = await view.observe({ waitMs: 0 });
  const second = view.observe({ waitMs: 60_000, cursor: first.cursor });
  await alice.bus.leave();
  assert.deepEqual((await second).snapshot?.reigns.map(({ epoch }) => epoch), [2, 1]);
  const third = view.observe({ waitMs: 60_000, cursor: (await second).cursor });
  await bob.bus.send({ to: ["carol"], text: "after" });
  const kinds = (await third).events.map(({ kind }) => kind);
  assert.ok(kinds.includes("message") || kinds.includes("member"), kinds.join());
  await view.leave();
});

Deno.test("onlooker that has a name has it again with the next broker, and what it waits for comes", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const bob = await bench.join("bob");
  const view = lookOn(bench);
  assert.equal((await view.join(person)).name, "person");
  const check = view.check({ waitMs: 60_000 });
  await alice.bus.leave();
  await bob.bus.send({ to: ["person"], text: "to a person" });
  assert.deepEqual((await check).messages.map(({ text }) => text), ["to a person"]);
  await (await check).confirm();
  const { members } = await bob.bus.list();
  assert.deepEqual(members.map(({ name, presence }) => `${name} ${presence}`), [
    "bob here",
    "person here",
    "alice away",
  ]);
  await view.leave();
  const left = (await bob.bus.list()).members.find(({ name }) => name === "person");
  assert.equal(left?.presence, "away");
});

Deno.test("onlooker makes no file, is never the broker, and finds the bus when there is one", async () => {
  await using bench = await MemberBench.create();
  const files = () => [...Deno.readDirSync(bench.directory.path)].map(({ name }) => name);
  const before = files();
  const view = lookOn(bench);
  const status = view.observe({ waitMs: 0 });
  await settled();
  assert.deepEqual(files(), before);
  const alice = await bench.join("alice");
  assert.equal((await status).snapshot?.status.membersHere !== undefined, true);
  assert.equal((await alice.bus.status()).broker!.name, "alice");
  await view.leave();
});

/** An onlooker under a clock turned by hand, and what it finds. */
function scripted({ isMarked = true } = {}) {
  const time = new SimTime();
  const clock = time.clockOf(new SimProcess());
  let looks = 0;
  let put = Promise.withResolvers<void>();
  let closed = 0;
  const posts: Signposts = { next: () => put.promise, close: () => void closed++ };
  const onlooker = new Onlooker({
    ...{ clock, random: new SeededRandom(1), sight: () => ({}) },
    find: () => {
      looks += 1;
      return Promise.resolve<FoundBroker | undefined>(undefined);
    },
    signposts: () => isMarked ? posts : undefined,
  });
  onlooker.start();
  const turn = async (forMs: number) => {
    const untilMs = time.nowMs + forMs;
    do await settled(); while (time.advance(untilMs));
    await settled();
  };
  const signpost = () => {
    put.resolve();
    put = Promise.withResolvers();
  };
  return { onlooker, turn, signpost, looks: () => looks, closed: () => closed };
}

Deno.test("call of an onlooker says that there is no bus when none came in time", async () => {
  const { onlooker, turn } = scripted();
  let code: string | undefined;
  onlooker.request({ op: "status" }).reply.catch((error) => code = error.code);
  await turn(limits.busDownMs - 1);
  assert.equal(code, undefined);
  await turn(1);
  assert.equal(code, "bus_down");
  await onlooker.leave();
});

Deno.test("onlooker without a broker looks again at each signpost and each call, and seldom otherwise", async () => {
  const { onlooker, turn, signpost, looks, closed } = scripted();
  await turn(3600_000);
  const atRest = looks();
  assert.ok(atRest < 20 + 3600_000 / (limits.lostPauseMsMax / 2), `${atRest}`);
  signpost();
  await settled();
  assert.equal(looks(), atRest + 1);
  onlooker.request({ op: "status" }).reply.catch(() => {});
  await settled();
  assert.equal(looks(), atRest + 2);
  await onlooker.leave();
  await turn(60_000);
  assert.deepEqual([looks(), closed()], [atRest + 2, 1]);
});

Deno.test("onlooker looks more often where nothing tells it of the next broker", async () => {
  const { onlooker, turn, looks } = scripted({ isMarked: false });
  await turn(60_000);
  assert.ok(looks() >= 60_000 / limits.unmarkedPauseMs, `${looks()}`);
  await onlooker.leave();
});

Deno.test("onlooker of a home that is not there waits for a bus, and makes nothing", async () => {
  using root = new TemporaryDirectory();
  const path = root.at("home");
  const onlooker = startOnlooker(stateFiles(path), [1]);
  const asked = onlooker.request({ op: "status" }).reply;
  await settled();
  await onlooker.leave();
  await assert.rejects(asked, { code: "bus_down" });
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
});
