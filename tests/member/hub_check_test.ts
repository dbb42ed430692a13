import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

/** A writer and a reader, each of a client and directory of its own. */
async function two(bench: HubBench): Promise<{ writer: HubMember; reader: HubMember }> {
  const join = (name: string) => bench.join({ name, client: name, directory: `/${name}` });
  return { writer: await join("writer"), reader: await join("reader") };
}

Deno.test("check without a wait answers at once, with or without messages", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  assert.deepEqual(await reader.check(), { messages: [], more: 0 });
  await writer.send(["reader"], "a");
  await writer.send(["reader"], "b");
  assert.deepEqual(await reader.texts(), ["a", "b"]);
  assert.deepEqual(await reader.texts(), []);
});

Deno.test("waiting check is woken by a message and by nothing else", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const waiting = reader.check(60_000);
  await writer.send(["writer"], "not for it");
  await bench.turn(30_000);
  assert.equal(reader.replies.length, 1, "only hello was answered");
  await writer.send(["reader"], "for it");
  assert.deepEqual((await waiting).messages.map(({ text }) => text), ["for it"]);
});

Deno.test("waiting check ends empty at its time, not before", async () => {
  using bench = new HubBench();
  const { reader } = await two(bench);
  const waiting = reader.check(60_000);
  await bench.turn(59_999);
  assert.equal(reader.replies.length, 1);
  await bench.turn(1);
  assert.deepEqual(await waiting, { messages: [], more: 0 });
});

Deno.test("waiting check does not mind what the wall clock does", async () => {
  using bench = new HubBench();
  const { reader } = await two(bench);
  const waiting = reader.check(1_000);
  bench.time.stepWall(86_400_000);
  await bench.turn(999);
  assert.equal(reader.replies.length, 1);
  bench.time.stepWall(-2 * 86_400_000);
  await bench.turn(1);
  assert.deepEqual((await waiting).messages, []);
});

Deno.test("cancel ends that one of the caller's checks at once, and it answers what it has", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const first = reader.check(60_000);
  const firstId = reader.lastId;
  reader.check(60_000);
  await bench.turn(1);
  await writer.ask({ op: "cancel", request: firstId });
  await bench.turn(1);
  assert.equal(reader.replies.length, 1, "another member's cancel ends nothing");
  await reader.ask({ op: "cancel", request: firstId });
  assert.deepEqual(await first, { messages: [], more: 0 });
  assert.ok(bench.hub.isWaiting(2), "the other check goes on");
});

Deno.test("message and cancel of one instant: the check answers once, and nothing is lost", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const waiting = reader.check(60_000);
  const request = reader.lastId;
  await bench.turn(1);
  await Promise.all([writer.send(["reader"], "now"), reader.ask({ op: "cancel", request })]);
  const found = (await waiting).messages.map(({ text }) => text);
  assert.deepEqual([...found, ...await reader.texts()], ["now"]);
});

Deno.test("check for the answers to one message leaves the others queued and says how many", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const { id } = await reader.send(["writer"], "question");
  await writer.check();
  const waiting = reader.check(60_000, id);
  await writer.send(["reader"], "by the way");
  await bench.turn(1_000);
  assert.equal(reader.replies.length, 2, "another message does not end the wait");
  await writer.send([], "answer", id);
  const { messages, more } = await waiting;
  assert.deepEqual([messages.map(({ text }) => text), more], [["answer"], 1]);
  assert.deepEqual(await reader.texts(), ["by the way"]);
});

Deno.test("check that ends empty says what else is queued", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const { id } = await reader.send(["writer"]);
  await writer.send(["reader"]);
  assert.deepEqual(await reader.check(0, id), { messages: [], more: 1 });
});

Deno.test("check brings as many messages as its limit allows, and says how many are left", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const count = 2 * limits.checkMessages + 7;
  for (let i = 0; i < count; i++) await writer.send(["reader"], `${i}`);
  const pages = [];
  for (let left = count; left > 0;) {
    const { messages, more } = await reader.check();
    left -= messages.length;
    assert.equal(more, left);
    pages.push(messages.length);
  }
  assert.deepEqual(pages, [limits.checkMessages, limits.checkMessages, 7]);
});

Deno.test("check brings long texts one at a time, whole", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const text = "\0".repeat(limits.textBytes);
  for (let i = 0; i < 3; i++) await writer.send(["reader"], text);
  for (const left of [2, 1, 0]) {
    const { messages, more } = await reader.check();
    assert.deepEqual([messages.length, messages[0]?.text === text, more], [1, true, left]);
  }
});

Deno.test("same request again gets the same messages again, unmarked", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  await writer.send(["reader"], "a");
  const check = { op: "check", waitMs: 0 } as const;
  const first = await reader.ask(check, 50);
  await writer.send(["reader"], "b");
  const again = await reader.ask(check, 50);
  assert.deepEqual(again.messages, first.messages);
  assert.deepEqual((await reader.ask(check, 51)).messages.map(({ text }) => text), ["b"]);
});

Deno.test("what was read is not brought again; what a gone process held is, marked", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  await writer.send(["reader"], "read");
  const [read] = (await reader.check()).messages;
  await reader.ask({ op: "ack", messages: [read!.id] });
  await writer.send(["reader"], "unread");
  await reader.check();
  await writer.send(["reader"], "queued");
  reader.session.end();
  const next = await bench.join({ client: "reader", directory: "/reader" });
  const { messages } = await next.check();
  assert.deepEqual(messages.map(({ text, redelivered }) => [text, redelivered]), [
    ["unread", true],
    ["queued", undefined],
  ]);
});

Deno.test("what a gone process held wakes another reader of the mailbox that waits", async () => {
  using bench = new HubBench();
  const writer = await bench.join({ name: "writer" });
  const shell = { client: "terminal", directory: "/", name: "shell", shared: true };
  const first = await bench.join(shell);
  const second = await bench.join(shell);
  await writer.send(["shell"], "for one");
  await first.check();
  const waiting = second.check(60_000);
  await bench.turn(1);
  first.session.end();
  const [message] = (await waiting).messages;
  assert.deepEqual([message!.text, message!.redelivered], ["for one", true]);
});

Deno.test("released messages are brought again unmarked, and wake a check that waits", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  await writer.send(["reader"], "a");
  await reader.check();
  const request = reader.lastId;
  const waiting = reader.check(60_000);
  await bench.turn(1);
  await reader.ask({ op: "release", request });
  const [message] = (await waiting).messages;
  assert.deepEqual([message!.text, message!.redelivered], ["a", undefined]);
});

Deno.test("check gives back what an abandoned one was handed, and brings it", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  await writer.send(["reader"], "a");
  await reader.check();
  const abandoned = [reader.lastId];
  const { messages } = await reader.ask({ op: "check", waitMs: 0, abandoned });
  assert.deepEqual(messages.map(({ text, redelivered }) => [text, redelivered]), [[
    "a",
    undefined,
  ]]);
});

Deno.test("one member can neither acknowledge, release nor abandon what another one holds", async () => {
  using bench = new HubBench();
  const { writer, reader } = await two(bench);
  const { id } = await writer.send(["reader"], "a");
  await reader.check();
  const request = reader.lastId;
  await writer.ask({ op: "ack", messages: [id] });
  await writer.ask({ op: "release", request });
  await writer.ask({ op: "check", waitMs: 0, abandoned: [request] });
  assert.deepEqual(await reader.texts(), []);
  const stateOf = async () =>
    (await writer.ask({ op: "history", limit: 1 })).entries[0]!.to[0]!.state;
  assert.equal(await stateOf(), "handed");
  await reader.ask({ op: "ack", messages: [id] });
  assert.equal(await stateOf(), "read");
});

Deno.test("members that share a name share its queue, each message goes to one of them", async () => {
  using bench = new HubBench();
  const writer = await bench.join({ name: "writer" });
  const shell = { client: "terminal", directory: "/", name: "shell", shared: true };
  const [first, second] = [await bench.join(shell), await bench.join(shell)];
  const checks = [first.check(60_000), second.check(60_000)];
  await bench.turn(1);
  const { recipients } = await writer.send(["shell"], "a");
  assert.deepEqual(recipients, [{ name: "shell", client: "terminal", presence: "waiting" }]);
  await bench.turn(1);
  await writer.send(["shell"], "b");
  const texts = (await Promise.all(checks)).map(({ messages }) => messages.map(({ text }) => text));
  assert.deepEqual(texts.flat().sort(), ["a", "b"]);
  assert.deepEqual(texts.map((each) => each.length), [1, 1]);
  first.session.end();
  const { members } = await writer.ask({ op: "list" });
  assert.equal(members.find(({ name }) => name === "shell")?.presence, "here");
  second.session.end();
  const later = await writer.ask({ op: "list" });
  assert.equal(later.members.find(({ name }) => name === "shell")?.presence, "away");
});

Deno.test("text that changed on disk is told as damaged, not shown", async () => {
  using directory = new TemporaryDirectory();
  using bench = new HubBench(directory.at("messages.db"));
  const { writer, reader } = await two(bench);
  const { id } = await writer.send(["reader"], "pay 10");
  const other = new DatabaseSync(directory.at("messages.db"));
  other.exec("UPDATE messages SET text = 'pay 99'");
  other.close();
  const [message] = (await reader.check()).messages;
  assert.equal(message!.id, id);
  assert.match(message!.text, /damaged on disk.*send it again/);
  const { entries } = await writer.ask({ op: "history", limit: 1 });
  assert.equal(entries[0]!.text, "[damaged on disk]");
});
