import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import type { HistoryResult } from "../../../lib/core/types.ts";
import type { Theme } from "./bus_bench.ts";

const textsOf = ({ entries }: HistoryResult) => entries.map(({ text }) => text);

/** What an agent can look up of what it sent and read. */
export const history: Theme = {
  "history has what was sent and read, newest first, and nothing of others": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    const { id, atMs } = await alice.send("bob", "one");
    await bob.send("alice", "two", id);
    await carol.send("bob", "three");
    const sent = await alice.bus.history({ limit: 10 });
    assert.deepEqual(textsOf(sent), ["one"], "'two' was not read yet");
    await alice.texts();
    const { entries, older } = await alice.bus.history({ limit: 10 });
    assert.deepEqual([entries.map(({ text }) => text), older], [["two", "one"], false]);
    const { to, ...one } = entries[1]!;
    assert.deepEqual(one, { id, from: "alice", atMs, text: "one", thread: id });
    assert.deepEqual(
      to.map(({ name, state }) => [name, state]),
      [["bob", "accepted"]],
      "who was not handed a question does not answer it",
    );
    assert.deepEqual([entries[0]!.replyTo, entries[0]!.thread], [id, id]);
    assert.deepEqual(textsOf(await carol.bus.history({ limit: 10 })), ["three"]);
  },

  "history comes in pages, to its end": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const sent = Array.from({ length: 25 }, (_, n) => `${n}`);
    for (const text of sent) await alice.send("bob", text);
    assert.equal((await bob.read()).length, 25);
    for (const agent of [alice, bob]) {
      const found: string[] = [];
      let before: number | undefined;
      for (let older = true; older;) {
        const page = { limit: 10, ...(before === undefined ? {} : { before }) };
        const result = await agent.bus.history(page);
        assert.ok(result.entries.length <= 10);
        found.push(...textsOf(result));
        ({ older } = result);
        before = result.entries.at(-1)!.id;
      }
      assert.deepEqual(found, sent.toReversed());
    }
  },

  "history with one partner has what went both ways, by its old name too": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    await alice.send("bob", "to bob");
    await alice.send("carol", "to carol");
    await alice.send(["bob", "carol"], "to both");
    await bob.send("alice", "from bob");
    await carol.send("alice", "from carol");
    await alice.texts();
    const expected = ["from bob", "to both", "to bob"];
    assert.deepEqual(textsOf(await alice.bus.history({ limit: 9, with: "BOB" })), expected);
    await bob.bus.rename("rob");
    assert.deepEqual(textsOf(await alice.bus.history({ limit: 9, with: "bob" })), expected);
    assert.deepEqual(textsOf(await alice.bus.history({ limit: 9, with: "rob" })), expected);
    assert.equal((await alice.bus.history({ limit: 2, with: "rob" })).older, true);
    await assert.rejects(alice.bus.history({ limit: 9, with: "nobody" }), {
      code: "bad_request",
      message: /Nobody is called 'nobody'/,
    });
  },

  "history is searched by text and by name, in any case, and says how far it looked": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "The Release is at noon");
    await alice.send("bob", "lunch?");
    await alice.send("releaser", "hello");
    await bob.texts();
    const found = await alice.bus.history({ limit: 9, search: "reLEASE" });
    assert.deepEqual(textsOf(found), ["hello", "The Release is at noon"]);
    assert.deepEqual([found.older, found.searchedTo], [false, id]);
    const one = await alice.bus.history({ limit: 1, search: "release" });
    assert.deepEqual([textsOf(one), one.older], [["hello"], true]);
    const next = await alice.bus.history({
      limit: 9,
      search: "release",
      before: one.searchedTo!,
    });
    assert.deepEqual(textsOf(next), ["The Release is at noon"]);
    assert.deepEqual(textsOf(await bob.bus.history({ limit: 9, search: "noon" })).length, 1);
    assert.deepEqual(textsOf(await alice.bus.history({ limit: 9, search: "absent" })), []);
    await assert.rejects(alice.bus.history({ limit: 9, search: "  " }), { code: "bad_request" });
  },

  "history page holds as much text as it may, and goes on behind it": async (bench) => {
    const alice = await bench.join("alice");
    const text = "l".repeat(limits.textBytes);
    await alice.send("bob", text);
    await alice.send("bob", text);
    const first = await alice.bus.history({ limit: 10 });
    assert.deepEqual([first.entries.length, first.older], [1, true]);
    const second = await alice.bus.history({ limit: 10, before: first.entries[0]!.id });
    assert.deepEqual([second.entries.length, second.older], [1, false]);
    assert.ok(second.entries[0]!.text === text);
  },

  "history is kept by an agent that comes back, and under another name": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await alice.send("bob", "one");
    await bob.texts();
    await bob.bus.rename("rob");
    await bob.bus.leave();
    const again = bench.open();
    await again.bus.join({ client: "bob", directory: "/bob" });
    assert.deepEqual(textsOf(await again.bus.history({ limit: 9 })), ["one"]);
  },
};
