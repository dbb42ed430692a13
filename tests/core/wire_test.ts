import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import type { Operation } from "../../lib/core/operations.ts";
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  RequestError,
} from "../../lib/core/wire.ts";
import { seeded, type SeededRandom } from "../support/seeded.ts";

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function fatal(error: unknown): boolean {
  return error instanceof HustingsError && error.code === "protocol" && error.fatal;
}

/** The error with which a request that can be answered is answered. */
function refusal(request: Record<string, unknown>): HustingsError {
  try {
    decodeRequest(bytes({ id: 5, ...request }));
  } catch (error) {
    assert.ok(error instanceof RequestError && error.requestId === 5, String(error));
    assert.ok(error.cause instanceof HustingsError, String(error.cause));
    return error.cause;
  }
  throw new Error(`Taken: ${JSON.stringify(request)}`);
}

const operations: Operation[] = [
  { op: "hello", instance: "i", pid: 0, client: "claude", directory: "/srv/shop" },
  {
    op: "hello",
    instance: "i",
    pid: 7,
    client: "",
    directory: "",
    name: "a",
    must: true,
    shared: false,
  },
  {
    op: "hello",
    instance: "i",
    pid: 7,
    client: "claude",
    directory: "/srv/shop/src",
    session: "s-1",
    parent: 70,
    repository: "/srv/shop",
    branch: "main",
    human: true,
  },
  { op: "attend", instance: "i", client: "claude", directory: "/srv/shop" },
  {
    op: "attend",
    instance: "i",
    client: "claude",
    directory: "/srv/shop",
    session: "s-1",
    ancestors: Array.from({ length: limits.ancestors }, (_, n) => n + 1),
    activity: "working",
  },
  { op: "send", message: "m", to: ["#shop"], text: "t" },
  { op: "send", message: "m", to: ["bob", "*"], text: "Grüße 🙂\n\0 \u2028" },
  { op: "send", message: "m", to: [], text: "", replyTo: 1 },
  { op: "check", waitMs: 0 },
  { op: "check", waitMs: limits.waitMs, replyTo: Number.MAX_SAFE_INTEGER },
  { op: "check", waitMs: 0, textBytes: limits.checkTextBytes },
  { op: "watch", waitMs: limits.watchMs, after: 0 },
  { op: "room", room: "#shop", inside: true },
  { op: "room", room: "shop", inside: false },
  { op: "ack", messages: [] },
  { op: "ack", messages: [1, 2, 3] },
  { op: "release", request: 0 },
  { op: "cancel", request: 9 },
  { op: "rename", name: "new" },
  { op: "history", limit: 1 },
  { op: "history", limit: limits.historyEntries, with: "bob", before: 9 },
  { op: "history", limit: 1, search: "s".repeat(limits.searchLength) },
  { op: "history", limit: 1, everyone: true, thread: 1 },
  { op: "observe", waitMs: 0 },
  { op: "observe", waitMs: limits.waitMs, cursor: "c".repeat(limits.cursorLength) },
  { op: "pause", name: "*", paused: true },
  { op: "pause", name: "bob", paused: false },
  { op: "stop", thread: 1, stopped: true },
  { op: "stop", thread: Number.MAX_SAFE_INTEGER, stopped: false },
  { op: "import", message: "m", from: "a", to: "b", text: "t", source: "s", written: "w" },
  { op: "adopt", name: "a" },
  { op: "adopt", name: "a", former: "b", untilMs: 0 },
  { op: "handover" },
  { op: "list" },
  { op: "list", all: true },
  { op: "status" },
  { op: "ping" },
  { op: "bye" },
];

Deno.test("decodeRequest gives what encodeRequest took, for every operation", () => {
  for (const [id, operation] of operations.entries()) {
    assert.deepEqual(decodeRequest(encodeRequest({ id, operation })), { id, operation });
  }
});

Deno.test("decodeReply gives what encodeReply took", () => {
  const replies = [
    { id: 1, ok: {} },
    { id: 0, ok: null },
    { id: 2, ok: { id: 7, recipients: [] } },
    { id: 3, error: { code: "name_in_use", message: "Taken" } as const },
    { event: "resigning" } as const,
  ];
  for (const reply of replies) assert.deepEqual(decodeReply(encodeReply(reply)), reply);
});

const hello = { op: "hello", instance: "i", pid: 1, client: "c", directory: "/" };
const send = { op: "send", message: "m", to: ["a"], text: "t" };
const attend = { op: "attend", instance: "i", client: "c", directory: "/" };
const watch = { op: "watch", waitMs: 0, after: 0 };
const observe = { op: "observe", waitMs: 0 };
const pause = { op: "pause", name: "bob", paused: true };
const stop = { op: "stop", thread: 1, stopped: true };
const room = { op: "room", room: "#shop", inside: true };

/** A request, and what the refusal must say. */
const wrong: [Record<string, unknown>, RegExp][] = [
  [{ ...hello, instance: 1 }, /'instance' must be a string: it is 1$/],
  [{ ...hello, instance: "x".repeat(65) }, /'instance' must be at most 64 characters: it is 65 /],
  [{ ...hello, pid: -1 }, /'pid' must be a whole number from 0 to \d+: it is -1$/],
  [{ ...hello, pid: "1" }, /'pid' must be a whole number/],
  [{ ...hello, client: null }, /'client' must be a string: it is null$/],
  [{ ...hello, client: "x".repeat(limits.pathLength + 1) }, /'client' must be at most/],
  [{ ...hello, directory: undefined }, /'directory' must be a string: it is nothing$/],
  [{ ...hello, name: 7 }, /'name' must be a string/],
  [{ ...hello, name: null }, /'name' must be a string: it is null$/],
  [{ ...hello, must: "yes" }, /'must' must be true or false: it is "yes"$/],
  [{ ...hello, shared: 0 }, /'shared' must be true or false: it is 0$/],
  [{ ...hello, session: "x".repeat(257) }, /'session' must be at most 256 characters/],
  [{ ...hello, parent: -1 }, /'parent' must be a whole number/],
  [{ ...hello, repository: 1 }, /'repository' must be a string/],
  [{ ...hello, branch: "x".repeat(257) }, /'branch' must be at most 256 characters/],
  [{ ...hello, human: "yes" }, /'human' must be true or false: it is "yes"$/],
  [{ ...hello, activity: "idle" }, /Unknown field "activity"/],
  [{ ...attend, instance: undefined }, /'instance' must be a string: it is nothing$/],
  [{ ...attend, session: 1 }, /'session' must be a string/],
  [{ ...attend, ancestors: [1, "2"] }, /'ancestors' must be a list of whole numbers/],
  [{ ...attend, ancestors: Array(17).fill(1) }, /'ancestors' must be at most 16 items/],
  [{ ...attend, activity: "asleep" }, /'activity' must be one of working, idle: it is "asleep"$/],
  [{ ...attend, name: "bob" }, /Unknown field "name"/],
  [{ ...watch, waitMs: limits.watchMs + 1 }, /'waitMs' must be a whole number/],
  [{ op: "watch", waitMs: 0 }, /'after' must be a whole number.*: it is nothing$/],
  [{ ...watch, after: -1 }, /'after' must be a whole number/],
  [{ ...room, room: "x".repeat(257) }, /'room' must be at most 256 characters/],
  [{ ...room, inside: undefined }, /'inside' must be true or false: it is nothing$/],
  [{ op: "check", waitMs: 0, textBytes: 0 }, /'textBytes' must be a whole number from 1/],
  [{ ...hello, extra: 1 }, /Unknown field "extra"/],
  [{ ...send, message: [] }, /'message' must be a string/],
  [{ ...send, to: "bob" }, /'to' must be a list: it is "bob"$/],
  [{ ...send, to: { length: 0 } }, /'to' must be a list/],
  [{ ...send, to: ["a", 1] }, /'to' must be a list of strings of at most 256 characters/],
  [{ ...send, to: ["a".repeat(257)] }, /'to' must be a list of strings of at most 256/],
  [{ ...send, to: Array(65).fill("a") }, /'to' must be at most 64 items: it is 65 items$/],
  [{ ...send, text: 1 }, /'text' must be a string/],
  [{ ...send, replyTo: 0 }, /'replyTo' must be a whole number from 1/],
  [{ ...send, waitMs: 1 }, /Unknown field "waitMs"/],
  [{ op: "check" }, /'waitMs' must be a whole number.*: it is nothing$/],
  [{ op: "check", waitMs: 1.5 }, /'waitMs' must be a whole number.*: it is 1.5$/],
  [{ op: "check", waitMs: limits.waitMs + 1 }, /'waitMs' must be a whole number/],
  [{ op: "check", waitMs: 2 ** 53 }, /'waitMs' must be a whole number/],
  [{ op: "check", waitMs: 0, replyTo: "1" }, /'replyTo' must be a whole number/],
  [{ op: "ack" }, /'messages' must be a list: it is nothing$/],
  [{ op: "ack", messages: [1, null] }, /'messages' must be a list of whole numbers/],
  [{ op: "ack", messages: Array(51).fill(1) }, /'messages' must be at most 50 items/],
  [{ op: "release", request: -1 }, /'request' must be a whole number/],
  [{ op: "cancel" }, /'request' must be a whole number/],
  [{ op: "rename" }, /'name' must be a string/],
  [{ op: "history", limit: 0 }, /'limit' must be a whole number from 1 to 200: it is 0$/],
  [{ op: "history", limit: 1, with: 1 }, /'with' must be a string/],
  [{ op: "history", limit: 1, before: 0 }, /'before' must be a whole number/],
  [{ op: "history", limit: 1, search: "s".repeat(257) }, /'search' must be at most 256/],
  [{ op: "history", limit: 1, everyone: 1 }, /'everyone' must be true or false: it is 1$/],
  [{ op: "history", limit: 1, thread: 0 }, /'thread' must be a whole number from 1/],
  [{ ...observe, cursor: "c".repeat(129) }, /'cursor' must be at most 128 characters/],
  [{ ...observe, waitMs: limits.waitMs + 1 }, /'waitMs' must be a whole number/],
  [{ ...observe, after: 1 }, /Unknown field "after"/],
  [{ ...pause, name: "n".repeat(257) }, /'name' must be at most 256 characters/],
  [{ ...pause, paused: undefined }, /'paused' must be true or false: it is nothing$/],
  [{ ...stop, thread: 0 }, /'thread' must be a whole number from 1/],
  [{ ...stop, stopped: "yes" }, /'stopped' must be true or false: it is "yes"$/],
  [{ op: "import", message: "m", from: "a", to: ["b"] }, /'to' must be a string: it is a list/],
  [{ op: "adopt" }, /'name' must be a string: it is nothing$/],
  [{ op: "adopt", name: "a", former: "b", untilMs: -1 }, /'untilMs' must be a whole number/],
  [{ op: "handover", x: 1 }, /Unknown field "x"/],
  [{ op: "list", limit: 1 }, /Unknown field "limit"/],
  [{ op: "status", x: 1 }, /Unknown field "x"/],
  [{ op: "ping", x: 1 }, /Unknown field "x"/],
  [{ op: "bye", x: 1 }, /Unknown field "x"/],
];

Deno.test("decodeRequest answers each wrong field with bad_request and the field's name", () => {
  for (const [request, says] of wrong) {
    const error = refusal(request);
    assert.equal(error.code, "bad_request");
    assert.equal(error.fatal, false);
    assert.match(error.message, says, JSON.stringify(request));
  }
});

Deno.test("decodeRequest names the operations that exist when it does not know one", () => {
  const ops = ["", "Hello", "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  for (const op of [...ops, 1, null, {}, [], ["list"], true, undefined]) {
    assert.match(
      refusal({ op }).message,
      /^Unknown operation .*: use hello, attend, send, check, watch, ack/,
    );
  }
});

Deno.test("decodeRequest refuses fields that bear names of the prototype", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    const body = new TextEncoder().encode(`{"id":5,"op":"list","${name}":{"op":"bye"}}`);
    assert.throws(() => decodeRequest(body), (error) => {
      assert.ok(error instanceof RequestError && error.cause instanceof HustingsError);
      return error.cause.message.includes(`Unknown field "${name}"`);
    });
  }
  assert.equal(({} as { op?: string }).op, undefined);
});

Deno.test("decodeRequest answers shortly when what is wrong is long or deep", () => {
  const long = "x".repeat(1_000_000);
  const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  const requests = [{ op: long }, { op: "list", [long]: 1 }, { ...send, to: long }];
  const nested = [{ ...send, to: [deep] }, { ...hello, pid: deep }, { op: deep }]
    .map((request) => `{"id":5,${deepText(request, deep)}}`);
  const bodies = [
    ...requests.map((request) => bytes({ id: 5, ...request })),
    ...nested.map((text) => new TextEncoder().encode(text)),
  ];
  for (const body of bodies) {
    assert.throws(() => decodeRequest(body), (error) => {
      assert.ok(error instanceof RequestError && error.cause instanceof HustingsError);
      assert.equal(error.cause.code, "bad_request");
      return error.cause.message.length < 400;
    });
  }
});

/** The fields of `request` as JSON, where `deep` is too deep for JSON.stringify. */
function deepText(request: Record<string, unknown>, deep: unknown): string {
  const mark = "deep";
  const shown = JSON.stringify(request, (_, value) => value === deep ? mark : value).slice(1, -1);
  return shown.replace(`"${mark}"`, "[".repeat(100_000) + "]".repeat(100_000));
}

Deno.test("decodeRequest throws a fatal error when nobody could be answered", () => {
  const bodies = ["", " ", "null", "1", '"a"', "[]", "{", "{}", '{"id":"1"}', '{"id":-1}']
    .concat(['{"id":1.5}', '{"id":9007199254740992}', '{"id":null}', '{"op":"list"}', "{}{}"])
    .map((text) => new TextEncoder().encode(text));
  const notUtf8 = bytes({ id: 1, op: "rename", name: "xx" });
  notUtf8.fill(0xc3, -4, -2);
  bodies.push(Uint8Array.of(0xff), notUtf8);
  for (const body of bodies) assert.throws(() => decodeRequest(body), fatal);
});

Deno.test("decodeReply throws a fatal error when it is neither a reply nor an event", () => {
  const strange = [null, [], "x", {}, { id: 1 }, { ok: 1 }, { id: "1", ok: 1 }, { event: "no" }];
  for (const value of [...strange, { id: 1, error: "x" }, { id: 1, error: null }]) {
    assert.throws(() => decodeReply(bytes(value)), fatal, JSON.stringify(value));
  }
});

Deno.test("decodeReply reads an error of a newer build as internal and keeps its text", () => {
  const reply = decodeReply(bytes({ id: 1, error: { code: "of_tomorrow", message: "Why" } }));
  assert.deepEqual(reply, { id: 1, error: { code: "internal", message: "Why" } });
});

Deno.test("decodeReply survives an error whose text is no text", () => {
  for (const message of [undefined, null, 7, {}, { toString: 1, valueOf: 1 }, [[]]]) {
    const reply = decodeReply(bytes({ id: 1, error: { code: "internal", message } }));
    assert.ok("error" in reply && typeof reply.error.message === "string");
  }
});

/** Runs a decoder; anything but its two errors fails the test. */
function decodes(decode: (body: Uint8Array) => unknown, body: Uint8Array): void {
  try {
    decode(body);
  } catch (error) {
    const cause = error instanceof RequestError ? error.cause : error;
    if (!(cause instanceof HustingsError)) throw error;
  }
}

seeded(
  "the decoders throw nothing but their own errors when they are fed random bytes",
  (random, rounds) => {
    for (let round = 0; round < rounds; round++) {
      const body = random.bytes(random.whole(0, 60));
      for (const decode of [decodeRequest, decodeReply]) decodes(decode, body);
    }
  },
);

const strangeValues = [null, true, -1, 0.5, 1e300, "", "*", "\u0000", [], [[]], {}, { a: 1 }];

/** A valid request with some of its fields replaced, taken out or added. */
function mutated(random: SeededRandom): Record<string, unknown> {
  const request: Record<string, unknown> = { id: 1, ...random.pick(operations) };
  for (let change = random.whole(1, 3); change > 0; change--) {
    const name = random.pick([...Object.keys(request), "toString", "x"]);
    if (random.fraction() < 0.2) delete request[name];
    else request[name] = random.pick(strangeValues);
  }
  return request;
}

seeded(
  "the decoders throw nothing but their own errors when valid frames are mutated",
  (random, rounds) => {
    for (let round = 0; round < rounds; round++) {
      const body = bytes(mutated(random));
      if (random.fraction() < 0.5) body[random.whole(0, body.length - 1)] = random.whole(0, 255);
      for (const decode of [decodeRequest, decodeReply]) decodes(decode, body);
    }
  },
);

seeded(
  "decodeRequest takes every request whose fields are within their bounds",
  (random, rounds) => {
    const text = (max: number) => String.fromCharCode(...random.bytes(random.whole(0, max)));
    for (let round = 0; round < rounds; round++) {
      const operation: Operation = random.pick<Operation>([
        { op: "send", message: text(64), to: [text(256), text(256)], text: text(500) },
        { op: "check", waitMs: random.whole(0, limits.waitMs) },
        { op: "ack", messages: Array.from({ length: random.whole(0, 50) }, (_, i) => i) },
        { op: "history", limit: random.whole(1, limits.historyEntries), with: text(256) },
      ]);
      const request = { id: random.whole(0, 2 ** 31 - 1), operation };
      assert.deepEqual(decodeRequest(encodeRequest(request)), request);
    }
  },
);
