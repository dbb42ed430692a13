import assert from "node:assert/strict";
import { Mending } from "../../../lib/bus/nats/mending.ts";
import type { BoxRecord, NameRecord } from "../../../lib/bus/nats/records.ts";
import { limits } from "../../../lib/core/limits.ts";
import { enterOrLeave } from "../../../lib/member/hub/rooms.ts";
import { NatsPart } from "../../support/nats_part.ts";
import { NatsServer } from "../../support/nats_server.ts";
import { onNats } from "../../support/on_nats.ts";

// What a process leaves that ends between two writes, written here by hand.

async function mend(part: NatsPart): Promise<void> {
  const { realm: link, directory, presence } = part;
  await new Mending({ link, directory, presence }).mend(Date.now());
}

onNats(
  "a name that was led to a box which got no such name forwards there for its time",
  async () => {
    await using server = await NatsServer.start();
    await using one = await NatsPart.open(server, "one");
    const { id } = await one.take("claude", "alice");
    await one.directory.change<NameRecord>("name.bob", () => ({ box: id }));
    await one.directory.change<NameRecord>("name.nobody", () => ({ box: 77 }));
    await mend(one);
    one.directory.look(({ mailboxes }) => {
      assert.equal(mailboxes.forwarded("bob", Date.now())?.id, id);
      assert.equal(mailboxes.forwarded("bob", Date.now() + limits.forwardMs), undefined);
    });
    assert.equal(one.directory.get("name.nobody"), undefined);
  },
);

onNats(
  "a box that lost its name is read by who has that, or gets it back where nobody has",
  async () => {
    await using server = await NatsServer.start();
    await using one = await NatsPart.open(server, "one");
    const { id } = await one.take("claude", "alice");
    const old = { sinceMs: 1 };
    await one.directory.change<BoxRecord>("box.71", () => ({ name: "Alice", ...old }));
    await one.directory.change<BoxRecord>("box.72", () => ({ name: "carol", ...old }));
    const young = { name: "alice", sinceMs: Date.now() };
    await one.directory.change<BoxRecord>("box.73", () => young);
    await mend(one);
    assert.deepEqual(one.directory.box(id)?.also, [71]);
    assert.equal(one.directory.living(71), id);
    one.directory.look(({ mailboxes }) => assert.equal(mailboxes.byName("carol")?.id, 72));
    assert.deepEqual(one.directory.box(73), young, "somebody may be about to give it its name");
  },
);

onNats("a room that everybody has left goes, and one with somebody in it stays", async () => {
  await using server = await NatsServer.start();
  await using one = await NatsPart.open(server, "one");
  const { id } = await one.take("claude", "alice");
  await one.directory.transact((view) => {
    enterOrLeave(view, id, { op: "room", room: "here", inside: true });
    enterOrLeave(view, id, { op: "room", room: "gone", inside: true });
  });
  await one.directory.transact((view) =>
    enterOrLeave(view, id, { op: "room", room: "gone", inside: false })
  );
  await mend(one);
  assert.deepEqual(one.directory.keys("room."), ["room.here"]);
});
