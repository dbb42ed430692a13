import assert from "node:assert/strict";
import type { ListResult } from "../../lib/core/types.ts";
import { Intruder } from "../support/intruder.ts";
import { MemberBench } from "../support/member_bench.ts";

// Processes that hold the secret and want to read what came for the session of somebody else.

const shop = { client: "claude", directory: "/shop" };

Deno.test("caller that knows neither a session nor descends from its client attends nobody", async () => {
  await using bench = await MemberBench.create();
  const broker = await bench.join("broker");
  using bob = await Intruder.join(bench, "bob", "of-bob", {
    ...shop,
    session: "the-session",
    parent: 70,
  });
  const { id } = await bob.send("bob", "for bob");
  const guesses = [
    {},
    { session: "" },
    { session: "the-sessio" },
    { session: "THE-SESSION" },
    { session: "%" },
    { session: "of-bob" },
    { session: "bob" },
    { ancestors: [] },
    { ancestors: [Deno.pid, 1, 0, 7, 71] },
    { session: "another", ancestors: [70] },
    { session: "the-session", client: "gemini" },
    { session: "the-session", directory: "/" },
    { session: "the-session", directory: "/shopping" },
    { session: "the-session", directory: "/shop/../etc", client: "" },
  ];
  for (const guess of guesses) {
    using caller = await Intruder.open(bench);
    const attend = { op: "attend", instance: "mallory", ...shop, ...guess };
    assert.equal(await caller.code(attend), "not_joined", JSON.stringify(guess));
    assert.equal(await caller.code({ op: "check", waitMs: 0 }), "not_joined");
  }
  assert.equal(await bob.state(id), "accepted");
  assert.equal((await broker.bus.list()).members.length, 2);
});

Deno.test("caller that attends can only read: it neither speaks, looks back nor becomes another", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  using bob = await Intruder.join(bench, "bob", "of-bob", { ...shop, session: "s-1" });
  using hook = await Intruder.open(bench);
  const attend = { op: "attend", instance: "hook", ...shop, session: "s-1" };
  await hook.ask(attend);
  const hello = { op: "hello", instance: "hook", pid: 1, ...shop, name: "zoe" };
  const refused = [
    { op: "send", message: "m", to: ["broker"], text: "as bob" },
    { op: "rename", name: "zoe" },
    { op: "room", room: "x", inside: true },
    { op: "history", limit: 1 },
    { op: "list" },
    { op: "handover" },
    { op: "adopt", name: "zoe" },
    { op: "import", message: "m", from: "bob", to: "bob", text: "t", source: "s", written: "w" },
    attend,
    hello,
  ];
  for (const operation of refused) {
    assert.equal(await hook.code(operation), "bad_request", operation.op);
  }
  const { members } = await bob.ask<ListResult>({ op: "list" });
  assert.deepEqual(members.map(({ name }) => name).toSorted(), ["bob", "broker"]);
  assert.equal(await bob.code(attend), "bad_request", "a member attends nobody");
});

Deno.test("session of a member is told to nobody, whatever it asks", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  const secret = "the-session-of-bob";
  const kin = { ...shop, session: secret, repository: "/shop", parent: 70 };
  using bob = await Intruder.join(bench, "bob", "of-bob", kin);
  using mallory = await Intruder.join(bench, "mallory", "of-mallory", { ...kin, session: "own" });
  using hook = await Intruder.open(bench);
  await hook.ask({ op: "attend", instance: "hook", ...shop, session: secret, activity: "idle" });
  await bob.send("mallory", "hi");
  const send = { op: "send", message: crypto.randomUUID(), text: "hi" };
  const said = [
    await mallory.reply({ op: "check", waitMs: 0 }),
    await mallory.reply({ ...send, to: ["bob", "#shop", "*"] }),
    await mallory.reply({ op: "list" }),
    await mallory.reply({ op: "status" }),
    await mallory.reply({ op: "history", limit: 50 }),
    await mallory.reply({ op: "rename", name: "bob" }),
    await mallory.reply({ op: "room", room: "shop", inside: true }),
    await mallory.reply({ op: "watch", waitMs: 0, after: 0 }),
  ];
  bob.caller.close();
  using other = await Intruder.open(bench);
  said.push(await other.reply({ op: "attend", instance: "x", ...shop, ancestors: [71] }));
  said.push(await other.reply({ op: "status" }));
  said.push(await mallory.reply({ op: "list" }));
  assert.doesNotMatch(JSON.stringify(said), new RegExp(secret));
});
