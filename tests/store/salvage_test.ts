import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { applicationId, migrations } from "../../lib/store/schema.ts";
import { writeMark } from "../../lib/store/store_mark.ts";
import { claim, claimMs, queued, run, send, StoreHome } from "../support/store_home.ts";

/** How the store writes the moment of a claim, and the one after it. */
const claimMsOnDisk = Uint8Array.of(0x23, 0x45, 0x67, 0x89, 0xab, 0xcd);
const nextClaimMsOnDisk = Uint8Array.of(0x23, 0x45, 0x67, 0x89, 0xab, 0xce);

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
function fill(home: StoreHome): void {
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
    using home = new StoreHome();
    fill(home);
    changeOnDisk(home.store, value);
    const second = home.open();
    const [warning] = second.warnings(1_000);
    assert.match(warning!, new RegExp(`damaged: .*${index}.*3 messages were saved`, "s"));
    second.close();
  }
});

Deno.test("what a person held up is held up in what is saved of a damaged store, with its brokers", () => {
  using home = new StoreHome();
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
  using home = new StoreHome();
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
  using home = new StoreHome();
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
