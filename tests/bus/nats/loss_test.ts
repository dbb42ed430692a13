import assert from "node:assert/strict";
import type { Bus } from "../../../lib/bus/bus.ts";
import { limits } from "../../../lib/core/limits.ts";
import { openNats } from "../../support/nats_bus.ts";
import { NatsCutter } from "../../support/nats_cutter.ts";
import type { Cut } from "../../support/nats_cutter.ts";
import { NatsServer } from "../../support/nats_server.ts";
import { onNats } from "../../support/on_nats.ts";

/** Two agents of one bus; the way of one of them to the server can be cut. */
interface Pair {
  readonly cut: Bus;
  readonly other: Bus;
  readonly cutName: string;
  readonly otherName: string;
}

/** Something that an agent does in several requests, any of which may be lost, or the answer to it. */
interface Deed {
  readonly title: string;
  /** What the other one does before. */
  before?(pair: Pair, round: string): Promise<number>;
  /** What is done while the way is cut once. */
  act(pair: Pair, round: string, id: number): Promise<void>;
  /** What is true then, whether or where it was cut. */
  after(pair: Pair, round: string, id: number): Promise<void>;
}

interface Read {
  readonly text: string;
  readonly isMarked: boolean;
}

/** All that comes to `bus`, until nothing is queued. */
async function readAll(bus: Bus): Promise<Read[]> {
  const found: Read[] = [];
  for (;;) {
    const handed = await bus.check({ waitMs: 0 });
    await handed.confirm();
    if (handed.messages.length === 0) return found;
    for (const { text, redelivered } of handed.messages) {
      found.push({ text, isMarked: redelivered === true });
    }
  }
}

const texts = (read: readonly Read[]) => read.map(({ text }) => text);

/** Each of `wanted` once and in order; what was seen before may come again when it is marked. */
function assertOnce(read: readonly Read[], wanted: readonly string[]): void {
  const seen = texts(read.filter(({ isMarked }) => !isMarked));
  const shown = (each: string) => `${each.slice(0, 40)} (${each.length})`;
  assert.deepEqual(seen.map(shown), wanted.map(shown));
}

async function stateOf(bus: Bus, id: number): Promise<string | undefined> {
  const { entries } = await bus.history({ limit: 5 });
  return entries.find((entry) => entry.id === id)?.to[0]?.state;
}

const deeds: readonly Deed[] = [
  {
    title: "send",
    act: async ({ cut, otherName, cutName }, round) => {
      await cut.send({ to: [otherName, cutName], text: `one ${round}` });
      await cut.send({ to: [otherName], text: `two ${round}` });
    },
    after: async ({ cut, other }, round) => {
      assertOnce(await readAll(other), [`one ${round}`, `two ${round}`]);
      assertOnce(await readAll(cut), [`one ${round}`]);
      const { entries } = await other.history({ limit: 9, everyone: true, search: round });
      assert.deepEqual(entries.map(({ text }) => text), [`two ${round}`, `one ${round}`]);
    },
  },
  {
    title: "send to who waits",
    act: async ({ cut, other, otherName }, round) => {
      const waiting = other.check({ waitMs: 60_000 });
      await cut.send({ to: [otherName], text: round });
      const handed = await waiting;
      assert.deepEqual(handed.messages.map(({ text }) => text), [round]);
      await handed.confirm();
    },
    after: async ({ other }) => {
      assertOnce(await readAll(other), []);
    },
  },
  {
    title: "send a text in parts",
    act: async ({ cut, otherName }, round) => {
      await cut.send({ to: [otherName], text: round.padEnd(limits.textBytes, "x") });
    },
    after: async ({ other }, round) => {
      assertOnce(await readAll(other), [round.padEnd(limits.textBytes, "x")]);
    },
  },
  {
    title: "answer",
    before: async ({ cut, other, cutName }, round) => {
      const { id } = await other.send({ to: [cutName], text: `question ${round}` });
      assert.deepEqual(texts(await readAll(cut)), [`question ${round}`]);
      return id;
    },
    act: async ({ cut }, round, id) => {
      await cut.send({ to: [], text: `answer ${round}`, replyTo: id });
    },
    after: async ({ other }, round, id) => {
      assertOnce(await readAll(other), [`answer ${round}`]);
      assert.equal(await stateOf(other, id), "answered");
    },
  },
  {
    title: "check and confirm",
    before: async ({ other, cutName }, round) => {
      return (await other.send({ to: [cutName], text: round })).id;
    },
    act: async ({ cut }, round) => {
      const handed = await cut.check({ waitMs: 0 });
      assert.deepEqual(handed.messages.map(({ text }) => text), [round]);
      await handed.confirm();
    },
    after: async ({ cut, other }, _round, id) => {
      assertOnce(await readAll(cut), []);
      assert.equal(await stateOf(other, id), "read");
    },
  },
  {
    title: "release",
    before: async ({ other, cutName }, round) => {
      return (await other.send({ to: [cutName], text: round })).id;
    },
    act: async ({ cut }) => {
      const handed = await cut.check({ waitMs: 0 });
      await handed.release();
    },
    after: async ({ cut }, round) => {
      assertOnce(await readAll(cut), [round]);
    },
  },
  {
    title: "wait",
    act: async ({ cut, other, cutName }, round) => {
      const waiting = cut.check({ waitMs: 60_000 });
      const { id } = await other.send({ to: [cutName], text: round });
      const handed = await waiting;
      assert.deepEqual(handed.messages.map((message) => [message.id, message.text]), [[id, round]]);
      await handed.confirm();
    },
    after: async ({ cut }) => {
      assertOnce(await readAll(cut), []);
    },
  },
];

/** Does it again and again, each time with a cut one request later, until it is over before the cut. */
async function tryAll(server: NatsServer, deed: Deed, cut: Cut): Promise<void> {
  using way = new NatsCutter(server.port);
  const name = `${deed.title} ${cut.length}`.replaceAll(" ", "-");
  const pair: Pair = {
    cut: openNats(`nats://127.0.0.1:${way.port}/${name}`),
    other: openNats(`nats://${server.host}/${name}`),
    cutName: "cut",
    otherName: "other",
  };
  await pair.cut.join({ client: "cut", directory: `/${name}`, name: pair.cutName, must: true });
  await pair.other.join({
    client: "other",
    directory: `/${name}`,
    name: pair.otherName,
    must: true,
  });
  try {
    for (let nth = 1;; nth++) {
      const round = `${cut} of request ${nth}`;
      const id = await deed.before?.(pair, round) ?? 0;
      way.cutAt(nth, cut);
      await deed.act(pair, round, id);
      const wasCut = way.cutSubject !== undefined;
      way.cutAt(0, cut);
      try {
        await deed.after(pair, round, id);
      } catch (error) {
        throw new Error(`${deed.title}, cut ${round} (${way.cutSubject})`, { cause: error });
      }
      if (!wasCut) return assert.ok(nth > 1, "it makes a request");
      way.cutSubject = undefined;
    }
  } finally {
    await Promise.all([pair.cut.leave(), pair.other.leave()]);
  }
}

onNats(
  "nothing is lost, doubled or out of order when the way to the server is cut at any request",
  async () => {
    await using server = await NatsServer.start();
    const cuts: readonly Cut[] = ["before the request", "before its answer"];
    await Promise.all(deeds.flatMap((deed) => cuts.map((cut) => tryAll(server, deed, cut))));
  },
);

onNats(
  "message that was read before its sender heard of its place in the queue comes once, also after a restart",
  async () => {
    await using server = await NatsServer.start();
    using way = new NatsCutter(server.port);
    const alice = openNats(`nats://127.0.0.1:${way.port}`);
    const bob = openNats(`nats://${server.host}`);
    await alice.join({ client: "alice", directory: "/alice" });
    const { name } = await bob.join({ client: "bob", directory: "/bob" });
    const waiting = bob.check({ waitMs: 60_000 });
    way.cutOn("_mail.open.", "before its answer");
    const sent = alice.send({ to: [name], text: "once" });
    const handed = await waiting;
    await handed.confirm();
    await way.wasCut;
    // What the server knows of repeats, it knows from what lies there: this message was taken away.
    await server.kill("SIGTERM");
    await server.begin();
    way.open();
    await sent;
    assert.deepEqual(await readAll(bob), []);
    await bob.leave();
    const again = openNats(`nats://${server.host}`);
    await again.join({ client: "bob", directory: "/bob" });
    assert.deepEqual(await readAll(again), []);
    await Promise.all([alice.leave(), again.leave()]);
  },
);
