import assert from "node:assert/strict";
import { Directory } from "../../../lib/bus/nats/directory.ts";
import { natsSetting } from "../../../lib/bus/nats/nats_setting.ts";
import { Presence } from "../../../lib/bus/nats/presence.ts";
import { Realm } from "../../../lib/bus/nats/realm.ts";
import { takeName } from "../../../lib/member/hub/take_name.ts";
import { changeName } from "../../../lib/member/hub/change_name.ts";
import { enterOrLeave, workIn } from "../../../lib/member/hub/rooms.ts";
import { systemClock } from "../../../lib/member/system_clock.ts";
import { systemRandom } from "../../../lib/member/system_random.ts";
import { natsMissing, NatsServer } from "../../support/nats_server.ts";

const ignore = natsMissing !== undefined;

/** What one process has of a realm. */
class Part implements AsyncDisposable {
  private constructor(
    readonly realm: Realm,
    readonly directory: Directory,
    readonly presence: Presence,
  ) {}

  static async open(server: NatsServer, instance: string, machine = "here#1"): Promise<Part> {
    const setting = natsSetting(`nats://${server.host}/test`);
    const clocks = { clock: systemClock, random: systemRandom };
    const realm = await Realm.open(setting, clocks);
    const directory = await Directory.open(realm, { machine, random: systemRandom });
    const presence = new Presence({ link: realm, directory, instance, pid: 1, machine });
    await presence.follow();
    await presence.start();
    return new Part(realm, directory, presence);
  }

  async take(client: string, name?: string) {
    const hello = {
      op: "hello" as const,
      instance: this.presence.instance,
      pid: 1,
      client,
      directory: "/shop",
      ...(name === undefined ? {} : { name }),
    };
    const taken = await this.directory.transact((view) =>
      takeName(view, hello, this.presence, systemClock.wallMs())
    );
    assert(taken.kind === "taken");
    return taken.mailbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.presence.close();
    this.directory.close();
    await this.realm.close();
  }
}

Deno.test({
  name: "of processes that take a name at once each gets one of its own",
  ignore,
  async fn() {
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
  },
});

Deno.test({
  name: "a name that is changed forwards, and what another had under the new one is its own",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using one = await Part.open(server, "one");
    await using other = await Part.open(server, "other");
    const mine = await one.take("claude", "alice");
    const waiting = await other.directory.transact(({ mailboxes }) => mailboxes.create("bob", 1));
    await one.directory.transact((view) =>
      changeName(view, view.mailboxes.byId(mine.id)!, "Bob", one.presence, Date.now())
    );
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
});

Deno.test({
  name: "a room is there as long as somebody has to do with it",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using one = await Part.open(server, "one");
    await using other = await Part.open(server, "other");
    const mine = await one.take("claude", "alice");
    await one.directory.transact((view) => {
      workIn(view, mine.id, "/src/Shop");
      enterOrLeave(view, mine.id, { op: "room", room: "#Talk", inside: true });
    });
    const seen = await other.directory.transact(({ rooms, mailboxes }) => {
      mailboxes.create("sync", 1);
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
  },
});

Deno.test({
  name: "a directory on another machine is somebody else's, and says so",
  ignore,
  async fn() {
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
  },
});

Deno.test({
  name:
    "a process that is gone without a word is missed when somebody asks, and its name is free then",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    const dead = await Part.open(server, "dead");
    const box = await dead.take("claude", "alice");
    await using one = await Part.open(server, "one");
    await one.presence.look([box.id]);
    assert.equal(one.presence.isHere(box.id), true);
    await dead[Symbol.asyncDispose]();
    assert.equal(one.presence.isHere(box.id), true, "its sign of life still counts");
    await one.presence.look([box.id]);
    assert.equal(one.presence.mayReturn("dead"), true);
    assert.equal(one.presence.isHere(box.id), false);
    while (one.presence.mayReturn("dead")) await one.presence.changed();
    assert.equal(one.presence.isHere(box.id), false);
    assert.equal((await one.take("claude", "alice")).id, box.id);
  },
});

Deno.test({
  name: "the copy goes on where it was when the server was killed and is back",
  ignore,
  async fn() {
    await using server = await NatsServer.start();
    await using one = await Part.open(server, "one");
    await using other = await Part.open(server, "other");
    await one.take("claude", "alice");
    await server.kill();
    const made = one.directory.transact(({ mailboxes }) => mailboxes.create("bob", 1));
    await server.begin();
    const { id } = await made;
    const heard = new Promise<void>((resolve) => {
      const look = () => other.directory.box(id) !== undefined && resolve();
      other.directory.onChange(look);
      look();
    });
    await heard;
    other.directory.look(({ mailboxes }) => assert.equal(mailboxes.all().length, 2));
  },
});
