import assert from "node:assert/strict";
import type { Mailbox, Transaction } from "../../lib/store/store.ts";
import type { SeededRandom } from "../support/seeded.ts";
import { seeded } from "../support/seeded.ts";
import { StoreBench } from "../support/store_bench.ts";

interface Copy {
  state: "accepted" | "handed" | "read" | "answered";
  redelivered: boolean;
  instance?: string | undefined;
  request?: number | undefined;
}

/** What the store should hold: for each mailbox its deliveries by message. */
type Model = Map<number, Map<number, Copy>>;

const instances = ["p", "q", "r"];
const requests = [1, 2];

interface Walk {
  readonly random: SeededRandom;
  readonly bench: StoreBench;
  readonly model: Model;
  readonly boxes: Mailbox[];
  readonly sent: number[];
}

/** All deliveries of the model, with the mailbox that each is in. */
function copies(model: Model): { mailbox: number; message: number; copy: Copy }[] {
  return [...model].flatMap(([mailbox, held]) =>
    [...held].map(([message, copy]) => ({ mailbox, message, copy }))
  );
}

function send({ random, bench, model, boxes, sent }: Walk): void {
  const to = boxes.filter(() => random.fraction() < 0.5);
  const id = bench.send(random.pick(boxes), to);
  sent.push(id);
  for (const box of to) model.get(box.id)!.set(id, { state: "accepted", redelivered: false });
}

function hand({ random, bench, model, boxes }: Walk): void {
  const box = random.pick(boxes);
  const lease = { instance: random.pick(instances), request: random.pick(requests) };
  bench.hand(box, lease.instance, lease.request);
  const queued = [...model.get(box.id)!].filter(([, copy]) => copy.state === "accepted")
    .sort(([a], [b]) => a - b).slice(0, 50);
  for (const [, copy] of queued) Object.assign(copy, { state: "handed", ...lease });
}

function read({ random, bench, model, boxes, sent }: Walk): void {
  const box = random.pick(boxes);
  const message = random.pick(sent);
  const instance = random.pick(instances);
  bench.run(({ messages }) => messages.read(box.id, [message], instance, 1));
  const copy = model.get(box.id)!.get(message);
  const unread = copy?.state === "accepted" || copy?.state === "handed";
  if (unread && copy.instance === instance) copy.state = "read";
}

function release({ random, bench, model }: Walk): void {
  const lease = { instance: random.pick(instances), request: random.pick(requests) };
  bench.run(({ messages }) => messages.release(lease));
  for (const { copy } of copies(model)) {
    const held = copy.state === "handed" && copy.instance === lease.instance &&
      copy.request === lease.request;
    if (held) Object.assign(copy, { state: "accepted", instance: undefined });
  }
}

function requeue({ random, bench, model }: Walk): void {
  const instance = random.pick(instances);
  bench.run(({ messages }) => messages.requeue(instance));
  for (const { copy } of copies(model)) {
    const held = copy.state === "handed" && copy.instance === instance;
    if (held) Object.assign(copy, { state: "accepted", redelivered: true });
  }
}

function answer({ random, bench, model, boxes, sent }: Walk): void {
  const box = random.pick(boxes);
  const message = random.pick(sent);
  bench.run(({ messages }) => messages.answered(box.id, message, 1));
  const copy = model.get(box.id)!.get(message);
  const wasHanded = copy?.state !== "accepted" || copy.instance !== undefined;
  if (copy !== undefined && wasHanded) copy.state = "answered";
}

/** One mailbox takes another one over, and a new one takes its place. */
function absorb({ random, bench, model, boxes }: Walk): void {
  const from = boxes.splice(random.whole(0, boxes.length - 1), 1)[0]!;
  const into = random.pick(boxes);
  bench.run(({ mailboxes }) => mailboxes.absorb(into.id, from.id));
  const held = model.get(into.id)!;
  for (const [message, copy] of model.get(from.id)!) {
    if (!held.has(message)) held.set(message, copy);
  }
  model.delete(from.id);
  const fresh = bench.mailbox(`box-${random.whole(0, 0x7fff_ffff)}-${from.id}`);
  boxes.push(fresh);
  model.set(fresh.id, new Map());
}

/** A batch in which an operation changes everything and is undone. */
function undo({ bench, boxes }: Walk): void {
  const fault = new Error("on purpose");
  const change = ({ messages }: Transaction) => {
    messages.insert(bench.message(boxes[0]!, boxes), boxes.map(({ id }) => id));
    for (const instance of instances) messages.requeue(instance);
    throw fault;
  };
  assert.deepEqual(bench.batch(change), [{ error: fault }]);
}

const steps = [send, send, hand, hand, read, read, read, release, requeue, answer, absorb, undo];

function check({ bench, model, boxes }: Walk): void {
  for (const box of boxes) {
    const held = [...model.get(box.id)!];
    const count = (state: string) => held.filter(([, copy]) => copy.state === state).length;
    const { accepted, handed } = bench.seen(box);
    assert.deepEqual({ accepted, handed }, {
      accepted: count("accepted"),
      handed: count("handed"),
    });
    const queued = held.filter(([, copy]) => copy.state === "accepted").sort(([a], [b]) => a - b)
      .slice(0, 50).map(([message, { redelivered }]) => ({ message, redelivered }));
    const seen = bench.queued(box).map(({ message, redelivered }) => ({
      message: message.id,
      redelivered,
    }));
    assert.deepEqual(seen, queued);
  }
}

seeded("counters and queues of the store follow every change of a delivery", (random, rounds) => {
  using bench = new StoreBench();
  const boxes = ["a", "b", "c"].map((name) => bench.mailbox(name));
  const model: Model = new Map(boxes.map(({ id }) => [id, new Map()]));
  const walk: Walk = { random, bench, model, boxes, sent: [] };
  send(walk);
  for (let round = 0; round < rounds; round++) {
    random.pick(steps)(walk);
    check(walk);
  }
  const states = new Set(copies(model).map(({ copy }) => copy.state));
  if (rounds >= 300) assert.ok(states.size >= 2, "the walk went through the states");
  for (const { mailbox, message, copy } of copies(model)) {
    const records = bench.run(({ messages }) => messages.deliveries(message));
    assert.equal(records.find((record) => record.mailbox === mailbox)?.state, copy.state);
  }
});
