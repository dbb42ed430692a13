import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";

/** That many agents that came, and went one after the other. */
async function comeAndGo(bench: HubBench, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    const guest = await bench.join({ directory: `/guest/${n}`, name: `guest-${n}` });
    await bench.turn(10);
    guest.session.end();
    await bench.turn(10);
  }
}

Deno.test("list names all that are here and the last that went, and says how many more there are", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await bench.turn(10);
  const bob = await bench.join({ directory: "/bob", name: "bob" });
  await comeAndGo(bench, limits.listedAgents + 5);
  const { members, more } = await alice.ask({ op: "list" });
  assert.equal(members.length, limits.listedAgents);
  assert.equal(more, 7);
  const names = members.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 2), ["alice", "bob"]);
  assert.ok(names.includes(`guest-${limits.listedAgents + 5}`), "who went last is listed");
  assert.ok(!names.includes("guest-7"), "who went first is not");

  const all = await bob.ask({ op: "list", all: true });
  assert.equal(all.members.length, limits.listedAgents + 7);
  assert.equal(all.more, undefined);
});

Deno.test("list names everybody who is here, however many they are and however long they have been", async () => {
  using bench = new HubBench();
  const first = await bench.join({ directory: "/first", name: "first" });
  const count = limits.listedAgents + 10;
  for (let n = 2; n <= count; n++) await bench.join({ directory: `/${n}`, name: `agent-${n}` });
  await comeAndGo(bench, 2);
  await bench.turn(limits.keepMs);
  await comeAndGo(bench, 3);
  const { members, more } = await first.ask({ op: "list" });
  assert.equal(members.length, count);
  assert.ok(members.every(({ presence }) => presence === "here"));
  assert.equal(more, 3);
});

Deno.test("list names those that have not come back yet right after a takeover", async () => {
  using bench = new HubBench();
  const away = await bench.join({ directory: "/away", name: "on-its-way" });
  const alice = await bench.join({ name: "alice" });
  await comeAndGo(bench, limits.listedAgents + 1);
  bench.takeOver();
  const back = bench.open();
  await back.hello({ name: "alice", instance: alice.instance });
  const { members } = await back.ask({ op: "list" });
  const found = members.find(({ name }) => name === "on-its-way");
  assert.equal(found?.presence, "here");
  assert.ok(away.instance);
});
