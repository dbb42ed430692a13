import assert from "node:assert/strict";
import { KnownProcesses } from "../../../lib/bus/nats/known_processes.ts";
import { limits } from "../../../lib/core/limits.ts";
import type { LiveRecord } from "../../../lib/bus/nats/records.ts";
import { NatsPart } from "../../support/nats_part.ts";
import { NatsServer } from "../../support/nats_server.ts";
import { onNats } from "../../support/on_nats.ts";

/** Has a process believe in so many others that its turn to do what all do comes in many hours. */
function inCrowd({ realm }: NatsPart): void {
  Object.defineProperty(realm, "crowd", { get: () => 10_000_000, set: () => {} });
}

onNats("what a process does is known to who asks, before a crowd is told", async () => {
  await using server = await NatsServer.start();
  await using one = await NatsPart.open(server, "one");
  await using other = await NatsPart.open(server, "other");
  const { id } = await one.take("claude", "alice");
  one.presence.tell({ box: id });
  await one.presence.told();
  inCrowd(one);
  one.presence.tell({ waiting: true });
  await other.directory.refresh();
  await other.presence.look([id]);
  assert.equal(other.presence.isWaiting(id), true);
  await one.presence.told();
  one.presence.tell({ waiting: undefined });
  await other.presence.look([id]);
  assert.equal(other.presence.isWaiting(id), false);
});

onNats(
  "who needs what is there does not wait for its turn in a crowd that comes back",
  async () => {
    await using server = await NatsServer.start();
    await using one = await NatsPart.open(server, "one");
    await using other = await NatsPart.open(server, "other");
    inCrowd(other);
    await server.kill();
    await server.begin();
    const { id } = await one.directory.transact(({ mailboxes }) => mailboxes.create("bob", 1));
    await other.directory.refresh();
    assert.equal(other.directory.box(id)?.name, "bob");
  },
);

onNats("a server writes nothing to its disk of who hears of changes", async () => {
  await using server = await NatsServer.start();
  await using part = await NatsPart.open(server, "one");
  const { names, jsm } = part.realm;
  for (const bucket of [names.directory, names.live]) {
    const consumers = await jsm.consumers.list(`KV_${bucket}`).next();
    assert.deepEqual(consumers.map(({ config }) => config.mem_storage), [true]);
  }
});

const record = (changes: number, more: Partial<LiveRecord> = {}): LiveRecord => ({
  ...{ box: 7, pid: 1, machine: "here#1", atMs: 0, unread: 0, changes },
  ...more,
});

Deno.test("an answer is not undone by what the process had told before, and comes late", () => {
  const known = new KnownProcesses(() => 0);
  known.told("one", record(1), 1);
  assert.equal(known.answers("one", record(3, { waiting: true })), true);
  known.told("one", record(2), 2);
  assert.equal(known.record("one")?.waiting, true);
  assert.equal(known.sequence("one"), 2);
  known.told("one", record(4), 3);
  assert.equal(known.record("one")?.waiting, undefined);
  assert.equal(known.answers("one", record(4)), false);
});

Deno.test("processes are found by the box that they told last", () => {
  let nowMs = 0;
  const known = new KnownProcesses(() => nowMs);
  const at = (box: number) => known.at(box).map(([instance]) => instance);
  known.told("one", record(1), 1);
  known.told("two", record(1), 2);
  assert.deepEqual(at(7), ["one", "two"]);
  known.told("one", record(2, { box: 8 }), 3);
  assert.deepEqual([at(7), at(8)], [["two"], ["one"]]);
  known.left("two");
  assert.deepEqual(at(7), []);
  nowMs = limits.natsLifeMs;
  known.forgetOld();
  assert.deepEqual(at(8), []);
});
