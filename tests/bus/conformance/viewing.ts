import assert from "node:assert/strict";
import type { BusEvent, BusSnapshot } from "../../../lib/core/bus_events.ts";
import type { Agent, AgentBench, Theme } from "./bus_bench.ts";
import { settled } from "./bus_bench.ts";

/** Who looks on, as a member or as nobody, and keeps how all is now. */
class Onlooker {
  readonly #agent: Agent;
  #cursor: string | undefined;
  readonly events: BusEvent[] = [];
  snapshot: BusSnapshot | undefined;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  static async begin(bench: AgentBench): Promise<Onlooker> {
    const onlooker = new Onlooker(bench.open());
    await onlooker.look();
    return onlooker;
  }

  /** Waits for what happens next. */
  async look(): Promise<void> {
    const at = this.#cursor === undefined ? {} : { cursor: this.#cursor };
    const result = await this.#agent.bus.observe({ ...at, waitMs: 60_000 });
    this.#cursor = result.cursor;
    this.snapshot = result.snapshot ?? this.snapshot;
    this.events.push(...result.events);
  }

  /** Looks on until one of the events is as `isIt` wants it, which is returned. */
  async until(isIt: (event: BusEvent) => boolean): Promise<BusEvent> {
    for (;;) {
      const found = this.events.find(isIt);
      if (found !== undefined) return found;
      await this.look();
    }
  }
}

/** Pauses `whom`, sends, and resumes: a wait goes on meanwhile. */
async function pauses(bench: AgentBench, whom: "bob" | "*"): Promise<void> {
  const [alice, bob] = await bench.joinAll("alice", "bob");
  const person = bench.open();
  const paused = await person.bus.pause({ name: whom, paused: true });
  assert.deepEqual(paused, { everyone: whom === "*", names: whom === "*" ? [] : ["bob"] });
  await bob.sees("bob", (member) => member.paused === true);
  const { recipients, id } = await alice.send("bob", "held up");
  assert.equal(recipients[0]!.paused, true);
  const { messages, paused: isTold } = await bob.bus.check({ waitMs: 0 });
  assert.deepEqual([messages.length, isTold], [0, true]);
  assert.deepEqual(await bob.texts(), []);
  assert.equal((await bob.bus.watch({ waitMs: 20, after: 0 })).count, 0);
  const waiting = bob.wait();
  await alice.seesWaiting("bob");
  assert.deepEqual(await alice.states(id), { bob: "accepted" });
  const resumed = await person.bus.pause({ name: whom, paused: false });
  assert.deepEqual(resumed, { everyone: false, names: [] });
  const handed = await waiting;
  assert.deepEqual(handed.messages.map(({ text }) => text), ["held up"]);
  await handed.confirm();
}

/** What who looks on is shown, and how a person holds things up. */
export const viewing: Theme = {
  "onlooker without a name sees all there is, and is in no list": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    await alice.send("bob", "one");
    const { snapshot } = await Onlooker.begin(bench);
    const members = snapshot!.list.members.map(({ name, unread }) => [name, unread]);
    assert.deepEqual(members, [["alice", 0], ["bob", 1]]);
    assert.equal(snapshot!.status.membersHere, 2);
    assert.deepEqual(snapshot!.paused, { everyone: false, names: [] });
    assert.deepEqual(snapshot!.stopped, []);
    assert.equal((await bob.bus.list()).members.length, 2);
  },

  "onlooker is told of a message, of each step of it, and of who comes and goes": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const onlooker = await Onlooker.begin(bench);
    const { id } = await alice.send("bob", "look at this");
    const told = await onlooker.until(({ kind }) => kind === "message");
    assert.ok(told.kind === "message");
    const { from, to, text } = told.message;
    assert.deepEqual([told.message.id, from, text], [id, "alice", "look at this"]);
    assert.deepEqual(to.map(({ name, state }) => [name, state]), [["bob", "accepted"]]);
    await bob.texts();
    await bob.send([], "done", id);
    const step = (state: string) => (event: BusEvent) =>
      event.kind === "delivery" && event.id === id && event.name === "bob" &&
      event.state === state;
    await onlooker.until(step("read"));
    await onlooker.until(step("answered"));
    await bob.bus.rename("rob");
    const renamed = await onlooker.until(({ kind }) => kind === "renamed");
    assert.deepEqual(renamed.kind === "renamed" && [renamed.former, renamed.name], [
      "bob",
      "rob",
    ]);
    const member = (name: string, presence: string) => (event: BusEvent) =>
      event.kind === "member" && event.member.name === name && event.member.presence === presence;
    await bench.join("carol");
    await onlooker.until(member("carol", "here"));
    await bob.bus.leave();
    await onlooker.until(member("rob", "away"));
    const messages = onlooker.events.filter((event) => event.kind === "message");
    assert.equal(new Set(messages.map((event) => event.message.id)).size, messages.length);
  },

  "wait of an onlooker ends with nothing when its time is over, and when it is given up": async (
    bench,
  ) => {
    const onlooker = bench.open();
    const { cursor } = await onlooker.bus.observe({ waitMs: 60_000 });
    const nothing = await onlooker.bus.observe({ waitMs: 20, cursor });
    assert.deepEqual([nothing.events, nothing.snapshot], [[], undefined]);
    const abort = new AbortController();
    const given = onlooker.bus.observe({ waitMs: 60_000, cursor }, abort.signal);
    await settled();
    abort.abort();
    await assert.rejects(given, { code: "cancelled" });
    const wrong = await onlooker.bus.observe({ waitMs: 60_000, cursor: "nonsense" });
    assert.ok(wrong.snapshot !== undefined);
  },

  "history of everyone has each message once, with all its readers, and one conversation alone":
    async (bench) => {
      const [alice, bob] = await bench.joinAll("alice", "bob");
      const first = await alice.send(["bob", "carol"], "one");
      const second = await bob.send("alice", "two");
      await bob.texts();
      const answer = await bob.send([], "three", first.id);
      const onlooker = bench.open();
      const { entries } = await onlooker.bus.history({ limit: 9, everyone: true });
      assert.deepEqual(entries.map(({ text }) => text), ["three", "two", "one"]);
      const states = entries[2]!.to.map(({ name, state }) => [name, state]);
      assert.deepEqual(states, [["bob", "answered"], ["carol", "accepted"]]);
      for (const thread of [first.id, answer.id]) {
        const own = await onlooker.bus.history({ limit: 9, everyone: true, thread });
        assert.deepEqual(own.entries.map(({ id }) => id), [answer.id, first.id]);
      }
      assert.deepEqual((await alice.bus.history({ limit: 9, thread: second.id })).entries, []);
    },

  "wait goes on while its agent is paused, and ends with what came when that is over": (bench) =>
    pauses(bench, "bob"),

  "wait goes on while everyone is paused, and ends with what came when that is over": (bench) =>
    pauses(bench, "*"),

  "pause and stop outlive what carries the bus, and a name that nobody has cannot be paused":
    async (bench) => {
      const [alice, bob] = await bench.joinAll("alice", "bob");
      await alice.bus.pause({ name: "BOB", paused: true });
      const { id } = await alice.send("bob", "one");
      await alice.bus.stopThread({ thread: id, stopped: true });
      await assert.rejects(alice.bus.pause({ name: "bobb", paused: true }), {
        code: "no_recipient",
        message: /Nobody is called 'bobb'.*'bob'/,
      });
      await assert.rejects(alice.bus.pause({ name: "a b", paused: true }), { code: "bad_name" });
      await bench.restart();
      const { snapshot } = await Onlooker.begin(bench);
      assert.deepEqual(snapshot!.paused, { everyone: false, names: ["bob"] });
      assert.deepEqual(snapshot!.stopped, [id]);
      assert.deepEqual(await bob.texts(), []);
      await alice.bus.pause({ name: "bob", paused: false });
      assert.deepEqual(await bob.texts({ waitMs: 60_000 }), ["one"]);
    },

  "agents are refused answers in a stopped conversation until a person writes in it": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const ann = await bench.join("ann", { client: "terminal", human: true });
    const { id } = await alice.send(["bob", "ann"], "question");
    const answer = await bob.send([], "answer", id);
    const onlooker = await Onlooker.begin(bench);
    const stopped = await ann.bus.stopThread({ thread: answer.id, stopped: true });
    assert.deepEqual(stopped, { threads: [id] });
    await onlooker.until(({ kind }) => kind === "stopped");
    const refused = {
      code: "too_many_requests",
      message: /^A person has stopped the conversation/,
    };
    await assert.rejects(alice.send([], "thanks", answer.id), refused);
    await assert.rejects(bob.send("alice", "more", id), refused);
    await bob.send("alice", "another matter");
    await ann.send([], "go on", id);
    await alice.send([], "thanks", answer.id);
    assert.deepEqual(await ann.bus.stopThread({ thread: id, stopped: true }), { threads: [id] });
    assert.deepEqual(await ann.bus.stopThread({ thread: id, stopped: false }), { threads: [] });
    await bob.send([], "going on", id);
    await assert.rejects(ann.bus.stopThread({ thread: id + 1000, stopped: true }), {
      code: "no_such_message",
    });
  },
};
