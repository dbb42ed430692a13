import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

/** A message is read once, or marked where it may have been seen. */
export const reading: Theme = {
  "what a check brought is read when it is confirmed, and stays so": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "one");
    const first = await bob.check();
    assert.equal((await alice.states(id))["bob"], "handed");
    assert.deepEqual(await bob.texts(), [], "it is with the first check");
    await first.confirm();
    await first.confirm();
    await first.release();
    assert.equal((await alice.states(id))["bob"], "read");
    assert.deepEqual(await bob.texts(), []);
  },

  "what a check released is queued again in its place, unmarked": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "one");
    await alice.send("bob", "two");
    const first = await bob.check();
    await alice.send("bob", "three");
    await first.release();
    await first.release();
    assert.equal((await alice.states(id))["bob"], "accepted");
    const messages = await bob.read();
    const seen = messages.map(({ text, redelivered }) => [text, redelivered]);
    const unmarked = ["one", "two", "three"].map((text) => [text, undefined]);
    assert.deepEqual(seen, unmarked);
  },

  "release wakes a check that waits beside the one that is given up": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await alice.send("bob", "one");
    const first = await bob.check();
    const waiting = bob.wait();
    await alice.seesWaiting("bob");
    await first.release();
    const { messages } = await waiting;
    assert.deepEqual(messages.map(({ text, redelivered }) => [text, redelivered]), [[
      "one",
      undefined,
    ]]);
  },

  "checks of one agent at once share no message": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const texts = Array.from({ length: 30 }, (_, n) => `${n}`);
    for (const text of texts) await alice.send("bob", text);
    const checks = await Promise.all(Array.from({ length: 8 }, () => bob.check({ textBytes: 8 })));
    const found = checks.flatMap(({ messages }) => messages.map(({ text }) => text));
    await Promise.all(checks.map((check) => check.confirm()));
    const rest = await bob.texts();
    const all = [...found, ...rest].toSorted((a, b) => Number(a) - Number(b));
    assert.deepEqual(all, texts);
  },

  "processes that act under one shared name share no message": async (bench) => {
    const alice = await bench.join("alice");
    const who = { client: "terminal", directory: "/home", name: "ann", shared: true };
    const terminals = [bench.open(), bench.open(), bench.open()];
    for (const terminal of terminals) assert.equal((await terminal.bus.join(who)).name, "ann");
    const texts = Array.from({ length: 30 }, (_, n) => `${n}`);
    for (const text of texts) await alice.send("ann", text);
    const checks = await Promise.all(terminals.map((terminal) => terminal.check()));
    const found = checks.flatMap(({ messages }) => messages);
    assert.deepEqual(found.map(({ text }) => text).toSorted(), texts.toSorted());
    assert.ok(found.every(({ redelivered }) => redelivered === undefined));
    await Promise.all(checks.map((check) => check.confirm()));
    assert.deepEqual(await terminals[0]!.texts(), []);
  },

  "what a process held that died is queued again and marked; what it had read is not": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await alice.send("bob", "read");
    assert.deepEqual(await bob.texts(), ["read"]);
    const { id } = await alice.send("bob", "held");
    await bob.check();
    await alice.send("bob", "queued");
    bob.die();
    const next = await bench.join("bob");
    const messages = await next.textsAndMarks(2);
    assert.deepEqual(messages, [["held", true], ["queued", undefined]]);
    assert.equal((await alice.states(id))["bob"], "read");
  },

  "message that waits for a process to come back is not read by two of its name": async (bench) => {
    const alice = await bench.join("alice");
    const who = { client: "terminal", directory: "/home", name: "ann", shared: true };
    const [first, second] = [bench.open(), bench.open()];
    await first.bus.join(who);
    await second.bus.join(who);
    await alice.send("ann", "once");
    const held = await first.check();
    assert.equal(held.messages.length, 1);
    assert.deepEqual(await second.texts(), []);
    await held.confirm();
    first.die();
    await alice.send("ann", "next");
    assert.deepEqual(await second.texts(), ["next"]);
  },
};
