import assert from "node:assert/strict";
import type { Theme } from "./bus_bench.ts";

/** How far a message has come, as its sender sees it, and the news of that. */
export const states: Theme = {
  "message is accepted, handed, read and answered, and its sender sees each": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "question");
    assert.deepEqual(await alice.states(id), { bob: "accepted" });
    const handed = await bob.check();
    assert.deepEqual(await alice.states(id), { bob: "handed" });
    await handed.confirm();
    assert.deepEqual(await alice.states(id), { bob: "read" });
    await bob.send([], "answer", id);
    assert.deepEqual(await alice.states(id), { bob: "answered" });
    const { entries } = await alice.bus.history({ limit: 5 });
    const entry = entries.find((each) => each.id === id)!;
    assert.ok(entry.to[0]!.atMs! >= entry.atMs);
  },

  "message to several shows its sender each of them, and a reader itself alone": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    const { id } = await alice.send(["bob", "carol", "dora"], "for three");
    await bob.texts();
    await carol.check();
    const all = { bob: "read", carol: "handed", dora: "accepted" };
    assert.deepEqual(await alice.states(id), all);
    assert.deepEqual(await bob.states(id), { bob: "read" });
  },

  "answer that is sent before the question was confirmed counts as one": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send("bob", "question");
    const handed = await bob.check();
    await bob.send([], "answer", id);
    assert.deepEqual(await alice.states(id), { bob: "answered" });
    await handed.confirm();
    await handed.release();
    assert.deepEqual(await alice.states(id), { bob: "answered" });
    assert.deepEqual(await bob.texts(), []);
  },

  "answer goes to the asker, in one conversation, and to those of an own message": async (
    bench,
  ) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    const { id } = await alice.send(["bob", "carol"], "question");
    await bob.texts();
    const answer = await bob.send([], "answer", id);
    const [read] = await alice.read();
    const { from, to, text, thread, replyTo } = read!;
    assert.deepEqual([from, to, text, thread, replyTo], ["bob", ["alice"], "answer", id, id]);
    const more = await alice.send([], "and this", id);
    assert.deepEqual(more.recipients.map(({ name }) => name).toSorted(), ["bob", "carol"]);
    const [again] = await bob.read();
    assert.deepEqual([again!.thread, again!.replyTo], [id, id]);
    assert.deepEqual(await carol.texts(), ["question", "and this"]);
    const aside = await bob.send("carol", "what do you think?", answer.id);
    assert.equal((await carol.read())[0]!.thread, id);
    assert.ok(aside.id > more.id);
  },

  "answer to a message that one neither sent nor got is refused, and nothing is sent": async (
    bench,
  ) => {
    const [alice, , carol] = await bench.joinAll("alice", "bob", "carol");
    const { id } = await alice.send("bob", "between us");
    for (const wrong of [id, id + 1000]) {
      await assert.rejects(carol.send("alice", "me too", wrong), {
        code: "no_such_message",
        message: new RegExp(`Message ${wrong} is none`),
      });
    }
    assert.deepEqual(await alice.texts(), []);
  },

  "check tells once what became of the own messages, the newest state of each": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    const first = await alice.send(["bob", "carol"], "one");
    const second = await alice.send("bob", "two");
    await bob.texts();
    await carol.check();
    await bob.send([], "answer", second.id);
    const expected = [
      { id: first.id, name: "bob", state: "read" },
      { id: first.id, name: "carol", state: "handed" },
      { id: second.id, name: "bob", state: "answered" },
    ];
    const news = await alice.news(3);
    const key = ({ id, name }: { id: number; name: string }) => `${id} ${name}`;
    const sorted = news.toSorted((a, b) => key(a) < key(b) ? -1 : 1);
    assert.deepEqual(sorted.map(({ id, name, state }) => ({ id, name, state })), expected);
    assert.ok(news.every(({ atMs }) => Math.abs(atMs - Date.now()) < 60_000));
    const again = await alice.check();
    assert.equal(again.sent, undefined);
  },

  "message to oneself is no news, and a wait for an answer takes none": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const own = await alice.send("alice", "to myself");
    await alice.texts();
    const { id } = await alice.send("bob", "question");
    await bob.texts();
    const answer = alice.wait({ replyTo: id });
    await bob.send([], "answer", id);
    const handed = await answer;
    assert.equal(handed.sent, undefined);
    await handed.confirm();
    const news = await alice.news(1);
    assert.deepEqual(news.map((each) => [each.id, each.state]), [[id, "answered"]]);
    assert.ok(news.every((each) => each.id !== own.id));
  },
};
