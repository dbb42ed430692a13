import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench, settled } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";
import { HubOnlooker } from "../support/onlooker_bench.ts";

const dayMs = 24 * 3600_000;

/** A conversation of two agents, and a person. */
async function talk(bench: HubBench) {
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ name: "bob" });
  const person = await bench.join({ name: "person", human: true });
  const { id } = await alice.send(["bob", "person"], "question");
  const answer = await bob.send([], "answer", id);
  return { alice, bob, person, thread: id, answer: answer.id };
}

function stop(who: HubMember, thread: number, stopped = true) {
  return who.ask({ op: "stop", thread, stopped });
}

Deno.test("agents are refused answers in a stopped conversation, and told by whom and how it goes on", async () => {
  using bench = new HubBench();
  const { alice, bob, thread, answer } = await talk(bench);
  assert.deepEqual(await stop(bench.open(), answer), { threads: [thread] });
  const refused = { code: "too_many_requests", message: /^A person has stopped the conversation/ };
  await assert.rejects(alice.send([], "thanks", answer), refused);
  await assert.rejects(bob.send(["alice"], "more", thread), {
    message: new RegExp(`began with message ${thread}, .* It goes on once a person writes in it`),
  });
  assert.equal((await alice.send(["bob"], "something else")).recipients.length, 1);
  assert.deepEqual(await stop(bench.open(), thread, false), { threads: [] });
  await alice.send([], "thanks", answer);
});

Deno.test("answer that was accepted before the stop is told the same again", async () => {
  using bench = new HubBench();
  const { bob, thread } = await talk(bench);
  const send = { op: "send", message: "same", to: [], text: "x", replyTo: thread } as const;
  const { id } = await bob.ask(send);
  await stop(bench.open(), thread);
  assert.equal((await bob.ask(send)).id, id);
});

Deno.test("stopped conversation goes on when a person writes in it", async () => {
  using bench = new HubBench();
  const { bob, person, thread } = await talk(bench);
  const { onlooker } = await HubOnlooker.begin(bench);
  await stop(bench.open(), thread);
  await person.send(["bob"], "go on", thread);
  await bob.send(["alice"], "more", thread);
  const told = await onlooker.events(bench, "stopped");
  assert.deepEqual(told.map((event) => event.kind === "stopped" && event.threads), [[thread], []]);
});

Deno.test("stop outlives its broker", async () => {
  using bench = new HubBench();
  const { thread } = await talk(bench);
  await stop(bench.open(), thread);
  bench.takeOver();
  assert.deepEqual((await HubOnlooker.begin(bench)).snapshot.stopped, [thread]);
  const joins = bench.join({ name: "bob" });
  await bench.turn(limits.returnMs);
  const bob = await joins;
  await assert.rejects(bob.send(["alice"], "more", thread), { code: "too_many_requests" });
});

Deno.test("stop is forgotten with the last message of its conversation, and that is told", async () => {
  using bench = new HubBench();
  const { alice, bob, person, thread, answer } = await talk(bench);
  await stop(bench.open(), thread);
  for (const member of [alice, bob, person]) {
    const { messages } = await member.check();
    await member.ask({ op: "ack", messages: messages.map(({ id }) => id) });
  }
  await bench.turn((limits.historyMs / dayMs + 1) * dayMs);
  const { onlooker } = await HubOnlooker.begin(bench);
  for (let step = 0; step < 5; step++) {
    await bench.hub.tidy();
    await settled();
  }
  const told = await onlooker.events(bench, "stopped");
  assert.deepEqual(told.map((event) => event.kind === "stopped" && event.threads), [[]]);
  await assert.rejects(stop(bench.open(), answer), { code: "no_such_message" });
});

Deno.test("no more conversations are stopped than the limit, and none that is not there", async () => {
  using bench = new HubBench();
  const { alice } = await talk(bench);
  await assert.rejects(stop(bench.open(), 99), {
    code: "no_such_message",
    message: /message 99 on/,
  });
  const last = limits.stoppedThreads;
  for (let n = 0; n <= last; n++) {
    const { id } = await alice.send(["bob"]);
    if (n < last) await stop(bench.open(), id);
    else await assert.rejects(stop(bench.open(), id), { code: "too_many_requests" });
  }
});
