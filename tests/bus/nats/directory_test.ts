import assert from "node:assert/strict";
import { changeName } from "../../../lib/member/hub/change_name.ts";
import { enterOrLeave, workIn } from "../../../lib/member/hub/rooms.ts";
import { NatsPart as Part } from "../../support/nats_part.ts";
import { NatsServer } from "../../support/nats_server.ts";
import { onNats } from "../../support/on_nats.ts";

onNats("of processes that take a name at once each gets one of its own", async () => {
  await using server = await NatsServer.start();
  const parts = await Promise.all(
    Array.from({ length: 8 }, (_, n) => Part.open(server, `process-${n}`)),
  );
  const names = await Promise.all(parts.map((part) => part.take("claude")));
  assert.equal(new Set(names.map(({ name }) => name)).size, 8);
  assert.equal(new Set(names.map(({ id }) => id)).size, 8);
  await using late = await Part.open(server, "late");
  const all = late.directory.look(({ mailboxes }) => mailboxes.all());
  assert.deepEqual(
    all.map(({ name }) => name),
    names.map(({ name }) => name).sort(),
  );
  assert.deepEqual(late.directory.boxes().length, 8, "boxes of lost rounds are taken away");
  for (const part of parts) await part[Symbol.asyncDispose]();
});

onNats(
  "a name that is changed forwards, and what another had under the new one is its own",
  async () => {
    await using server = await NatsServer.start();
    await using one = await Part.open(server, "one");
    await using other = await Part.open(server, "other");
    const mine = await one.take("claude", "alice");
    const waiting = await other.directory.transact(({ mailboxes }) => mailboxes.create("bob", 1));
    await one.directory.transact((view) =>
      changeName(view, view.mailboxes.byId(mine.id)!, "Bob", one.presence, Date.now())
    );
    await other.directory.refresh();
    await other.directory.transact(({ mailboxes }) => {
      assert.equal(mailboxes.byName("bob")?.id, mine.id);
      assert.equal(mailboxes.byName("alice"), undefined);
      assert.equal(mailboxes.forwarded("ALICE", Date.now())?.name, "Bob");
      assert.equal(mailboxes.forwarded("alice", Date.now() + 3 * 3600_000), undefined);
      assert.equal(mailboxes.byId(waiting.id)?.id, mine.id);
      return mailboxes.create("third", 2);
    });
    assert.deepEqual(other.directory.box(mine.id)?.also, [waiting.id]);
  },
);

onNats("a room is there as long as somebody has to do with it", async () => {
  await using server = await NatsServer.start();
  await using one = await Part.open(server, "one");
  await using other = await Part.open(server, "other");
  const mine = await one.take("claude", "alice");
  await one.directory.transact((view) => {
    workIn(view, mine.id, "/src/Shop");
    enterOrLeave(view, mine.id, { op: "room", room: "#Talk", inside: true });
  });
  await other.directory.refresh();
  const seen = other.directory.look(({ rooms }) => {
    return { rooms: rooms.of(mine.id), repository: rooms.byRepository("/src/Shop") };
  });
  assert.deepEqual(seen.rooms.map(({ name }) => name), ["shop", "Talk"]);
  assert.equal(seen.repository?.name, "shop");
  await one.directory.transact((view) => {
    enterOrLeave(view, mine.id, { op: "room", room: "talk", inside: false });
    enterOrLeave(view, mine.id, { op: "room", room: "shop", inside: false });
  });
  one.directory.look(({ rooms }) => {
    assert.equal(rooms.byName("talk"), undefined);
    assert.deepEqual(rooms.members(rooms.byName("shop")!.id), []);
  });
  await one.directory.transact((view) => workIn(view, mine.id, "/src/Shop"));
  one.directory.look(({ rooms }) => assert.deepEqual(rooms.of(mine.id), []));
});

onNats("a directory on another machine is somebody else's, and says so", async () => {
  await using server = await NatsServer.start();
  await using one = await Part.open(server, "one", "desk#1");
  const mine = await one.take("claude");
  await one.directory.transact(({ mailboxes }) => mailboxes.vacate("one", 5));
  await using other = await Part.open(server, "other", "lap#2");
  const theirs = await other.take("claude");
  assert.notEqual(theirs.id, mine.id);
  other.directory.look(({ mailboxes }) =>
    assert.equal(mailboxes.byId(mine.id)?.owner?.directory, "desk:/shop")
  );
});

onNats(
  "a process that is gone without a word is missed when somebody asks, and its name is free then",
  async () => {
    await using server = await NatsServer.start();
    const dead = await Part.open(server, "dead");
    const box = await dead.take("claude", "alice");
    await using one = await Part.open(server, "one");
    await one.presence.look([box.id]);
    assert.equal(one.presence.isHere(box.id), true);
    await dead[Symbol.asyncDispose]();
    assert.equal(one.presence.isHere(box.id), true, "its sign of life still counts");
    // Until the server has seen the end of the connection, the silence is that of a stopped process.
    do await one.presence.look([box.id]); while (!one.presence.mayReturn("dead"));
    assert.equal(one.presence.isHere(box.id), false);
    while (one.presence.mayReturn("dead")) await one.presence.changed();
    assert.equal(one.presence.isHere(box.id), false);
    assert.equal((await one.take("claude", "alice")).id, box.id);
  },
);

onNats("the copy goes on where it was when the server was killed and is back", async () => {
  await using server = await NatsServer.start();
  await using one = await Part.open(server, "one");
  await using other = await Part.open(server, "other");
  await one.take("claude", "alice");
  await server.kill();
  const made = one.directory.transact(({ mailboxes }) => mailboxes.create("bob", 1));
  await server.begin();
  const { id } = await made;
  // A box is heard of before the name that leads to it.
  const named = () => other.directory.look(({ mailboxes }) => mailboxes.all());
  await new Promise<void>((resolve) => {
    const look = () => named().length === 2 && resolve();
    other.directory.onChange(look);
    look();
  });
  assert.ok(named().some((each) => each.id === id));
});
