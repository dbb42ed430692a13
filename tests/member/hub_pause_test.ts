import assert from "node:assert/strict";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";
import { HubOnlooker } from "../support/onlooker_bench.ts";

async function trio(bench: HubBench) {
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ name: "bob", session: "s-bob" });
  return { alice, bob, person: bench.open() };
}

function pause(person: HubMember, name: string, paused = true) {
  return person.ask({ op: "pause", name, paused });
}

for (const name of ["bob", "*"]) {
  const whom = name === "*" ? "everyone is" : "it is";
  Deno.test(`agent gets nothing while ${whom} paused, and all of it after that`, async () => {
    using bench = new HubBench();
    const { alice, bob, person } = await trio(bench);
    await alice.send(["bob"], "before");
    const expected = name === "*"
      ? { everyone: true, names: [] }
      : { everyone: false, names: ["bob"] };
    assert.deepEqual(await pause(person, name), expected);
    const receipt = await alice.send(["bob"], "during");
    assert.equal(receipt.recipients[0]?.paused, true);
    assert.deepEqual(await bob.check(), { messages: [], more: 0 });
    assert.deepEqual(await pause(person, name, false), { everyone: false, names: [] });
    assert.deepEqual(await bob.texts(), ["before", "during"]);
    assert.equal((await alice.send(["bob"])).recipients[0]?.paused, undefined);
  });
}

Deno.test("check goes on waiting while its agent is paused, and ends with the resume", async () => {
  using bench = new HubBench();
  const { alice, bob, person } = await trio(bench);
  await pause(person, "bob");
  let texts: string[] | undefined;
  bob.check(600_000).then(({ messages }) => texts = messages.map(({ text }) => text));
  await alice.send(["bob"], "later");
  await bench.turn(60_000);
  assert.equal(texts, undefined);
  await pause(person, "BOB", false);
  await settled();
  assert.deepEqual(texts, ["later"]);
});

Deno.test("what wakes sessions sees nothing while its agent is paused, and all at the resume", async () => {
  using bench = new HubBench();
  const { alice, bob, person } = await trio(bench);
  await pause(person, "*");
  const { id } = await alice.send(["bob"]);
  let count: number | undefined;
  bob.ask({ op: "watch", waitMs: 600_000, after: 0 }).then((seen) => count = seen.count);
  await bench.turn(60_000);
  assert.equal(count, undefined);
  await pause(person, "*", false);
  await settled();
  assert.equal(count, 1);
  assert.equal((await bob.check()).messages[0]?.id, id);
});

Deno.test("hook of a paused agent is told of nothing, and neither is one that says hello", async () => {
  using bench = new HubBench();
  const { alice, bob, person } = await trio(bench);
  await alice.send(["bob"]);
  await pause(person, "bob");
  const hook = bench.open();
  const who = { client: "claude", directory: "/shop", session: "s-bob", instance: "hook" };
  assert.equal((await hook.ask({ op: "attend", ...who })).unread, 0);
  assert.deepEqual((await hook.check()).messages, []);
  assert.equal((await bob.hello({ name: "bob" })).unread, 0);
  await pause(person, "bob", false);
  assert.equal((await hook.check()).messages.length, 1);
});

Deno.test("what was handed over before a pause is brought again to the same request", async () => {
  using bench = new HubBench();
  const { alice, bob, person } = await trio(bench);
  await alice.send(["bob"], "handed");
  const first = await bob.ask({ op: "check", waitMs: 0 }, 70);
  await pause(person, "bob");
  const again = await bob.ask({ op: "check", waitMs: 0 }, 70);
  assert.deepEqual(again.messages, first.messages);
});

Deno.test("pause outlives its broker, goes with a new name, and is in lists and snapshots", async () => {
  using bench = new HubBench();
  const { bob, person } = await trio(bench);
  await pause(person, "bob");
  await bob.ask({ op: "rename", name: "robert" });
  bench.takeOver();
  const { snapshot } = await HubOnlooker.begin(bench);
  assert.deepEqual(snapshot.paused, { everyone: false, names: ["robert"] });
  const paused = snapshot.list.members.map(({ name, paused }) => [name, paused]);
  assert.deepEqual(paused, [["alice", undefined], ["robert", true]]);
});

Deno.test("onlooker is told of a pause, and of each member that looks different by it", async () => {
  using bench = new HubBench();
  const { person } = await trio(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  await pause(person, "*");
  const events = await onlooker.events(bench, "paused", "member");
  const told = events.map((event) =>
    event.kind === "member" ? [event.member.name, event.member.paused] : event.kind
  );
  assert.deepEqual(told, ["paused", ["alice", true], ["bob", true]]);
});

Deno.test("nobody is paused by a name that nobody has; near names are offered", async () => {
  using bench = new HubBench();
  const { alice, person } = await trio(bench);
  await alice.send(["carol"], "for later");
  for (const name of ["bobb", "carol"]) {
    await assert.rejects(pause(person, name), {
      code: "no_recipient",
      message: /Nobody is called/,
    });
  }
  await assert.rejects(pause(person, "bobb"), { message: /did you mean 'bob'\?$/ });
  await assert.rejects(pause(person, "no name"), { code: "bad_name" });
});

Deno.test("message to a name that nobody has is not told as paused while everyone is", async () => {
  using bench = new HubBench();
  const { alice, person } = await trio(bench);
  await pause(person, "*");
  const { recipients } = await alice.send(["nobody-yet"]);
  assert.deepEqual([recipients[0]?.presence, recipients[0]?.paused], ["nobody", undefined]);
});
