import assert from "node:assert/strict";
import { encodeFrame } from "../../lib/core/frame.ts";
import { encodeHello, helloBytes, magic } from "../../lib/core/handshake.ts";
import { limits } from "../../lib/core/limits.ts";
import type { CheckResult, HistoryResult } from "../../lib/core/types.ts";
import { openAsCaller } from "../../lib/member/open_connection.ts";
import { Intruder } from "../support/intruder.ts";
import { MemberBench } from "../support/member_bench.ts";
import { RawCaller } from "../support/raw_caller.ts";

// Members that hold the secret and say what no member of ours would.

const encoder = new TextEncoder();

Deno.test("member cannot read, acknowledge, release or cancel what another was handed", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  using alice = await Intruder.join(bench, "alice");
  using bob = await Intruder.join(bench, "bob");
  using mallory = await Intruder.join(bench, "mallory");
  const { id } = await alice.send("bob", "for bob");
  assert.deepEqual((await mallory.check()).messages, []);
  const handed = await bob.check();
  assert.deepEqual(handed.messages.map(({ text }) => text), ["for bob"]);
  assert.equal(await mallory.code({ op: "ack", messages: [id] }), "taken");
  for (let request = 0; request < 10; request++) {
    await mallory.ask({ op: "release", request });
    await mallory.ask({ op: "cancel", request });
  }
  await mallory.ask({ op: "check", waitMs: 0, abandoned: [0, 1, 2, 3, 4, 5] });
  assert.equal(await alice.state(id), "handed");
  const { entries } = await mallory.ask<HistoryResult>({ op: "history", limit: 50, with: "bob" });
  assert.deepEqual(entries, []);
  const answer = { op: "send", message: "m", to: [], text: "as bob", replyTo: id };
  assert.equal(await mallory.code(answer), "no_such_message");
  await bob.ask({ op: "ack", messages: [id] });
  assert.equal(await alice.state(id), "read");
});

Deno.test("member cannot cancel the wait of another", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  using bob = await Intruder.join(bench, "bob");
  using mallory = await Intruder.join(bench, "mallory");
  const waiting = bob.ask<CheckResult>({ op: "check", waitMs: 60_000 });
  for (let request = 0; request < 10; request++) await mallory.ask({ op: "cancel", request });
  await mallory.send("bob", "awake");
  assert.deepEqual((await waiting).messages.map(({ text }) => text), ["awake"]);
});

Deno.test("member cannot speak in another's name, take it, or rename another", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  using bob = await Intruder.join(bench, "bob");
  using mallory = await Intruder.join(bench, "mallory");
  const send = { op: "send", message: "m", to: ["bob"], text: "x" };
  for (const field of ["from", "sender", "instance", "as", "name"]) {
    assert.equal(await mallory.code({ ...send, [field]: "bob" }), "bad_request", field);
  }
  assert.equal(await mallory.code({ op: "rename", name: "bob" }), "name_in_use");
  assert.equal(await mallory.code({ op: "rename", name: "x", from: "bob" }), "bad_request");
  const hello = { op: "hello", instance: "other", pid: 1, client: "bob", directory: "/x" };
  const must = { ...hello, name: "bob", must: true };
  assert.equal(await mallory.code(must), "name_in_use");
  assert.equal(await mallory.code({ ...must, shared: true }), "name_in_use");
  await mallory.send("bob", "who am I");
  const [message] = (await bob.check()).messages;
  assert.equal(message?.from, "mallory");
});

Deno.test("member is not told the instance of another, by which it could pass for it", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  using bob = await Intruder.join(bench, "bob", "the-instance-of-bob");
  using mallory = await Intruder.join(bench, "mallory");
  await bob.send("mallory", "hi");
  const said = [
    await mallory.reply({ op: "check", waitMs: 0 }),
    await mallory.reply({ op: "list" }),
    await mallory.reply({ op: "status" }),
    await mallory.reply({ op: "history", limit: 50 }),
    await mallory.reply({ op: "rename", name: "bob" }),
  ];
  assert.ok(!JSON.stringify(said).includes(bob.instance));
});

Deno.test("flood of rooms that one member enters and leaves leaves none behind", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  using mallory = await Intruder.join(bench, "mallory");
  for (let n = 0; n < 2 * limits.rooms; n++) {
    await mallory.ask({ op: "room", room: `room-${n}`, inside: true });
    await mallory.ask({ op: "room", room: `room-${n}`, inside: false });
  }
  for (const n of [0, limits.rooms, 2 * limits.rooms - 1]) {
    const send = { op: "send", message: "m", to: [`#room-${n}`], text: "x" };
    const reply = await mallory.reply(send) as { error: { message: string } };
    assert.match(
      reply.error.message,
      /There is no room '#room-\d+', so nothing was sent: enter it to make it$/,
    );
  }
});

Deno.test("caller that has proved itself and said no hello gets the status and nothing else", async () => {
  await using bench = await MemberBench.create();
  await bench.join("broker");
  using caller = (await RawCaller.proven(bench.port, bench.credentials))!;
  const operations = [
    { op: "list" },
    { op: "check", waitMs: 0 },
    { op: "history", limit: 1 },
    { op: "ack", messages: [1] },
    { op: "send", message: "m", to: ["broker"], text: "x" },
    { op: "rename", name: "x" },
  ];
  for (const [id, operation] of operations.entries()) {
    await caller.frame({ id, ...operation });
    const reply = await caller.reply() as { error: { code: string } };
    assert.equal(reply.error.code, "not_joined", operation.op);
  }
  await caller.frame({ id: 99, op: "status" });
  const { ok } = await caller.reply() as { ok: { me: string; membersHere: number } };
  assert.deepEqual([ok.me, ok.membersHere], ["", 1]);
});

Deno.test("caller that replays a recorded handshake is closed, and its frames are not carried out", async () => {
  await using bench = await MemberBench.create();
  const broker = await bench.join("broker");
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: bench.port });
  const recorded: number[] = [];
  const recorder = new Proxy(conn, {
    get: (target, name) => {
      if (name === "read") return (into: Uint8Array) => target.read(into);
      return (bytes: Uint8Array) => {
        recorded.push(...bytes);
        return target.write(bytes);
      };
    },
  });
  const { kind } = await openAsCaller(recorder, bench.port, bench.credentials);
  assert.equal(kind, "answered");
  conn.close();
  using caller = await RawCaller.connect(bench.port);
  await caller.write(Uint8Array.from(recorded.slice(0, helloBytes)));
  await caller.read();
  await caller.write(Uint8Array.from(recorded.slice(helloBytes)));
  await caller.frame({ id: 1, op: "hello", instance: "i", pid: 1, client: "c", directory: "/" });
  assert.deepEqual(await caller.readAll(), []);
  assert.equal((await broker.bus.list()).members.length, 1);
});

Deno.test("broker closes a WebSocket upgrade and an HTTP/2 preface unanswered", async () => {
  await using bench = await MemberBench.create();
  const broker = await bench.join("broker");
  const openings = [
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\n\r\n",
  ];
  for (const opening of openings) {
    using caller = await RawCaller.connect(bench.port);
    await caller.write(encoder.encode(opening));
    assert.deepEqual(await caller.readAll(), [], opening.slice(0, 10));
  }
  using late = await RawCaller.connect(bench.port);
  await late.write(magic);
  await late.write(
    encodeHello({ oldest: 0, newest: 0 }, new Uint8Array(32)).subarray(magic.length),
  );
  assert.deepEqual(await late.readAll(), []);
  assert.equal((await broker.bus.list()).members.length, 1);
});

Deno.test("broker understands a frame wherever it is split", async () => {
  await using bench = await MemberBench.create();
  const broker = await bench.join("broker");
  using bob = await Intruder.join(bench, "bob");
  const frameOf = (id: number) => encodeFrame(encoder.encode(`{"id":${id},"op":"ping"}`));
  for (let cut = 0; cut <= frameOf(1000).length; cut++) {
    const frame = frameOf(1000 + cut);
    await bob.caller.write(frame.subarray(0, cut));
    // The broker has had a turn by the time it has answered somebody else.
    await broker.bus.list();
    await bob.caller.write(frame.subarray(cut));
    assert.deepEqual(await bob.caller.reply(), { id: 1000 + cut, ok: {} });
  }
});

Deno.test("frame that says more than it holds does nothing when the connection ends", async () => {
  await using bench = await MemberBench.create();
  const broker = await bench.join("broker");
  const mallory = await Intruder.join(bench, "mallory");
  const body = encoder.encode('{"id":9,"op":"send","message":"m","to":["broker"],"text":"x"}');
  const frame = new Uint8Array(4 + body.length);
  new DataView(frame.buffer).setUint32(0, body.length + 1);
  frame.set(body, 4);
  await mallory.caller.write(frame);
  mallory.caller.close();
  using bob = await Intruder.join(bench, "bob");
  await bob.send("broker", "after it");
  assert.deepEqual(await broker.texts(), ["after it"]);
});

Deno.test("member that reads no replies is cut off, and the others are served meanwhile", async () => {
  await using bench = await MemberBench.create();
  const broker = await bench.join("broker");
  using bob = await Intruder.join(bench, "bob");
  using deaf = await Intruder.join(bench, "deaf");
  const text = "x".repeat(limits.textBytes);
  const { id } = await deaf.send("nobody", text);
  const request = { op: "history", limit: 1, before: id + 1 };
  // Each asks for a full message: far more in all than what may wait, and what sockets hold.
  const asked = 3 * limits.unsentBytes / limits.textBytes;
  for (let ask = 0; ask < asked; ask++) await deaf.caller.frame({ id: 1000 + ask, ...request });
  while (
    (await broker.bus.list()).members.find(({ name }) => name === "deaf")?.presence !== "away"
  ) {
    await bob.send("broker", "still served");
    assert.equal((await broker.texts()).at(-1), "still served");
  }
  let replies = 0;
  while (await deaf.caller.reply() !== undefined) replies += 1;
  assert.ok(replies < asked, `${replies} of ${asked} replies came`);
});

Deno.test("flood from one member neither blocks the send of another nor the check of a third", async () => {
  await using bench = await MemberBench.create();
  const carol = await bench.join("carol");
  const bob = await bench.join("bob");
  using mallory = await Intruder.join(bench, "mallory");
  let served = false;
  let last = 1000;
  const flood = (async () => {
    while (!served) {
      const message = crypto.randomUUID();
      await mallory.caller.frame({
        id: ++last,
        op: "send",
        message,
        to: ["nobody"],
        text: "flood",
      });
    }
  })();
  const drained = (async () => {
    for (let replies = 1000; !served || replies < last; replies++) await mallory.caller.reply();
  })();
  for (let round = 0; round < 5; round++) {
    await bob.bus.send({ to: ["carol"], text: `round ${round}` });
    assert.deepEqual(await carol.texts(60_000), [`round ${round}`]);
  }
  served = true;
  await Promise.all([flood, drained]);
  assert.ok(last > 1000);
});
