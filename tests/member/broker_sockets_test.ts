import assert from "node:assert/strict";
import { answerBytes, encodeHello, magic } from "../../lib/core/handshake.ts";
import { encodeFrame } from "../../lib/core/frame.ts";
import { limits } from "../../lib/core/limits.ts";
import { MemberBench } from "../support/member_bench.ts";
import { RawCaller } from "../support/raw_caller.ts";

const encoder = new TextEncoder();
const versions = { oldest: 1, newest: 1 };
const hello = { id: 1, op: "hello", instance: "raw", pid: 1, client: "raw", directory: "/raw" };

/** The names that a member of the bus sees. */
async function names(bench: MemberBench): Promise<string[]> {
  const caller = (await RawCaller.proven(bench.port, bench.credentials))!;
  using _caller = caller;
  await caller.frame({ ...hello, instance: "names", name: "names" });
  await caller.reply();
  await caller.frame({ id: 2, op: "list" });
  const { ok } = await caller.reply() as { ok: { members: { name: string }[] } };
  return ok.members.map(({ name }) => name).filter((name) => name !== "names").sort();
}

/** All that the broker says to a caller that it closes sooner than it serves one who comes later. */
function saidAtOnce(bench: MemberBench, caller: RawCaller): Promise<number[] | string> {
  return Promise.race([caller.readAll(), names(bench).then(() => "the caller is still there")]);
}

Deno.test("broker closes a caller at its first wrong byte, wherever in the magic that is", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  for (let right = 0; right < magic.length; right++) {
    using caller = await RawCaller.connect(bench.port);
    await caller.write(magic.subarray(0, right));
    await caller.write(Uint8Array.of(magic[right]! ^ 1));
    assert.deepEqual(await saidAtOnce(bench, caller), [], `wrong byte ${right}`);
  }
});

Deno.test("broker closes HTTP, TLS and JSON callers without a byte, and nothing happens", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  const body = JSON.stringify(hello);
  const openings = [
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    body,
    "{",
    "\n",
  ];
  for (const opening of openings) {
    using caller = await RawCaller.connect(bench.port);
    await caller.write(encoder.encode(opening));
    assert.deepEqual(await saidAtOnce(bench, caller), [], JSON.stringify(opening.slice(0, 20)));
  }
  assert.deepEqual(await names(bench), ["alice"]);
});

Deno.test("broker waits for an opening that comes byte by byte", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  using caller = await RawCaller.connect(bench.port);
  const opening = encodeHello(versions, bench.credentials.random.bytes(32));
  for (const byte of opening) await caller.write(Uint8Array.of(byte));
  const answer: number[] = [];
  while (answer.length < answerBytes) answer.push(...(await caller.read())!);
  assert.equal(answer.length, answerBytes);
});

Deno.test("caller with a wrong secret is closed, and nothing that it said is carried out", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  using caller = await RawCaller.connect(bench.port);
  await caller.write(encodeHello(versions, bench.credentials.random.bytes(32)));
  let answered = 0;
  while (answered < answerBytes) answered += (await caller.read())!.length;
  const send = { id: 2, op: "send", message: "m", to: ["alice"], text: "let me in" };
  await caller.write(bench.credentials.random.bytes(32));
  await caller.write(encodeFrame(encoder.encode(JSON.stringify(hello))));
  await caller.write(encodeFrame(encoder.encode(JSON.stringify(send))));
  assert.deepEqual(await saidAtOnce(bench, caller), []);
  assert.deepEqual(await names(bench), ["alice"]);
  assert.deepEqual(await alice.texts(), []);
});

Deno.test("caller who reflects the broker's own proof is closed", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  using caller = await RawCaller.connect(bench.port);
  await caller.write(encodeHello(versions, bench.credentials.random.bytes(32)));
  const answer: number[] = [];
  while (answer.length < answerBytes) answer.push(...(await caller.read())!);
  await caller.write(Uint8Array.from(answer.slice(-32)));
  await caller.frame(hello);
  assert.deepEqual(await saidAtOnce(bench, caller), []);
});

Deno.test("caller of another version hears that there is none in common, with proof, and is closed", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  using caller = await RawCaller.connect(bench.port);
  await caller.write(encodeHello({ oldest: 2, newest: 9 }, new Uint8Array(32)));
  const answer = await caller.readAll();
  assert.equal(answer.length, answerBytes);
  assert.deepEqual(answer.slice(magic.length, magic.length + 3), [0, 1, 1]);
});

Deno.test("caller whose versions are none is closed without an answer", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  for (const wrong of [{ oldest: 0, newest: 1 }, { oldest: 2, newest: 1 }]) {
    using caller = await RawCaller.connect(bench.port);
    const opening = encodeHello(wrong, new Uint8Array(32));
    await caller.write(opening);
    assert.deepEqual(await saidAtOnce(bench, caller), []);
  }
});

Deno.test("caller that proves nothing is closed for a newer one beyond their limit, the oldest first", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const silent = [];
  for (let i = 0; i < limits.unprovenConnections; i++) {
    silent.push(await RawCaller.connect(bench.port));
  }
  // The last of them is heard, so that all of them were accepted.
  await silent.at(-1)!.write(encodeHello(versions, new Uint8Array(32)));
  assert.equal((await silent.at(-1)!.read())?.length, answerBytes);
  const proven = (await RawCaller.proven(bench.port, bench.credentials))!;
  assert.deepEqual(await silent[0]!.readAll(), []);
  await silent[1]!.write(encodeHello(versions, new Uint8Array(32)));
  assert.equal((await silent[1]!.read())?.length, answerBytes);
  await proven.frame(hello);
  assert.ok("ok" in (await proven.reply())!);
  assert.equal((await alice.bus.list()).members.length, 2);
  for (const caller of [...silent, proven]) caller.close();
});

Deno.test("broken frame closes its connection; the others are served", async () => {
  await using bench = await MemberBench.create();
  const alice = await bench.join("alice");
  const bob = await bench.join("bob");
  const tooLong = new Uint8Array(4);
  new DataView(tooLong.buffer).setUint32(0, limits.frameBytes + 1);
  const frame = (text: string) => encodeFrame(encoder.encode(text));
  const wrongUtf8 = encodeFrame(Uint8Array.of(0x22, 0xff, 0x22));
  const broken: [string, Uint8Array][] = [
    ["no length", new Uint8Array(4)],
    ["too long", tooLong],
    ["no JSON", frame("hello")],
    ["no UTF-8", wrongUtf8],
    ["a list", frame("[]")],
    ["null", frame("null")],
    ["no id", frame('{"op":"ping"}')],
    ["an id that is no number", frame('{"id":"1","op":"ping"}')],
  ];
  for (const [what, bytes] of broken) {
    const caller = (await RawCaller.proven(bench.port, bench.credentials))!;
    using _caller = caller;
    await caller.frame({ ...hello, name: "raw" });
    assert.ok("ok" in (await caller.reply())!);
    await caller.write(bytes);
    assert.equal(await caller.reply(), undefined, what);
    await alice.bus.send({ to: ["bob"], text: what });
    assert.deepEqual(await bob.texts(), [what]);
  }
});

Deno.test("wrong field is answered with its name, and the connection goes on", async () => {
  await using bench = await MemberBench.create();
  await bench.join("alice");
  const caller = (await RawCaller.proven(bench.port, bench.credentials))!;
  using _caller = caller;
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ ...hello, pid: "one" }, /'pid'/],
    [{ id: 5, op: "send", message: "m", to: "alice", text: "x" }, /'to'/],
    [{ id: 6, op: "check" }, /'waitMs'/],
    [{ id: 7, op: "check", waitMs: -1 }, /'waitMs'/],
    [{ id: 8, op: "list", extra: 1 }, /"extra"/],
    [{ id: 9, op: "sudo" }, /"sudo"/],
  ];
  for (const [request, named] of wrong) {
    await caller.frame(request);
    const reply = await caller.reply() as { id: number; error: { code: string; message: string } };
    assert.deepEqual([reply.id, reply.error.code], [request["id"], "bad_request"]);
    assert.match(reply.error.message, named);
  }
  await caller.frame(hello);
  assert.ok("ok" in (await caller.reply())!);
  assert.deepEqual(await names(bench), ["alice", "raw-raw"]);
});
