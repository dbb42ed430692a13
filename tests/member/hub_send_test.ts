import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";

/** Members called alice, bob and carol, each of a client and directory of its own. */
async function three(bench: HubBench) {
  const join = (name: string) => bench.join({ name, client: name, directory: `/${name}` });
  return { alice: await join("alice"), bob: await join("bob"), carol: await join("carol") };
}

Deno.test("message to one name reaches that one, with all that its sender said", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  await bench.turn(500);
  const atMs = bench.clock.wallMs();
  const { id, ...receipt } = await alice.send(["Bob"], "hello");
  assert.deepEqual(receipt, {
    atMs,
    recipients: [{ name: "bob", client: "bob", presence: "here" }],
  });
  assert.deepEqual(await bob.check(), {
    messages: [{ id, from: "alice", to: ["Bob"], atMs, text: "hello", thread: id }],
    more: 0,
  });
  assert.deepEqual(await carol.texts(), []);
  assert.deepEqual(await alice.texts(), []);
});

Deno.test("message to several reaches each once, however often and in whichever spelling it is named", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  await carol.ask({ op: "rename", name: "caro" });
  await bob.check();
  const receipt = await alice.send(["bob", "carol", "BOB", "caro", "*"], "once");
  assert.deepEqual(receipt.recipients, [
    { name: "bob", client: "bob", presence: "here" },
    { name: "caro", client: "carol", presence: "here", writtenAs: "carol" },
  ]);
  assert.deepEqual([await bob.texts(), await carol.texts()], [["once"], ["once"]]);
});

Deno.test("message to oneself arrives", async () => {
  using bench = new HubBench();
  const { alice } = await three(bench);
  await alice.send(["alice"], "note");
  assert.deepEqual(await alice.texts(), ["note"]);
});

Deno.test("message to everyone reaches who is here or was within a week, but for the sender", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  await bob.ask({ op: "bye" });
  await alice.send(["nobody-yet"], "x");
  await bench.turn(limits.keepMs - 1);
  const names = async () => (await alice.send(["*"])).recipients.map(({ name }) => name);
  assert.deepEqual(await names(), ["bob", "carol"]);
  await bench.turn(1);
  assert.deepEqual(await names(), ["carol"]);
  assert.equal((await carol.check()).messages.length, 2);
  assert.deepEqual(await alice.texts(), []);
});

Deno.test("message to everyone is refused while nobody else was ever here", async () => {
  using bench = new HubBench();
  const alice = await bench.join({ name: "alice" });
  await alice.send(["future"]);
  await assert.rejects(alice.send(["*"]), { code: "no_recipient", message: /Nobody else/ });
});

Deno.test("name that nobody has is told with near ones, and its message waits for it", async () => {
  using bench = new HubBench();
  const { alice } = await three(bench);
  const { recipients } = await alice.send(["bobb", "unlike"], "kept");
  assert.deepEqual(recipients, [
    { name: "bobb", presence: "nobody", near: ["bob"] },
    { name: "unlike", presence: "nobody" },
  ]);
  const again = await alice.send(["bobb"], "kept too");
  assert.deepEqual(again.recipients[0]!.near, ["bob"]);
  const { unclaimed } = await alice.ask({ op: "list" });
  assert.deepEqual(unclaimed, [{ name: "bobb", unread: 2 }, { name: "unlike", unread: 1 }]);
  const late = await bench.join({ name: "BOBB", client: "late" });
  assert.deepEqual(await late.texts(), ["kept", "kept too"]);
});

Deno.test("receipt says who waits, who is here, and who is away since when", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  await bench.turn(1_000);
  carol.session.end();
  const sinceMs = bench.clock.wallMs();
  bob.check(60_000);
  await bench.turn(2_000);
  const { recipients } = await alice.send(["bob", "carol", "alice"]);
  assert.deepEqual(recipients, [
    { name: "bob", client: "bob", presence: "waiting" },
    { name: "carol", client: "carol", presence: "away", sinceMs },
    { name: "alice", client: "alice", presence: "here" },
  ]);
});

Deno.test("repeat under the same UUID stores nothing and gets the same receipt", async () => {
  using bench = new HubBench();
  const { alice, bob } = await three(bench);
  const send = { op: "send", message: "same", to: ["bob"], text: "once" } as const;
  const first = await alice.ask(send);
  await bench.turn(1_000);
  assert.deepEqual(await alice.ask(send), first);
  assert.deepEqual(await bob.texts(), ["once"]);
  assert.deepEqual(await alice.ask(send), first);
  assert.deepEqual(await bob.texts(), []);
});

Deno.test("message that says nothing, too much, or to nobody is refused and reaches nobody", async () => {
  using bench = new HubBench();
  const { alice, bob } = await three(bench);
  for (const text of ["", " \n\t"]) {
    await assert.rejects(alice.send(["bob"], text), { code: "empty_text" });
  }
  const tooLong = "é".repeat(limits.textBytes / 2) + "x";
  const refusal = { code: "too_large", message: new RegExp(`${limits.textBytes + 1} bytes`) };
  await assert.rejects(alice.send(["bob"], tooLong), refusal);
  await assert.rejects(alice.send([]), { code: "no_recipient" });
  for (const name of ["all", "a b", "**", ""]) {
    await assert.rejects(alice.send(["bob", name]), { code: "bad_name" });
  }
  assert.deepEqual(await bob.texts(), []);
  await alice.send(["bob"], tooLong.slice(0, -1));
  assert.equal((await bob.texts())[0]?.length, limits.textBytes / 2);
});

Deno.test("answer without names goes to the asker, in the asker's thread, and marks the question", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  const { id } = await alice.send(["bob", "carol"], "which port?");
  for (const reader of [bob, carol]) {
    await reader.check();
    await reader.ask({ op: "ack", messages: [id] });
  }
  await alice.ask({ op: "rename", name: "zoe" });
  const answer = await bob.send([], "9876", id);
  assert.deepEqual(answer.recipients, [{ name: "zoe", client: "alice", presence: "here" }]);
  const [message] = (await alice.check(0, id)).messages;
  assert.deepEqual([message!.to, message!.replyTo, message!.thread], [["alice"], id, id]);
  const { entries } = await alice.ask({ op: "history", limit: 10 });
  const states = entries.find((entry) => entry.id === id)!.to.map((
    { name, state },
  ) => [name, state]);
  assert.deepEqual(states, [["bob", "answered"], ["carol", "read"]]);
  const next = await alice.send([], "thanks", message!.id);
  assert.deepEqual((await bob.check(0, answer.id)).messages.map(({ id, thread }) => [id, thread]), [
    [next.id, id],
  ]);
});

Deno.test("answer to one's own message goes to those who got that", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  const { id } = await alice.send(["carol", "bob"], "first");
  const { recipients } = await alice.send([], "second", id);
  assert.deepEqual(recipients.map(({ name }) => name), ["bob", "carol"]);
  assert.deepEqual([await bob.texts(), await carol.texts()], [["first", "second"], [
    "first",
    "second",
  ]]);
});

Deno.test("answer with names goes to those", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  const { id } = await alice.send(["bob"], "ask carol");
  const { recipients } = await bob.send(["carol"], "alice asks", id);
  assert.deepEqual(recipients.map(({ name }) => name), ["carol"]);
  assert.deepEqual((await carol.check()).messages.map(({ replyTo }) => replyTo), [id]);
  assert.deepEqual(await alice.texts(), []);
});

Deno.test("answer to a message that one neither sent nor received is refused", async () => {
  using bench = new HubBench();
  const { alice, bob, carol } = await three(bench);
  const { id } = await alice.send(["bob"], "private");
  const refusal = (number: number) => ({
    code: "no_such_message",
    message: new RegExp(`Message ${number} is none`),
  });
  await assert.rejects(carol.send([], "me too", id), refusal(id));
  await assert.rejects(carol.send(["alice"], "me too", id), refusal(id));
  await assert.rejects(carol.send([], "me too", 999), refusal(999));
  assert.deepEqual([await alice.texts(), await bob.texts()], [[], ["private"]]);
});

Deno.test("answer by number to a message that was not read yet leaves that to be read", async () => {
  using bench = new HubBench();
  const { alice, bob } = await three(bench);
  const { id } = await alice.send(["bob"], "unseen");
  await bob.send([], "whatever it says", id);
  assert.deepEqual(await bob.texts(), ["unseen"]);
});

Deno.test("nobody is told that a message was accepted when the disk refused it", async () => {
  using bench = new HubBench();
  const { alice, bob } = await three(bench);
  const waiting = bob.check(1_000);
  await bench.turn(1);
  bench.store.fault = Object.assign(new Error("on purpose"), { code: "store_full" });
  await assert.rejects(alice.send(["bob"]), { message: /on purpose/ });
  bench.store.fault = undefined;
  await bench.turn(1_000);
  assert.deepEqual(await waiting, { messages: [], more: 0 });
});
