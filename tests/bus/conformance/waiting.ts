import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

/** A wait ends with what it waits for, and loses nothing when it is given up. */
export const waiting: Theme = {
  "wait ends with the message that it waits for": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const first = bob.wait();
    await alice.seesWaiting("bob");
    const { id } = await alice.send("bob", "now");
    const found = await first;
    assert.deepEqual(found.messages.map((message) => [message.id, message.text]), [[id, "now"]]);
    assert.equal((await alice.states(id))["bob"], "handed");
    await found.confirm();
    await alice.sees("bob", ({ presence }) => presence === "here");
  },

  "wait that begins with a message there ends at once": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await alice.send("bob", "there");
    assert.deepEqual(await bob.texts({ waitMs: 60_000 }), ["there"]);
  },

  "wait in which nothing comes says so, and lengths that are none are the nearest that is": async (
    bench,
  ) => {
    const alice = await bench.join("alice");
    for (const waitMs of [-1, 0, 0.4, 30]) {
      const { messages, more, sent } = await alice.check({ waitMs });
      assert.deepEqual([messages, more, sent], [[], 0, undefined]);
    }
  },

  "message to an agent that waits twice goes to one of the waits": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const waits = [bob.wait(), bob.wait()];
    await alice.seesWaiting("bob");
    await alice.send("bob", "first");
    const found = await Promise.any(waits);
    await found.confirm();
    await alice.send("bob", "second");
    const both = await Promise.all(waits);
    await Promise.all(both.map((handed) => handed.confirm()));
    const texts = both.flatMap(({ messages }) => messages.map(({ text }) => text));
    assert.deepEqual(texts.toSorted(), ["first", "second"]);
  },

  "wait for an answer is not ended by other messages, which stay queued": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "question");
    const other = await alice.send("bob", "another");
    const answer = alice.wait({ replyTo: id });
    await bob.seesWaiting("alice");
    await bob.send("alice", "aside");
    await bob.send([], "not this one", other.id);
    await bob.send([], "answer", id);
    const found = await answer;
    assert.deepEqual(found.messages.map(({ text, replyTo }) => [text, replyTo]), [["answer", id]]);
    assert.equal(found.more, 2);
    await found.confirm();
    assert.deepEqual(await alice.texts(), ["aside", "not this one"]);
  },

  "wait for an answer that is there already ends with it": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "question");
    await bob.send("alice", "aside");
    await bob.send([], "answer", id);
    assert.deepEqual(await alice.texts({ waitMs: 60_000, replyTo: id }), ["answer"]);
    assert.deepEqual(await alice.texts(), ["aside"]);
  },

  "wait that is given up leaves what comes later queued, unmarked": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const abort = new AbortController();
    const given = bob.wait({}, abort.signal);
    await alice.seesWaiting("bob");
    abort.abort();
    await assert.rejects(given, { code: "cancelled" });
    await alice.send("bob", "later");
    assert.deepEqual(await bob.textsAndMarks(1), [["later", undefined]]);
  },

  "wait that is given up as its message comes leaves that queued, unmarked": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await bob.check(); // whatever a first check has to open is open
    for (let n = 0; n < 10; n++) {
      const abort = new AbortController();
      const given = bob.wait({}, abort.signal).then((handed) => handed.release(), ({ code }) => {
        assert.equal(code, "cancelled");
      });
      const sent = alice.send("bob", `${n}`);
      // At each moment between the call and the receipt.
      for (let turn = 0; turn < n; turn++) await Promise.resolve();
      if (n % 2 === 0) await sent;
      abort.abort();
      await Promise.all([given, sent]);
      assert.deepEqual(await bob.textsAndMarks(1), [[`${n}`, undefined]]);
    }
  },

  "check that was given up before it began takes nothing": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await alice.send("bob", "kept");
    await assert.rejects(bob.wait({}, AbortSignal.abort()), { code: "cancelled" });
    await assert.rejects(bob.check({}, AbortSignal.abort()), { code: "cancelled" });
    assert.deepEqual(await bob.textsAndMarks(1), [["kept", undefined]]);
  },
};
