import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { equalBytes } from "../../lib/core/handshake.ts";
import { fileSize } from "../../lib/store/file_size.ts";
import { logFault } from "../../lib/store/log_fault.ts";
import { openAsHeir } from "../../lib/store/open_sound.ts";
import { Reserve } from "../../lib/store/reserve.ts";
import type { SqliteStore } from "../../lib/store/sqlite_store.ts";
import { readMark, writeMark } from "../../lib/store/store_mark.ts";
import { claim, queued, send, StoreHome } from "../support/store_home.ts";

function written(path: string, bytes: Uint8Array): string {
  Deno.writeFileSync(path, bytes);
  return path;
}

/** A copy of the files as a crash leaves them: the store is still open. */
function crash(home: StoreHome, store: SqliteStore): void {
  const names = ["messages.db", "messages.db-wal", "messages.db-shm", "store.json"];
  const files = names.map((name) => [home.at(name), Deno.readFileSync(home.at(name))] as const);
  store.close();
  for (const [path, bytes] of files) Deno.writeFileSync(path, bytes);
}

Deno.test("sound store is opened as it is, after a clean end and after a crash", () => {
  using home = new StoreHome();
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
  using home = new StoreHome();
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
  using home = new StoreHome();
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
  using home = new StoreHome();
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
  using home = new StoreHome();
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

for (const heir of [false, true]) {
  const title = `older copy of a store is noticed after a clean end${
    heir ? " by an heir, too" : ""
  }`;
  Deno.test(title, () => noticesOlderCopy({ heir }));
}

function noticesOlderCopy(options: { heir: boolean }): void {
  using home = new StoreHome();
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
  using home = new StoreHome();
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
  using home = new StoreHome();
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
  using home = new StoreHome();
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
  using home = new StoreHome();
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
    using home = new StoreHome();
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
  using home = new StoreHome();
  const foreign = new DatabaseSync(home.store);
  foreign.exec("CREATE TABLE books (title TEXT); PRAGMA application_id = 7");
  foreign.close();
  assert.throws(() => home.open(), { code: "store_damaged", message: /another program/ });
  assert.deepEqual(home.aside(), []);
});
