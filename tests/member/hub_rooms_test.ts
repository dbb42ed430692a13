import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

const shop = { directory: "/home/ann/shop/src", repository: "/home/ann/shop" };

/** What `list` says of the rooms of each, as `member` sees it. */
async function rooms(member: HubMember): Promise<Record<string, readonly string[]>> {
  const { members } = await member.ask({ op: "list" });
  return Object.fromEntries(members.map((each) => [each.name, each.rooms]));
}

Deno.test("message to a repository's room reaches all who work there, and nobody else", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...shop, name: "alice" });
  const bob = await bench.join({ ...shop, directory: "/home/ann/shop/docs", name: "bob" });
  const carol = await bench.join({ directory: "/home/ann/other", name: "carol" });
  const { recipients } = await alice.send(["#Shop"], "for all of the shop");
  assert.deepEqual(recipients.map(({ name }) => name), ["bob"]);
  const [message] = (await bob.check()).messages;
  assert.deepEqual([message!.text, message!.to], ["for all of the shop", ["#Shop"]]);
  assert.deepEqual([await alice.texts(), await carol.texts()], [[], []]);
  assert.deepEqual(await rooms(carol), { alice: ["#shop"], bob: ["#shop"], carol: [] });
});

Deno.test("room and a name in it get a message once, together with everyone", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...shop, name: "alice" });
  const bob = await bench.join({ ...shop, name: "bob" });
  const carol = await bench.join({ directory: "/c", name: "carol" });
  await alice.send(["bob", "#shop", "*"], "once");
  assert.deepEqual([await bob.texts(), await carol.texts()], [["once"], ["once"]]);
});

Deno.test("second repository of one name has a room of its own, which keeps its number", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...shop, name: "alice" });
  await bench.join({ directory: "/mnt/shop", repository: "/mnt/shop", name: "bob" });
  await bench.join({ directory: "/mnt/shop", repository: "/mnt/shop", name: "carol" });
  const both = ["#shop-2"];
  assert.deepEqual(await rooms(alice), { alice: ["#shop"], bob: both, carol: both });
});

Deno.test("who leaves the room of its repository stays out when it comes back, until it enters", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...shop, name: "alice" });
  const bob = await bench.join({ ...shop, name: "bob", client: "gemini" });
  const left = await bob.ask({ op: "room", room: "#shop", inside: false });
  assert.deepEqual(left, { room: "#shop", inside: false, members: ["alice"] });
  await bob.ask({ op: "bye" });
  const again = await bench.join({ ...shop, name: "bob", client: "gemini" });
  assert.deepEqual((await rooms(alice))["bob"], []);
  await assert.rejects(alice.send(["#shop"]), { code: "no_recipient", message: /Nobody else/ });
  const { members } = await again.ask({ op: "room", room: "shop", inside: true });
  assert.deepEqual(members, ["alice", "bob"]);
  await alice.send(["#shop"], "hello again");
  assert.deepEqual(await again.texts(), ["hello again"]);
});

Deno.test("room that somebody enters is there for everyone, and across a takeover", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ directory: "/b", name: "bob" });
  for (const member of [alice, bob]) {
    await member.ask({ op: "room", room: "#release", inside: true });
  }
  bench.takeOver();
  const back = bench.open();
  await back.hello({ instance: alice.instance, name: "alice" });
  const { recipients } = await back.send(["#release"], "it is out");
  assert.deepEqual(recipients.map(({ name }) => name), ["bob"]);
});

Deno.test("agent that works in another repository is in that one's room only", async () => {
  using bench = new HubBench();
  const bob = await bench.join({ ...shop, name: "bob" });
  await bob.ask({ op: "room", room: "release", inside: true });
  await bob.ask({ op: "bye" });
  const again = await bench.join({ ...shop, repository: "/home/ann/till", name: "bob" });
  assert.deepEqual((await rooms(again))["bob"], ["#release", "#till"]);
});

Deno.test("room that nobody made is refused with near ones, and nothing is sent", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...shop, name: "alice" });
  const bob = await bench.join({ ...shop, name: "bob" });
  const code = "no_recipient";
  await assert.rejects(alice.send(["bob", "#shpo"]), {
    code,
    message: /no room '#shpo', so nothing was sent: did you mean '#shop'\?/,
  });
  await assert.rejects(bob.ask({ op: "room", room: "shpo", inside: false }), {
    code,
    message: /no room '#shpo': did you mean '#shop'\?/,
  });
  assert.deepEqual(await bob.texts(), []);
  await assert.rejects(alice.send(["#"]), { code: "bad_name" });
  await assert.rejects(alice.ask({ op: "room", room: "#a b", inside: true }), { code: "bad_name" });
});

Deno.test("member enters no more rooms than the limit, and may leave some to go on", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  const enter = (n: number) => alice.ask({ op: "room", room: `room-${n}`, inside: true });
  for (let n = 0; n < limits.rooms; n++) await enter(n);
  await enter(0);
  await assert.rejects(enter(limits.rooms), { code: "too_many_requests", message: /leave one/ });
  await alice.ask({ op: "room", room: "room-3", inside: false });
  assert.equal((await enter(limits.rooms)).inside, true);
});

Deno.test("rename into a name with mail keeps the rooms of the one who renames", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ ...shop, name: "alice" });
  const bob = await bench.join({ ...shop, name: "bob" });
  await alice.send(["zoe"], "for zoe");
  await bob.ask({ op: "rename", name: "zoe" });
  assert.deepEqual(await rooms(alice), { alice: ["#shop"], zoe: ["#shop"] });
});
