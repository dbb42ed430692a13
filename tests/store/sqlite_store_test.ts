import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { InvariantViolation } from "../../lib/core/invariant.ts";
import { migrations } from "../../lib/store/schema.ts";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import { textChecksum } from "../../lib/store/message_checksum.ts";
import { idsOf, StoreBench } from "../support/store_bench.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

/** Writes a file by SQLite itself, as another program does. */
function written(path: string, ...statements: string[]): void {
  const file = new DatabaseSync(path);
  for (const statement of statements) file.exec(statement);
  file.close();
}

/** The one value that `sql` finds in a file. */
function valueIn(path: string, sql: string): unknown {
  const file = new DatabaseSync(path);
  const row = file.prepare(sql).get() as Record<string, unknown>;
  file.close();
  return Object.values(row)[0];
}

Deno.test("store keeps mailboxes, messages, states and its epoch when it is opened again", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  const first = new StoreBench(path);
  const alice = first.mailbox("Alice", 7);
  const bob = first.mailbox("bob");
  const read = first.send(alice, [bob], { text: "read this" });
  first.hand(bob, "process", 1, 5);
  first.run(({ messages }) => messages.read(bob.id, [read], "process", 6));
  first.run(({ mailboxes }) => mailboxes.rename(bob.id, "rob", 1_000));
  const queued = first.send(alice, [bob], { thread: read, replyTo: read, text: "and this" });
  const before = {
    mailboxes: first.run(({ mailboxes }) => mailboxes.all()),
    messages: [read, queued].map((id) => first.run(({ messages }) => messages.byId(id))),
  };
  first.store.close();

  using again = new StoreBench(path);
  assert.equal(again.epoch, first.epoch + 1);
  assert.deepEqual(again.store.reign(), { epoch: again.epoch, port: 1, pid: 2 });
  assert.deepEqual(again.run(({ mailboxes }) => mailboxes.all()), before.mailboxes);
  const found = [read, queued].map((id) => again.run(({ messages }) => messages.byId(id)));
  assert.deepEqual(found, before.messages);
  assert.deepEqual([again.state(bob, read), again.state(bob, queued)], ["read", "accepted"]);
  assert.equal(again.run(({ mailboxes }) => mailboxes.forwarded("BOB", 999))?.id, bob.id);
});

Deno.test("store marks its file with its form and as its own when it makes it", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  SqliteStore.open(path).close();
  assert.equal(valueIn(path, "PRAGMA user_version"), migrations.length);
  assert.equal(valueIn(path, "PRAGMA application_id"), 0x48555354);
});

Deno.test("store of the first form is brought to the present one with its messages", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  const text = "kept since the first form";
  const message = `1, 'uuid', 1, 'alice', '["bob"]', NULL, NULL, 1, ${
    textChecksum(
      new TextEncoder().encode(text),
    )
  }, '${text}'`;
  written(
    path,
    migrations[0]!,
    "PRAGMA application_id = 0x48555354",
    "PRAGMA user_version = 1",
    "INSERT INTO mailboxes (id, name, name_key, since_ms) VALUES (1, 'bob', 'bob', 1)",
    `INSERT INTO messages VALUES (${message})`,
    "INSERT INTO deliveries (mailbox, message) VALUES (1, 1)",
  );
  using bench = new StoreBench(path);
  const [delivery] = bench.run(({ messages }) => messages.queued(1, undefined));
  assert.equal(delivery?.message.text, text);
  assert.equal(valueIn(path, "PRAGMA user_version"), migrations.length);
});

Deno.test("store of the form before rooms has them, and keeps who holds its names", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  written(
    path,
    migrations[0]!,
    migrations[1]!,
    "PRAGMA application_id = 0x48555354",
    "PRAGMA user_version = 2",
    `INSERT INTO mailboxes (id, name, name_key, client, directory, instance, pid, since_ms)
      VALUES (1, 'Bob', 'bob', 'claude', '/shop', 'process', 7, 5)`,
  );
  using bench = new StoreBench(path);
  const bob = bench.run(({ mailboxes }) => mailboxes.byInstance("process"))!;
  assert.deepEqual([bob.name, bob.session, bob.branch], ["Bob", undefined, undefined]);
  bench.run(({ mailboxes, rooms }) => {
    mailboxes.describe(bob.id, { session: "s-1", branch: "main" });
    rooms.set(rooms.create("shop", "/srv/shop").id, bob.id, "works");
  });
  assert.deepEqual(bench.seen(bob), { ...bob, session: "s-1", branch: "main" });
  assert.deepEqual(bench.run(({ rooms }) => rooms.of(bob.id)).map(({ name }) => name), ["shop"]);
  assert.equal(valueIn(path, "PRAGMA integrity_check"), "ok");
});

Deno.test("store of the form in which deliveries lay by mailbox keeps each in its state", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  const checksum = textChecksum(new TextEncoder().encode("text"));
  const message = (id: number) =>
    `INSERT INTO messages VALUES (${id}, 'u${id}', 1, 'alice', '["bob"]', NULL, NULL, 1, ${checksum}, 'text')`;
  written(
    path,
    ...migrations.slice(0, 3),
    "PRAGMA application_id = 0x48555354",
    "PRAGMA user_version = 3",
    "UPDATE reign SET epoch = 8, port = 7, pid = 6, since_ms = 5, commits = 4",
    "INSERT INTO mailboxes (id, name, name_key, since_ms) VALUES (1, 'alice', 'alice', 1)",
    "INSERT INTO mailboxes (id, name, name_key, since_ms) VALUES (2, 'bob', 'bob', 1)",
    ...[1, 2, 3, 4].map(message),
    "INSERT INTO deliveries VALUES (2, 1, 0, 1, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO deliveries VALUES (2, 2, 1, 0, 'process', 9, 11, NULL, NULL)",
    "INSERT INTO deliveries VALUES (2, 3, 2, 0, 'process', 9, 11, 12, NULL)",
    "INSERT INTO deliveries VALUES (2, 4, 3, 0, 'process', 9, 11, 12, 13)",
  );
  using bench = new StoreBench(path);
  assert.equal(bench.epoch, 9);
  const bob = bench.run(({ mailboxes }) => mailboxes.byId(2))!;
  const states = [1, 2, 3, 4].map((id) => bench.state(bob, id));
  assert.deepEqual(states, ["accepted", "handed", "read", "answered"]);
  assert.deepEqual([bob.accepted, bob.handed], [1, 1]);
  const [queued, ...others] = bench.queued(bob);
  assert.deepEqual([queued?.message.id, queued?.redelivered, others.length], [1, true, 0]);
  const lease = { instance: "process", request: 9 };
  assert.deepEqual(idsOf(bench.run(({ messages }) => messages.leased(lease))), [2]);
  const all = { limit: 9, before: 99, partner: undefined };
  const seen = bench.run(({ messages }) => messages.history(2, all));
  assert.deepEqual(seen.map(({ id }) => id), [4, 3]);
  assert.equal(valueIn(path, "PRAGMA integrity_check"), "ok");
});

Deno.test("store of the form before this one begins its list of brokers, with nothing held up", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  written(
    path,
    ...migrations.slice(0, 4),
    "PRAGMA application_id = 0x48555354",
    "PRAGMA user_version = 4",
    "UPDATE reign SET epoch = 8, port = 7, pid = 6, since_ms = 5, commits = 4",
    "INSERT INTO mailboxes (id, name, name_key, since_ms) VALUES (1, 'bob', 'bob', 1)",
    `INSERT INTO messages VALUES (1, 'u1', 1, 'bob', '["bob"]', NULL, NULL, 1, 0, 'text')`,
    `INSERT INTO messages VALUES (2, 'u2', 1, 'bob', '["bob"]', 1, 1, 1, 0, 'text')`,
  );
  using bench = new StoreBench(path);
  bench.run(({ mailboxes, messages, oversight }) => {
    assert.deepEqual(oversight.reigns(9), [
      { epoch: 9, port: 1, pid: 2, sinceMs: 3 },
      { epoch: 8, port: 7, pid: 6, sinceMs: 5 },
    ]);
    assert.deepEqual([mailboxes.byId(1)?.paused, oversight.isEveryonePaused()], [false, false]);
    const all = { limit: 9, before: 99, partner: undefined, reader: undefined };
    assert.deepEqual(messages.everyones({ ...all, thread: 1 }).map(({ id }) => id), [2, 1]);
  });
  assert.equal(valueIn(path, "PRAGMA integrity_check"), "ok");
});

Deno.test("store refuses a file of a newer form, naming both, and leaves it as it is", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  SqliteStore.open(path).close();
  written(path, "PRAGMA user_version = 77");
  const before = Deno.readFileSync(path);
  assert.throws(() => SqliteStore.open(path), { code: "version", message: /form 77.*up to 5\b/ });
  assert.deepEqual(Deno.readFileSync(path), before);
});

Deno.test("store refuses another program's database and leaves it as it is", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  const table = "CREATE TABLE books (title TEXT)";
  const foreign = [[table], [table, "PRAGMA application_id = 7"], ["PRAGMA user_version = 1"]];
  for (const statements of foreign) {
    written(path, ...statements);
    const before = Deno.readFileSync(path);
    const refusal = { code: "store_damaged", message: /messages\.db.*another program/ };
    assert.throws(() => SqliteStore.open(path), refusal, statements.join("; "));
    assert.deepEqual(Deno.readFileSync(path), before);
    Deno.removeSync(path);
  }
});

Deno.test("store calls a file damaged when it is no database, and leaves it as it is", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  const garbage = new Uint8Array(8192).fill(0x55);
  Deno.writeFileSync(path, garbage);
  assert.throws(() => SqliteStore.open(path), { code: "store_damaged" });
  assert.deepEqual(Deno.readFileSync(path), garbage);
});

Deno.test("store calls a file damaged when its pages are overwritten", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  SqliteStore.open(path).close();
  const bytes = Deno.readFileSync(path);
  bytes.fill(0x55, 100);
  Deno.writeFileSync(path, bytes);
  assert.throws(() => SqliteStore.open(path), { code: "store_damaged" });
});

Deno.test("store writes ahead and flushes each commit to the disk, whatever the file said before", () => {
  using directory = new TemporaryDirectory();
  const { prepare } = DatabaseSync.prototype;
  const opened = new Set<DatabaseSync>();
  DatabaseSync.prototype.prepare = function (...args: Parameters<typeof prepare>) {
    opened.add(this);
    return prepare.apply(this, args);
  };
  try {
    using _store = new StoreBench(directory.at("messages.db"));
    const [connection] = opened;
    const pragma = (name: string) =>
      Object.values(connection!.prepare(`PRAGMA ${name}`).get() as Record<string, unknown>)[0];
    assert.equal(pragma("journal_mode"), "wal");
    assert.equal(pragma("synchronous"), 2, "FULL");
    assert.equal(pragma("fullfsync"), 1);
    assert.equal(pragma("checkpoint_fullfsync"), 1);
    assert.equal(pragma("foreign_keys"), 1);
    assert.ok(Number(pragma("busy_timeout")) > 0);
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
});

Deno.test("batch of a past epoch is refused as fenced and changes nothing", () => {
  using bench = new StoreBench();
  const later = bench.store.claim({ port: 5, pid: 6, atMs: 7 });
  let carriedOut = 0;
  const work = () => carriedOut++;
  assert.throws(() => bench.batch(work), { code: "fenced" });
  assert.equal(carriedOut, 0);
  assert.throws(() => bench.store.batch(later + 1, [work], { grows: false }), { code: "fenced" });
  assert.deepEqual(bench.store.batch(later, [work], { grows: false }), [{ done: 0 }]);
});

Deno.test("claim by another connection fences a broker at once", () => {
  using directory = new TemporaryDirectory();
  using bench = new StoreBench(directory.at("messages.db"));
  const other = SqliteStore.open(directory.at("messages.db"));
  const epoch = other.claim({ port: 1, pid: 1, atMs: 1 });
  assert.equal(epoch, bench.epoch + 1);
  assert.throws(() => bench.mailbox("alice"), { code: "fenced" });
  assert.deepEqual(other.batch(epoch, [({ mailboxes }) => mailboxes.all()], { grows: false }), [{
    done: [],
  }]);
  other.close();
});

Deno.test("of two judges of one epoch one wins, and who misjudged it changes nothing", () => {
  using bench = new StoreBench();
  const judge = { port: 5, pid: 6, atMs: 7 };
  const epoch = bench.store.claimOver(bench.epoch, judge);
  assert.equal(epoch, bench.epoch + 1);
  for (const judged of [bench.epoch, epoch! + 1]) {
    assert.equal(bench.store.claimOver(judged, { port: 8, pid: 9, atMs: 9 }), undefined);
  }
  assert.deepEqual(bench.store.reign(), { epoch, port: 5, pid: 6 });
  assert.throws(() => bench.mailbox("alice"), { code: "fenced" });
});

Deno.test("broker that moves notes its port; one that was passed over cannot", () => {
  using bench = new StoreBench();
  bench.store.moved(bench.epoch, 77);
  assert.deepEqual(bench.store.reign(), { epoch: bench.epoch, port: 77, pid: 2 });
  const epoch = bench.store.claim({ port: 5, pid: 6, atMs: 7 });
  assert.throws(() => bench.store.moved(bench.epoch, 88), { code: "fenced" });
  assert.deepEqual(bench.store.reign(), { epoch, port: 5, pid: 6 });
});

Deno.test("operation that throws is undone alone while its neighbours commit", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  using bench = new StoreBench(path);
  const fault = new Error("on purpose");
  const outcomes = bench.batch(
    ({ mailboxes }) => mailboxes.create("first", 0).name,
    ({ mailboxes }) => {
      mailboxes.create("second", 0);
      throw fault;
    },
    ({ mailboxes }) => mailboxes.create("third", 0).name,
  );
  assert.deepEqual(outcomes, [{ done: "first" }, { error: fault }, { done: "third" }]);
  assert.equal(valueIn(path, "SELECT group_concat(name) FROM mailboxes"), "first,third");
});

Deno.test("broken invariant leaves the batch as it was thrown and undoes all of it", () => {
  using bench = new StoreBench();
  const broken = new InvariantViolation("on purpose");
  const batch = () =>
    bench.batch(
      ({ mailboxes }) => mailboxes.create("first", 0),
      () => {
        throw broken;
      },
    );
  assert.throws(batch, (error) => error === broken);
  assert.deepEqual(bench.run(({ mailboxes }) => mailboxes.all()), []);
});

Deno.test("instances are those that hold a mailbox or a lease, each once", () => {
  using bench = new StoreBench();
  const alice = bench.mailbox("alice");
  const bob = bench.mailbox("bob");
  const by = { client: "c", directory: "/d", pid: 1, atMs: 1 };
  bench.run(({ mailboxes }) => {
    mailboxes.occupy(alice.id, { ...by, shared: false, instance: "holder" });
    mailboxes.occupy(bob.id, { ...by, shared: true, instance: "sharer" });
  });
  bench.send(alice, [alice, bob]);
  bench.hand(bob, "reader", 1);
  bench.hand(alice, "holder", 1);
  assert.deepEqual(bench.store.instances().sort(), ["holder", "reader"]);
  bench.run(({ messages }) => messages.requeue("reader"));
  assert.deepEqual(bench.store.instances(), ["holder"]);
});
