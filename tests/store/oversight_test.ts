import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";
import { idsOf, StoreBench } from "../support/store_bench.ts";

Deno.test("store knows the last reigns, newest first, the present one with its moves", () => {
  using bench = new StoreBench();
  bench.store.claim({ port: 4, pid: 5, atMs: 6 });
  const epoch = bench.store.claim({ port: 7, pid: 8, atMs: 9 });
  bench.store.moved(epoch, 10);
  const [outcome] = bench.store.batch(epoch, [({ oversight }) => oversight.reigns(2)], {
    grows: false,
  });
  assert.deepEqual("done" in outcome! && outcome.done, [
    { epoch: 3, port: 10, pid: 8, sinceMs: 9 },
    { epoch: 2, port: 4, pid: 5, sinceMs: 6 },
  ]);
});

Deno.test("store keeps no more reigns than the limit", () => {
  using store = new StoreBench();
  let epoch = 0;
  for (let n = 0; n < limits.reigns + 5; n++) {
    epoch = store.store.claim({ port: 1, pid: n, atMs: n });
  }
  const [outcome] = store.store.batch(epoch, [({ oversight }) => oversight.reigns(1_000)], {
    grows: false,
  });
  const kept = "done" in outcome! ? outcome.done as { epoch: number }[] : [];
  assert.deepEqual([kept.length, kept[0]?.epoch], [limits.reigns, epoch]);
});

Deno.test("what is paused and stopped is in the store that is opened again", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("messages.db");
  {
    using bench = new StoreBench(path);
    const bob = bench.mailbox("bob");
    assert.equal(bob.paused, false);
    const thread = bench.send(bob, [bob]);
    bench.run(({ mailboxes, oversight }) => {
      mailboxes.pause(bob.id, true);
      oversight.pauseEveryone(true);
      oversight.stop(thread, 5);
      oversight.stop(thread, 6);
    });
  }
  using again = new StoreBench(path);
  again.run(({ mailboxes, oversight }) => {
    assert.deepEqual([mailboxes.byName("bob")?.paused, mailboxes.paused()], [true, ["bob"]]);
    assert.deepEqual([oversight.isEveryonePaused(), oversight.stopped()], [true, [1]]);
    mailboxes.pause(1, false);
    oversight.pauseEveryone(false);
    assert.deepEqual([oversight.resume(1), oversight.resume(1)], [true, false]);
    assert.deepEqual([mailboxes.paused(), oversight.isEveryonePaused()], [[], false]);
  });
});

Deno.test("stop is forgotten when nothing of its conversation is left, and not before", () => {
  using bench = new StoreBench();
  const bob = bench.mailbox("bob");
  const first = bench.send(bob, [bob]);
  const answer = bench.send(bob, [bob], { thread: first, replyTo: first });
  bench.run(({ messages, oversight }) => {
    oversight.stop(first, 1);
    messages.forget(first);
    assert.equal(oversight.forgetStopped(), 0);
    messages.forget(answer);
    assert.equal(oversight.forgetStopped(), 1);
    assert.deepEqual(oversight.stopped(), []);
  });
});

Deno.test("everyone's messages are found in pages, by mailbox in each state, and by conversation", () => {
  using bench = new StoreBench();
  const [alice, bob, carol] = [
    bench.mailbox("alice"),
    bench.mailbox("bob"),
    bench.mailbox("carol"),
  ];
  const all = [
    bench.send(alice, [bob]),
    bench.send(alice, [carol]),
    bench.send(carol, [bob], { thread: 1, replyTo: 1 }),
    bench.send(bob, [alice]),
    bench.send(alice, [bob]),
  ];
  bench.hand(bob, "process", 1);
  bench.run(({ messages }) => messages.read(bob.id, [all[0]!], "process", 1));
  bench.send(carol, [bob]);
  const found = (options: { partner?: number; thread?: number; reader?: number; limit?: number }) =>
    bench.run(({ messages }) =>
      messages.everyones({
        ...{ limit: 9, before: 99, partner: undefined, thread: undefined, reader: undefined },
        ...options,
      })
    ).map(({ id }) => id);
  assert.deepEqual(found({}), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(found({ limit: 2 }), [6, 5]);
  assert.deepEqual(found({ partner: bob.id }), [6, 5, 4, 3, 1]);
  assert.deepEqual(found({ partner: bob.id, limit: 3 }), [6, 5, 4]);
  assert.deepEqual(found({ thread: 1 }), [3, 1]);
  assert.deepEqual(found({ thread: 1, partner: carol.id }), [3]);
  assert.deepEqual(found({ thread: 1, reader: bob.id }), [1]);
  assert.deepEqual(found({ thread: 1, reader: carol.id }), [3]);
});

Deno.test("what goes back into the queue is told by message, reader and name", () => {
  using bench = new StoreBench();
  const [alice, bob] = [bench.mailbox("alice"), bench.mailbox("bob")];
  const id = bench.send(alice, [bob]);
  bench.hand(bob, "process", 1);
  const lease = { instance: "process", request: 1 };
  const told = [{ mailbox: bob.id, message: id, name: "bob" }];
  assert.deepEqual(bench.run(({ messages }) => messages.release(lease)), told);
  bench.hand(bob, "process", 2);
  assert.deepEqual(bench.run(({ messages }) => messages.requeue("process")), told);
  assert.deepEqual(idsOf(bench.queued(bob)), [id]);
  assert.deepEqual(bench.run(({ messages }) => messages.requeue("process")), []);
});
