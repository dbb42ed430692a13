import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { encodeFrame, FrameParser } from "../../lib/core/frame.ts";
import { limits } from "../../lib/core/limits.ts";
import { seeded } from "../support/seeded.ts";

const text = (body: Uint8Array) => new TextDecoder().decode(body);
const bytes = (body: string) => new TextEncoder().encode(body);

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function head(length: number): Uint8Array {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, length);
  return head;
}

function fatal(error: unknown): boolean {
  return error instanceof HustingsError && error.code === "protocol" && error.fatal;
}

Deno.test("encodeFrame writes the length as four bytes, the most significant first, then the body", () => {
  assert.deepEqual([...encodeFrame(bytes("hi"))], [0, 0, 0, 2, 0x68, 0x69]);
  assert.deepEqual([...encodeFrame(new Uint8Array(0x010203)).subarray(0, 4)], [0, 1, 2, 3]);
});

Deno.test("encodeFrame takes a body at the limit and throws too_large for one byte more", () => {
  assert.equal(encodeFrame(new Uint8Array(limits.frameBytes)).length, limits.frameBytes + 4);
  assert.throws(
    () => encodeFrame(new Uint8Array(limits.frameBytes + 1)),
    (error) => error instanceof HustingsError && error.code === "too_large" && !error.fatal,
  );
});

Deno.test("FrameParser gives a body at its last byte when it comes one byte at a time", () => {
  const parser = new FrameParser();
  const stream = joined(encodeFrame(bytes("one")), encodeFrame(bytes("zwei")));
  const seen: string[] = [];
  const pending: number[] = [];
  for (const byte of stream) {
    const bodies = parser.push(Uint8Array.of(byte));
    seen.push(bodies.map(text).join());
    pending.push(parser.pendingBytes);
  }
  assert.deepEqual(seen, ["", "", "", "", "", "", "one", "", "", "", "", "", "", "", "zwei"]);
  assert.deepEqual(pending, [1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 7, 0]);
});

Deno.test("FrameParser gives the same bodies wherever the stream is cut in two", () => {
  const stream = joined(...["a", "bb", "ccc"].map((body) => encodeFrame(bytes(body))));
  for (let cut = 0; cut <= stream.length; cut++) {
    const parser = new FrameParser();
    const bodies = [...parser.push(stream.subarray(0, cut)), ...parser.push(stream.subarray(cut))];
    assert.deepEqual(bodies.map(text), ["a", "bb", "ccc"], `cut at ${cut}`);
    assert.equal(parser.pendingBytes, 0);
  }
});

Deno.test("FrameParser gives a thousand bodies in order when they come in one push", () => {
  const said = Array.from({ length: 1000 }, (_, i) => `body ${i}`);
  const stream = joined(...said.map((body) => encodeFrame(bytes(body))));
  assert.deepEqual(new FrameParser().push(stream).map(text), said);
});

Deno.test("FrameParser gives nothing and waits when a push is empty", () => {
  const parser = new FrameParser();
  assert.deepEqual(parser.push(new Uint8Array(0)), []);
  assert.equal(parser.pendingBytes, 0);
});

Deno.test("FrameParser keeps bodies whole when the caller uses its buffer again", () => {
  const parser = new FrameParser();
  const buffer = new Uint8Array(64);
  const frame = encodeFrame(bytes("kept"));
  buffer.set(frame);
  const [first] = parser.push(buffer.subarray(0, frame.length));
  buffer.set(frame.subarray(0, 6));
  parser.push(buffer.subarray(0, 6));
  buffer.fill(0xff);
  buffer.set(frame.subarray(6));
  const [second] = parser.push(buffer.subarray(0, frame.length - 6));
  buffer.fill(0xff);
  assert.deepEqual([text(first!), text(second!)], ["kept", "kept"]);
});

Deno.test("FrameParser takes a body at the limit", () => {
  const [body] = new FrameParser().push(encodeFrame(new Uint8Array(limits.frameBytes).fill(7)));
  assert.equal(body!.length, limits.frameBytes);
  assert.ok(body!.every((byte) => byte === 7));
});

Deno.test("FrameParser costs little more than the frame when it comes one byte at a time", () => {
  const parser = new FrameParser();
  const count = 1024 * 1024;
  parser.push(head(count + 1));
  const before = heldBytes();
  for (let at = 0; at < count; at++) parser.push(Uint8Array.of(7));
  const perByte = (heldBytes() - before) / count;
  assert.ok(perByte < 64, `${perByte} bytes of memory for each that came`);
  assert.equal(parser.push(Uint8Array.of(7))[0]?.length, count + 1);
});

/** An array of its own for each byte would take far over a hundred; what is not collected yet counts too. */
function heldBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

for (const length of [0, limits.frameBytes + 1, 0x7fff_ffff, 0xffff_ffff]) {
  Deno.test(`FrameParser throws a fatal error, and for ever, when a length is ${length}`, () => {
    const parser = new FrameParser();
    assert.throws(() => parser.push(head(length)), fatal);
    assert.throws(() => parser.push(encodeFrame(bytes("late"))), fatal);
    assert.throws(() => parser.push(new Uint8Array(0)), fatal);
  });
}

Deno.test("FrameParser throws at the fourth byte of a length that lies, not before", () => {
  const parser = new FrameParser();
  for (let i = 0; i < 3; i++) assert.deepEqual(parser.push(Uint8Array.of(0xff)), []);
  assert.throws(() => parser.push(Uint8Array.of(0xff)), fatal);
});

seeded(
  "FrameParser gives what encodeFrame took when random bodies come in random pieces",
  (random, rounds) => {
    for (let round = 0; round < rounds; round++) {
      const said = Array.from(
        { length: random.whole(1, 8) },
        () => random.bytes(random.whole(1, 40)),
      );
      const stream = joined(...said.map((body) => encodeFrame(body)));
      const parser = new FrameParser();
      const got: Uint8Array[] = [];
      for (let at = 0; at < stream.length;) {
        const end = at + random.whole(0, 30);
        got.push(...parser.push(stream.subarray(at, end)));
        at = end;
      }
      assert.deepEqual(got.map((body) => [...body]), said.map((body) => [...body]));
      assert.equal(parser.pendingBytes, 0);
    }
  },
);

seeded(
  "FrameParser throws nothing but a fatal protocol error when it is fed random bytes",
  (random, rounds) => {
    for (let round = 0; round < rounds; round++) {
      const parser = new FrameParser();
      try {
        for (let push = 0; push < 20; push++) parser.push(random.bytes(random.whole(0, 12)));
      } catch (error) {
        assert.ok(fatal(error), String(error));
      }
    }
  },
);
