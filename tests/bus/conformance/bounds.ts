import assert from "node:assert/strict";
import { limits } from "../../../lib/core/limits.ts";
import type { Theme } from "./bus_bench.ts";

const alphabet = 'a\u0000\u0001\u001f"\\\n\r\t\u007f\u2028\u00e9\u{1f600}漢';

/** A text of exactly `bytes` bytes of UTF-8, with every kind of character. */
function textOf(bytes: number): string {
  const unit = new TextEncoder().encode(alphabet).length;
  return alphabet.repeat(Math.floor(bytes / unit)) + "x".repeat(bytes % unit);
}

/** What a message may hold, and what is refused: then nothing of it was sent. */
export const bounds: Theme = {
  "text of the longest kind comes as it was written, whatever characters it has": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const text = textOf(limits.textBytes);
    await alice.send("bob", text);
    const [message] = await bob.read();
    assert.ok(message!.text === text);
    const { entries } = await alice.bus.history({ limit: 1 });
    assert.ok(entries[0]!.text === text);
  },

  "text that is one byte too long, or empty, is refused, and nothing is sent": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const long = textOf(limits.textBytes + 1);
    const tooLarge = { code: "too_large", message: new RegExp(`${limits.textBytes + 1}`) };
    await assert.rejects(alice.send("bob", long), tooLarge);
    for (const empty of ["", " \n\t"]) {
      await assert.rejects(alice.send("bob", empty), { code: "empty_text" });
    }
    assert.deepEqual(await bob.texts(), []);
    assert.deepEqual((await alice.bus.history({ limit: 5 })).entries, []);
  },

  "message to a name that cannot be one is refused for all its readers": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    for (const wrong of ["a b", "", "x".repeat(limits.nameLength + 1), "hustings", "ö"]) {
      const refusal = { code: "bad_name", message: new RegExp(`'${wrong}'`) };
      await assert.rejects(alice.send(["bob", wrong], "half"), refusal);
    }
    await assert.rejects(alice.send([], "to nobody"), { code: "no_recipient" });
    assert.deepEqual(await bob.texts(), []);
  },

  "message to more readers than can be named is refused, and one to so many is sent": async (
    bench,
  ) => {
    const alice = await bench.join("alice");
    const names = Array.from({ length: limits.recipients }, (_, n) => `agent-${n}`);
    await assert.rejects(alice.send([...names, "alice"], "too many"), { code: "bad_request" });
    assert.deepEqual(await alice.texts(), []);
    assert.deepEqual((await alice.bus.list()).unclaimed, []);
    const { recipients } = await alice.send(names, "enough");
    assert.deepEqual(recipients.map(({ name }) => name), names);
  },

  "check brings no more text than it may, but one message at least": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    for (const text of ["x".repeat(100), "y".repeat(10), "z".repeat(10)]) {
      await alice.send("bob", text);
    }
    const first = await bob.check({ textBytes: 20 });
    assert.deepEqual([first.messages.map(({ text }) => text[0]), first.more], [["x"], 2]);
    await first.confirm();
    const second = await bob.check({ textBytes: 20 });
    assert.deepEqual([second.messages.map(({ text }) => text[0]), second.more], [["y", "z"], 0]);
    await second.confirm();
  },

  "one check brings no more text than all checks may, and says what is left": async (bench) => {
    const [alice, bob] = await bench.joinAll("alice", "bob");
    const half = "h".repeat(limits.checkTextBytes / 2);
    for (let n = 0; n < 3; n++) await alice.send("bob", half);
    const first = await bob.check();
    assert.deepEqual([first.messages.length, first.more], [2, 1]);
    await first.confirm();
    assert.equal((await bob.read()).length, 1);
  },

  "agent that is in as many rooms as it may be is let into no more": async (bench) => {
    const alice = await bench.join("alice");
    for (let n = 0; n < limits.rooms; n++) await alice.bus.room(`room-${n}`, true);
    await assert.rejects(alice.bus.room("one-more", true), {
      code: "too_many_requests",
      message: /#one-more/,
    });
    await alice.bus.room("ROOM-0", true);
    await alice.bus.room("room-0", false);
    assert.equal((await alice.bus.room("one-more", true)).inside, true);
  },
};
