import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { HubBench } from "../support/hub_bench.ts";
import type { HubMember } from "../support/hub_bench.ts";

const { burst, perSecond } = limits.threadAnswers;

/** Two agents that thank each other until one is refused; returns the message it could not answer. */
async function thankEachOther(first: HubMember, second: HubMember, id: number): Promise<number> {
  let last = id;
  for (let n = 0; n < burst; n++) {
    last = (await (n % 2 === 0 ? second : first).send([], "thank you", last)).id;
  }
  const turn = burst % 2 === 0 ? second : first;
  await assert.rejects(turn.send([], "thank you too", last), {
    code: "too_many_requests",
    message: new RegExp(`began with message ${id}, so this answer was not sent: .*in \\d+ s`),
  });
  return last;
}

async function two(bench: HubBench) {
  const alice = await bench.join({ name: "alice" });
  const bob = await bench.join({ client: "gemini", directory: "/b", name: "bob" });
  return { alice, bob };
}

Deno.test("agents that only answer each other are slowed and told why; nothing else of theirs is", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const { id } = await alice.send(["bob"], "hello");
  const last = await thankEachOther(alice, bob, id);
  await bob.send(["alice"], "another matter");
  await bench.turn(1000 / perSecond);
  await bob.send([], "after a while", last);
  await assert.rejects(alice.send([], "at once", last), { code: "too_many_requests" });
});

Deno.test("person's word in a conversation lets the agents in it go on", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const ann = await bench.join({ client: "terminal", directory: "/b", name: "ann", human: true });
  const { id } = await alice.send(["bob", "ann"], "hello");
  const last = await thankEachOther(alice, bob, id);
  await ann.send([], "go on, please", id);
  for (let n = 0; n < burst; n++) await bob.send([], "going on", last);
});

Deno.test("repeat of an answer is counted once", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const { id } = await alice.send(["bob"], "hello");
  const answer = { op: "send", message: "same", to: [], text: "hello", replyTo: id } as const;
  for (let n = 0; n < 2 * burst; n++) await bob.ask(answer);
  await alice.send([], "and now", id);
});

Deno.test("person answers any message, and is heard by who takes part; an agent only those of its own", async () => {
  using bench = new HubBench();
  const { alice, bob } = await two(bench);
  const ann = await bench.join({ client: "person", directory: "/b", name: "ann", human: true });
  const carl = await bench.join({ client: "codex", directory: "/b", name: "carl" });
  const { id } = await alice.send(["bob"], "hello");
  await assert.rejects(carl.send([], "me too", id), { code: "no_such_message" });
  const toAll = await ann.send(["alice", "bob"], "go on without me", id);
  const toAsker = await ann.send([], "hello yourself", id);
  assert.deepEqual(toAll.recipients.map(({ name }) => name), ["alice", "bob"]);
  assert.deepEqual(toAsker.recipients.map(({ name }) => name), ["alice"]);
  assert.deepEqual(await bob.texts(), ["hello", "go on without me"]);
});
