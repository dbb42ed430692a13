import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { equalBytes } from "../../lib/core/handshake.ts";
import { fileSize } from "../../lib/store/file_size.ts";
import { logFault } from "../../lib/store/log_fault.ts";
import { openAsHeir, openSound } from "../../lib/store/open_sound.ts";
import { Reserve } from "../../lib/store/reserve.ts";
import { applicationId, migrations } from "../../lib/store/schema.ts";
import type { SqliteStore } from "../../lib/store/sqlite_store.ts";
import { readMark, writeMark } from "../../lib/store/store_mark.ts";
import type { Work } from "../../lib/store/store.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

/** A state directory whose store is opened as a claim opens it. */
class Home extends TemporaryDirectory {
  readonly store = this.at("messages.db");
  readonly mark = this.at("store.json");

  open(atMs = 1_000, options = { heir: false }): SqliteStore {
    const reserve = new Reserve(this.at("reserve"), 0);
    return (options.heir ? openAsHeir(this, reserve) : undefined) ?? openSound(this, reserve, atMs);
  }

  /** What was set aside. */
  aside(): string[] {
    const names = [...Deno.readDirSync(this.path)].map(({ name }) => name);
    return names.filter((name) => name.includes(".damaged-")).sort();
  }
}

function run<T>(store: SqliteStore, work: Work<T>): T {
  const [outcome] = store.batch(store.reign().epoch, [work], { grows: false });
  if ("error" in outcome!) throw outcome.error;
  return outcome!.done as T;
}

function claim(store: SqliteStore): number {
  return store.claim({ port: 1, pid: 1, atMs: claimMs });
}

/** A moment, and how the store writes it. */
const claimMs = 0x2345_6789_abcd;
const claimMsOnDisk = Uint8Array.of(0x23, 0x45, 0x67, 0x89, 0xab, 0xcd);
const nextClaimMsOnDisk = Uint8Array.of(0x23, 0x45, 0x67, 0x89, 0xab, 0xce);

/** Makes a reader and sends it that many messages. */
function send(store: SqliteStore, count: number): void {
  run(store, ({ mailboxes }) => mailboxes.byName("reader") ?? mailboxes.create("reader", 0));
  for (let n = 0; n < count; n++) {
    run(store, ({ messages }) =>
      messages.insert({
        uuid: crypto.randomUUID(),
        sender: 1,
        from: "reader",
        to: ["reader"],
        thread: undefined,
        replyTo: undefined,
        atMs: 1,
        text: `text ${n}`,
      }, [1]));
  }
}

function written(path: string, bytes: Uint8Array): string {
  Deno.writeFileSync(path, bytes);
  return path;
}

function queued(store: SqliteStore) {
  return run(store, ({ messages }) => messages.queued(1, undefined));
}

/** A copy of the files as a crash leaves them: the store is still open. */
function crash(home: Home, store: SqliteStore): void {
  const names = ["messages.db", "messages.db-wal", "messages.db-shm", "store.json"];
  const files = names.map((name) => [home.at(name), Deno.readFileSync(home.at(name))] as const);
  store.close();
  for (const [path, bytes] of files) Deno.writeFileSync(path, bytes);
}

Deno.test("sound store is opened as it is, after a clean end and after a crash", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 3);
  first.close();
  const second = home.open();
  claim(second);
  send(second, 2);
  crash(home, second);
  const third = home.open();
  assert.deepEqual([queued(third).length, third.warnings(1_000), home.aside()], [5, [], []]);
  third.close();
});

Deno.test("store whose file is gone is no fresh start: the user is told, epoch and numbers go on", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  claim(first);
  send(first, 3);
  first.close();
  Deno.removeSync(home.store);
  const second = home.open();
  assert.match(second.warnings(1_000)[0]!, /its file was gone\. No message could be saved/);
  assert.equal(claim(second), 3);
  send(second, 1);
  assert.deepEqual(queued(second).map(({ message }) => message.id), [4]);
  second.close();
});

Deno.test("log that is gone after a crash is noticed, and what the database holds is saved", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 3);
  first.close();
  const second = home.open();
  claim(second);
  send(second, 2);
  crash(home, second);
  Deno.removeSync(`${home.store}-wal`);
  const third = home.open(Date.UTC(2030, 1, 2));
  const [warning] = third.warnings(Date.UTC(2030, 1, 2));
  assert.match(warning!, /its log was gone\. 3 messages were saved, 3 of them unread/);
  assert.match(warning!, /kept as .*messages\.db\.damaged-2030-02-02T00-00-00-000Z\./);
  assert.deepEqual(queued(third).map(({ redelivered }) => redelivered), [true, true, true]);
  assert.equal(home.aside()[0], "messages.db.damaged-2030-02-02T00-00-00-000Z");
  third.close();
});

Deno.test("log that lost its last commits is noticed by what was noted beside the store", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 1);
  const short = Deno.statSync(`${home.store}-wal`).size;
  send(first, 2);
  first.keepMark();
  crash(home, first);
  Deno.truncateSync(`${home.store}-wal`, short);
  const second = home.open();
  assert.match(second.warnings(1_000)[0]!, /its last commits are missing\. 1 messages were saved/);
  second.close();
});

Deno.test("damage within the log is noticed by what follows it, whatever was noted", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 3);
  crash(home, first);
  const log = `${home.store}-wal`;
  const bytes = Deno.readFileSync(log);
  for (const place of [10, 20, bytes.length - 20 * 4120, bytes.length - 30 * 4120 + 2]) {
    const changed = bytes.slice();
    changed[place]! ^= 8;
    assert.match(logFault(written(home.at("log"), changed))!, /log is damaged/, `at ${place}`);
  }
  assert.equal(logFault(log), undefined);
  // The last frame may be of a write that was cut off.
  bytes[bytes.length - 1]! ^= 8;
  assert.equal(logFault(written(home.at("log"), bytes)), undefined);
});

/** Changes one bit of the first place in the file that holds `value`. */
function changeOnDisk(path: string, value: Uint8Array): void {
  const bytes = Deno.readFileSync(path);
  const at = bytes.findIndex((_, from) => value.every((byte, n) => bytes[from + n] === byte));
  assert.ok(at > 0);
  bytes[at + value.length - 1]! ^= 1;
  Deno.writeFileSync(path, bytes);
}

/** A moment, and how the store writes it. */
const readMs = 0x1234_5678_9abc;
const readMsOnDisk = Uint8Array.of(0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc);

/** Another one. */
const stopMs = 0x3456_789a_bcde;
const stopMsOnDisk = Uint8Array.of(0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde);

/** A closed store with three messages, one of them read, and a member with a conversation and rooms. */
function fill(home: Home): void {
  const store = home.open();
  claim(store);
  send(store, 3);
  run(store, ({ mailboxes, messages, rooms, oversight }) => {
    messages.lease(1, [2], { instance: "process", request: 1 }, 5);
    messages.read(1, [2], "process", readMs);
    const by = { client: "claude", directory: "/shop", shared: false, pid: 7, atMs: 9 };
    const who = { instance: "process", session: "session-of-reader", branch: "branch-of-it" };
    mailboxes.occupy(1, { ...by, ...who });
    rooms.set(rooms.create("room-of-choice", undefined).id, 1, "entered");
    rooms.set(rooms.create("shop", "/repository/of/shop").id, 1, "works");
    rooms.leave(rooms.create("till", "/repository/of/till").id, 1);
    mailboxes.pause(1, true);
    oversight.pauseEveryone(true);
    oversight.stop(2, stopMs);
  });
  store.claim({ port: 2, pid: 1, atMs: claimMs + 1 });
  store.close();
}

Deno.test("value that changed on disk is noticed by its second copy, or by its sum", () => {
  const values: [Uint8Array, string][] = [[readMsOnDisk, "deliveries_twice"]];
  values.push([nextClaimMsOnDisk, "its epoch is damaged"]);
  values.push([claimMsOnDisk, "its list of brokers is damaged"]);
  values.push([stopMsOnDisk, "stopped_twice"]);
  const columns = {
    "session-of-reader": "mailboxes_twice",
    "branch-of-it": "mailboxes_twice",
    "room-of-choice": "rooms_twice",
    "/repository/of/shop": "rooms_twice",
  };
  for (const [text, index] of Object.entries(columns)) {
    values.push([new TextEncoder().encode(text), index]);
  }
  for (const [value, index] of values) {
    using home = new Home();
    fill(home);
    changeOnDisk(home.store, value);
    const second = home.open();
    const [warning] = second.warnings(1_000);
    assert.match(warning!, new RegExp(`damaged: .*${index}.*3 messages were saved`, "s"));
    second.close();
  }
});

Deno.test("what a person held up is held up in what is saved of a damaged store, with its brokers", () => {
  using home = new Home();
  fill(home);
  changeOnDisk(home.store, readMsOnDisk);
  const second = home.open();
  run(second, ({ mailboxes, oversight }) => {
    assert.deepEqual([mailboxes.paused(), oversight.isEveryonePaused()], [["reader"], true]);
    assert.deepEqual(oversight.stopped(), [2]);
    assert.deepEqual(oversight.reigns(9).map(({ epoch }) => epoch), [2, 1]);
  });
  second.close();
});

Deno.test("messages and mailboxes are saved from a damaged store of an older form", () => {
  using home = new Home();
  const older = new DatabaseSync(home.store);
  older.exec(migrations.slice(0, 4).join(""));
  older.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 4`);
  older.exec("INSERT INTO mailboxes (name, name_key, since_ms) VALUES ('reader', 'reader', 1)");
  const text = "'u', 1, 'reader', '[]', NULL, NULL, 1, 0, 'text'";
  older.exec(`INSERT INTO messages VALUES (1, ${text})`);
  older.exec("INSERT INTO deliveries (message, mailbox) VALUES (1, 1)");
  older.exec("UPDATE reign SET epoch = 4");
  older.close();
  writeMark(home.mark, {
    ...{ form: 4, schema: 0, epoch: 5, commits: 0, lastMessage: 0 },
    ...{ clean: true, log: false, damaged: true },
  });
  const second = home.open();
  assert.match(second.warnings(1_000)[0]!, /1 messages were saved, 1 of them unread/);
  assert.deepEqual(queued(second).map(({ message }) => message.id), [1]);
  second.close();
});

Deno.test("conversations and rooms are saved from a damaged store, and who left one stays out", () => {
  using home = new Home();
  fill(home);
  changeOnDisk(home.store, readMsOnDisk);
  const second = home.open();
  assert.match(second.warnings(1_000)[0]!, /3 messages were saved/);
  const saved = run(second, ({ mailboxes, rooms }) => {
    const { session, branch } = mailboxes.byId(1)!;
    const till = rooms.byRepository("/repository/of/till")!;
    const inside = rooms.of(1).map(({ name }) => name);
    return { session, branch, inside, till: rooms.way(till.id, 1) };
  });
  assert.deepEqual(saved, {
    session: "session-of-reader",
    branch: "branch-of-it",
    inside: ["room-of-choice", "shop"],
    till: "left",
  });
  second.close();
});

for (const heir of [false, true]) {
  const title = `older copy of a store is noticed after a clean end${
    heir ? " by an heir, too" : ""
  }`;
  Deno.test(title, () => noticesOlderCopy({ heir }));
}

function noticesOlderCopy(options: { heir: boolean }): void {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 1);
  first.close();
  const older = Deno.readFileSync(home.store);
  const second = home.open();
  claim(second);
  send(second, 1);
  second.close();
  Deno.writeFileSync(home.store, older);
  const third = home.open(1_000, options);
  assert.match(third.warnings(1_000)[0]!, /its last commits are missing/);
  third.close();
}

Deno.test("heir leaves a store as it is, with its log, when commits are missing from it", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 3);
  const files = [home.store, `${home.store}-wal`, home.mark];
  const crashed = files.map((path) => Deno.readFileSync(path));
  first.close();
  files.forEach((path, index) => Deno.writeFileSync(path, crashed[index]!));
  const mark = readMark(home.mark)!;
  writeMark(home.mark, { ...mark, commits: mark.commits + 100 });
  assert.equal(openAsHeir(home, new Reserve(home.at("reserve"), 0)), undefined);
  const isAsItWas = files.slice(0, 2).map((path, index) =>
    fileSize(path) !== undefined && equalBytes(Deno.readFileSync(path), crashed[index]!)
  );
  assert.deepEqual(isAsItWas, [true, true]);
  writeMark(home.mark, mark);
  const second = openAsHeir(home, new Reserve(home.at("reserve"), 0));
  assert.equal(queued(second!).length, 3, "and opens it when all of them are there");
  second!.close();
});

Deno.test("replacement that was cut off goes on with the next claim", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 2);
  first.close();
  const whole = Deno.readFileSync(home.store);
  const damaged = new Uint8Array(8192).fill(0x55);
  Deno.writeFileSync(home.store, damaged);
  Deno.writeFileSync(`${home.store}-wal`, damaged);
  // As it is once the new store is whole and the old one's log has been renamed.
  Deno.writeFileSync(`${home.store}.ready`, whole);
  Deno.renameSync(`${home.store}-wal`, home.at("elsewhere"));
  const second = home.open();
  assert.equal(queued(second).length, 2);
  assert.deepEqual(Deno.readFileSync(home.at(home.aside()[0]!)), damaged);
  second.close();
});

Deno.test("page that turns out damaged ends the epoch, and the next claim mends the store", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 40);
  first.close();
  const second = home.open();
  const epoch = claim(second);
  // While it is open: no look at a claim can have seen it.
  const bytes = Deno.readFileSync(home.store);
  const root = new DatabaseSync(home.store, { readOnly: true });
  const row = root.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'deliveries'").get();
  root.close();
  bytes.fill(0x55, (Number(row!["rootpage"]) - 1) * 4096, Number(row!["rootpage"]) * 4096);
  Deno.writeFileSync(home.store, bytes);
  assert.throws(() => queued(second), { code: "store_damaged" });
  second.close();
  const third = home.open();
  assert.match(
    third.warnings(1_000)[0]!,
    /a part of it could not be read\. 40 messages were saved/,
  );
  assert.equal(claim(third), epoch + 1);
  third.close();
});

Deno.test("broker whose store was set aside meanwhile is fenced", () => {
  using home = new Home();
  const first = home.open();
  claim(first);
  send(first, 1);
  Deno.renameSync(home.store, home.at("aside"));
  const epoch = first.reign().epoch;
  assert.throws(() => first.batch(epoch, [() => {}], { grows: false }), { code: "fenced" });
  first.close();
});

Deno.test(
  "broker that lost the index of its log to others is fenced: they would not see its locks",
  {
    ignore: Deno.build.os === "windows",
  },
  () => {
    using home = new Home();
    const first = home.open();
    const epoch = claim(first);
    send(first, 1);
    Deno.renameSync(`${home.store}-shm`, home.at("aside"));
    assert.throws(() => first.batch(epoch, [() => {}], { grows: false }), { code: "fenced" });
    Deno.copyFileSync(home.at("aside"), `${home.store}-shm`);
    assert.throws(() => first.batch(epoch, [() => {}], { grows: false }), { code: "fenced" });
    first.close();
  },
);

Deno.test("database of another program is not moved", () => {
  using home = new Home();
  const foreign = new DatabaseSync(home.store);
  foreign.exec("CREATE TABLE books (title TEXT); PRAGMA application_id = 7");
  foreign.close();
  assert.throws(() => home.open(), { code: "store_damaged", message: /another program/ });
  assert.deepEqual(home.aside(), []);
});
