import assert from "node:assert/strict";
import { BoxKeeper } from "../../../lib/bus/nats/box_keeper.ts";
import { Directory } from "../../../lib/bus/nats/directory.ts";
import { MessageShelf } from "../../../lib/bus/nats/message_shelf.ts";
import { natsSetting } from "../../../lib/bus/nats/nats_setting.ts";
import { Posting } from "../../../lib/bus/nats/posting.ts";
import { Realm } from "../../../lib/bus/nats/realm.ts";
import type { BoxRecord } from "../../../lib/bus/nats/records.ts";
import { Tidying } from "../../../lib/bus/nats/tidying.ts";
import type { Clock } from "../../../lib/core/clock.ts";
import { limits } from "../../../lib/core/limits.ts";
import { systemClock } from "../../../lib/member/system_clock.ts";
import { systemRandom } from "../../../lib/member/system_random.ts";
import { openNats } from "../../support/nats_bus.ts";
import { NatsServer } from "../../support/nats_server.ts";
import { onNats } from "../../support/on_nats.ts";

/** The time of the system, some days ago. */
function daysAgo(days: number): Clock {
  const ageMs = days * 24 * 3600_000;
  return {
    wallMs: () => systemClock.wallMs() - ageMs,
    monotonicMs: () => systemClock.monotonicMs(),
    after: (delayMs, fn) => systemClock.after(delayMs, fn),
  };
}

const weekAndDay = limits.keepMs / (24 * 3600_000) + 1;

/** A realm as who cleans it up sees it. */
class Cleaner implements AsyncDisposable {
  readonly url: string;
  readonly tidying: Tidying;
  readonly keeper: BoxKeeper;
  readonly posting: Posting;

  private constructor(server: NatsServer, readonly realm: Realm, readonly directory: Directory) {
    this.url = `nats://${server.host}/test`;
    const shelf = new MessageShelf(realm);
    const isHere = () => false;
    const mending = { mend: () => Promise.resolve() };
    const clocks = { clock: systemClock, random: systemRandom };
    this.tidying = new Tidying({ link: realm, directory, shelf, isHere, mending, ...clocks });
    this.keeper = new BoxKeeper(realm, directory);
    this.posting = new Posting(realm, shelf);
  }

  static async open(server: NatsServer): Promise<Cleaner> {
    const clocks = { clock: systemClock, random: systemRandom };
    const realm = await Realm.open(natsSetting(`nats://${server.host}/test`), clocks);
    const machine = "here#1";
    return new Cleaner(server, realm, await Directory.open(realm, { machine, ...clocks }));
  }

  /** Messages of an agent that was there `days` ago, each to one of these names. */
  async sendDaysAgo(days: number, ...names: readonly string[]): Promise<void> {
    const alice = openNats(this.url, { clock: daysAgo(days) });
    await alice.join({ client: "alice", directory: "/alice", name: "alice" });
    for (const name of names) await alice.send({ to: [name], text: `to ${name}` });
    await alice.leave();
    await this.directory.refresh();
  }

  /** The box to which the name leads. */
  boxOf(name: string): number | undefined {
    return this.directory.look(({ mailboxes }) => mailboxes.byName(name)?.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.tidying.close();
    this.directory.close();
    await this.realm.close();
  }
}

async function textsOf(url: string, name: string): Promise<string[]> {
  const bus = openNats(url);
  await bus.join({ client: name, directory: `/${name}`, name, must: true });
  const handed = await bus.check({ waitMs: 0 });
  await handed.confirm();
  await bus.leave();
  return handed.messages.map(({ text }) => text);
}

onNats(
  "what waited a week for a name that nobody took goes, and what is younger stays",
  async () => {
    await using server = await NatsServer.start();
    await using cleaner = await Cleaner.open(server);
    await cleaner.sendDaysAgo(weekAndDay, "never", "soon");
    await cleaner.sendDaysAgo(0, "soon");
    await cleaner.tidying.tidy();
    assert.equal(cleaner.boxOf("never"), undefined);
    assert.deepEqual(await textsOf(cleaner.url, "never"), []);
    assert.deepEqual(await textsOf(cleaner.url, "soon"), ["to soon"]);
  },
);

onNats("two who clean up at once, or one a moment after the other, do it once", async () => {
  await using server = await NatsServer.start();
  await using cleaner = await Cleaner.open(server);
  await using other = await Cleaner.open(server);
  await Promise.all([cleaner.tidying.tidy(), other.tidying.tidy()]);
  await cleaner.sendDaysAgo(weekAndDay, "never");
  await other.tidying.tidy();
  assert.notEqual(cleaner.boxOf("never"), undefined);
});

interface Race {
  readonly title: string;
  /** How far the removal has come before something is put into the box. */
  remove(cleaner: Cleaner, box: number): Promise<void>;
  /** How far it goes on after that. */
  goOn?(cleaner: Cleaner, box: number): Promise<void>;
}

const setClosing = (cleaner: Cleaner, box: number) =>
  cleaner.directory.change<BoxRecord>(`box.${box}`, (now) => ({ ...now!, closingMs: 1 }));

const take = (cleaner: Cleaner, box: number) =>
  cleaner.directory.transact(({ mailboxes }) => {
    if (cleaner.directory.box(box)?.closingMs === 1) {
      mailboxes.remove(box, systemClock.wallMs());
    }
  });

const races: readonly Race[] = [
  {
    title: "is about to be removed",
    remove: async (cleaner, box) => void await setClosing(cleaner, box),
    goOn: take,
  },
  {
    title: "was removed meanwhile",
    remove: async (cleaner, box) => {
      await setClosing(cleaner, box);
      await take(cleaner, box);
    },
  },
  {
    title: "was removed, and whose name somebody else has made anew",
    remove: async (cleaner, box) => {
      await setClosing(cleaner, box);
      await take(cleaner, box);
      await cleaner.directory.transact(({ mailboxes }) => {
        mailboxes.create("bob", systemClock.wallMs());
      });
    },
  },
];

for (const { title, remove, goOn } of races) {
  onNats(`message put into a box that ${title} is read by who takes its name`, async () => {
    await using server = await NatsServer.start();
    await using cleaner = await Cleaner.open(server);
    await using sender = await Cleaner.open(server);
    await cleaner.directory.transact(({ mailboxes }) => {
      mailboxes.create("bob", systemClock.wallMs() - 2 * limits.keepMs);
    });
    await sender.directory.refresh();
    const box = sender.boxOf("bob")!;
    await remove(cleaner, box);
    await sender.posting.post({
      uuid: crypto.randomUUID(),
      sender: 1,
      from: "alice",
      to: ["bob"],
      readers: [[box, "bob"]],
      atMs: systemClock.wallMs(),
      text: "put there",
    });
    await sender.keeper.keep([{ id: box, name: "bob" }]);
    await goOn?.(cleaner, box);
    assert.deepEqual(await textsOf(cleaner.url, "bob"), ["put there"]);
  });
}
