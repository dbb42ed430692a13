import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import type { Theme } from "./bus_bench.ts";

/** What a receipt promises, and to whom a message goes. */
export const sending: Theme = {
  "message with a receipt is read by a process that starts when all others are dead": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const { id } = await alice.send(["bob", "carol"], "kept");
    alice.die();
    bob.die();
    await bench.restart();
    const carol = await bench.join("carol");
    const [message, ...others] = await carol.read();
    assert.deepEqual([message!.id, message!.from, message!.text], [id, "alice", "kept"]);
    assert.deepEqual([others, message!.redelivered], [[], undefined]);
    const again = await bench.join("bob");
    assert.deepEqual(await again.texts(), ["kept"]);
  },

  "messages of one sender come in the order in which it sent them, also all at once": async (
    bench,
  ) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const texts = Array.from({ length: 2 * limits.checkMessages + 1 }, (_, n) => `${n}`);
    const receipts = await Promise.all(texts.map((text) => alice.send("bob", text)));
    const ids = receipts.map(({ id }) => id);
    assert.deepEqual(ids, ids.toSorted((a, b) => a - b));
    const first = await bob.check();
    assert.deepEqual([first.messages.length, first.more], [
      limits.checkMessages,
      limits.checkMessages + 1,
    ]);
    await first.confirm();
    const read = [...first.messages.map(({ text }) => text), ...await bob.texts()];
    assert.deepEqual([...read, ...await bob.texts()], texts);
  },

  "message to several has one id, and each of them reads it once": async (bench) => {
    const [alice, bob, carol] = await bench.joinAll("alice", "bob", "carol");
    const { id, recipients } = await alice.send(["bob", "BOB", "carol", "alice"], "for all");
    assert.deepEqual(recipients.map(({ name }) => name), ["bob", "carol", "alice"]);
    for (const reader of [alice, bob, carol]) {
      const messages = await reader.read();
      assert.deepEqual(messages.map((message) => [message.id, message.text]), [[id, "for all"]]);
      assert.deepEqual(messages[0]!.to, ["bob", "BOB", "carol", "alice"]);
    }
  },

  "message to everyone goes to all but its sender, and says so where there is nobody": async (
    bench,
  ) => {
    const alice = await bench.join("alice");
    await alice.send("nobody-yet", "waits");
    await assert.rejects(alice.send("*", "to whom?"), { code: "no_recipient" });
    const [bob, carol] = await bench.joinAll("bob", "carol");
    carol.die();
    const { recipients } = await alice.send("*", "hello");
    assert.deepEqual(recipients.map(({ name }) => name).toSorted(), ["bob", "carol"]);
    assert.deepEqual(await bob.texts(), ["hello"]);
    assert.deepEqual(await alice.texts(), []);
  },

  "receipt says how each reader will notice": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const carol = await bench.join("carol");
    await carol.bus.leave();
    await alice.sees("carol", ({ presence }) => presence === "away");
    const waiting = bob.wait();
    await alice.seesWaiting("bob");
    const { recipients } = await alice.send(["alice", "bob", "carol", "dora"], "hello");
    const lines = recipients.map(({ name, client, presence }) => [name, client, presence]);
    assert.deepEqual(lines, [
      ["alice", "alice", "here"],
      ["bob", "bob", "waiting"],
      ["carol", "carol", "away"],
      ["dora", undefined, "nobody"],
    ]);
    assert.ok(Math.abs(recipients[2]!.sinceMs! - Date.now()) < 60_000);
    await (await waiting).confirm();
  },

  "message to a name that nobody has is kept for who takes it, and near names are told": async (
    bench,
  ) => {
    const alice = await bench.join("alice");
    const { recipients } = await alice.send("alcie", "typo");
    const { name, presence, near } = recipients[0]!;
    assert.deepEqual([name, presence, near], ["alcie", "nobody", ["alice"]]);
    const { unclaimed } = await alice.bus.list();
    assert.deepEqual(unclaimed, [{ name: "alcie", unread: 1 }]);
    const late = bench.open();
    assert.equal((await late.join("Alcie")).unread, 1);
    assert.deepEqual(await late.texts(), ["typo"]);
    assert.deepEqual((await alice.bus.list()).unclaimed, []);
  },

  "two that send to one unknown name at once fill one queue": async (bench) => {
    const senders = await bench.joinAll("alice", "bob", "carol");
    await Promise.all(senders.map((sender, n) => sender.send("dora", `${n}`)));
    const dora = await bench.join("dora");
    assert.deepEqual((await dora.texts()).toSorted(), ["0", "1", "2"]);
  },
};
