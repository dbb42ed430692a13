// deno-lint-ignore-file camelcase -- the keys are those of the wire
import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { writeLegacySetting } from "../../lib/member/legacy/legacy_setting.ts";
import { askLegacy, exchange, legacyBench } from "../support/legacy_scripts.ts";
import type { LegacyAnswer } from "../support/legacy_scripts.ts";

const encoder = new TextEncoder();

/** The answer to bytes that are written in pieces, each in a segment of its own. */
async function answerTo(port: number, pieces: Iterable<Uint8Array>): Promise<LegacyAnswer> {
  const answer = await exchange(port, async (conn) => {
    conn.setNoDelay(true);
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) at += await conn.write(piece.subarray(at));
    }
  });
  return answer === undefined ? undefined : JSON.parse(answer);
}

function bytesOf(request: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(request));
}

const registration = { action: "register", instance_id: "bob" };

Deno.test("a request is answered with one object, in whatever pieces it comes, blanks behind it included", async () => {
  await using legacy = await legacyBench();
  const bytes = bytesOf({ ...registration, note: 'é } \\" {' });
  const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  assert.equal((await answerTo(legacy.port, single)).message, "Registered bob");
  const halves = [bytes.subarray(0, 43), bytes.subarray(43), encoder.encode(" \r\n")];
  assert.equal((await answerTo(legacy.port, halves)).message, "Registered bob");
});

Deno.test("a connection is closed without an answer where legacy scripts are off, as it is at first", async () => {
  await using legacy = await legacyBench("first");
  const { bench: { directory: { legacy: setting } }, port } = legacy;
  const refused = () =>
    exchange(port, async (conn) => void await conn.write(bytesOf(registration)));
  assert.equal(await refused(), undefined, "off at first");
  writeLegacySetting(setting, { mode: "open" });
  assert.equal((await askLegacy(port, registration)).status, "ok", "on without a restart");
  const { members } = await legacy.agent.bus.list();
  assert.deepEqual(members.map(({ name }) => name), ["claude", "bob"]);
  writeLegacySetting(setting, undefined);
  assert.equal(await refused(), undefined, "off without a restart");
});

Deno.test("a setting that is open to others, or none, serves nobody", async () => {
  await using legacy = await legacyBench();
  const path = legacy.bench.directory.legacy;
  const refused = () =>
    exchange(legacy.port, async (conn) => void await conn.write(bytesOf(registration)));
  for (const text of ["", "{", "null", '{"mode":"secret"}', '{"mode":"secret","secret":""}']) {
    await Deno.writeTextFile(path, text);
    assert.equal(await refused(), undefined, text);
  }
  writeLegacySetting(path, { mode: "open" });
  if (Deno.build.os !== "windows") {
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    await Deno.chmod(path, 0o644);
    assert.equal(await refused(), undefined, "mode 644");
  }
});

Deno.test("a browser's request never reaches a parser, with legacy scripts switched on", async () => {
  await using legacy = await legacyBench();
  const body = JSON.stringify(registration);
  const openings = [
    `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    `\r\n${body}`,
    ` ${body}`,
    `[${body}]`,
    "\x16\x03\x01{",
  ];
  for (const opening of openings) {
    assert.equal(await answerTo(legacy.port, [encoder.encode(opening)]), undefined, opening);
  }
  assert.equal((await legacy.agent.bus.list()).members.length, 1);
});

Deno.test("what is no request is answered with a reason", async () => {
  await using legacy = await legacyBench();
  const cases: [string | Uint8Array, RegExp][] = [
    ["{]", /^The request is no JSON$/],
    ["{nonsense}", /^The request is no JSON$/],
    [Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), /^The request is no UTF-8$/],
    [`${JSON.stringify(registration)}{}`, /^Something stands behind the JSON object/],
    [`{"a":${"[".repeat(limits.legacyDepth)}`, /nested deeper than 100 levels/],
  ];
  for (const [said, reason] of cases) {
    const bytes = typeof said === "string" ? encoder.encode(said) : said;
    const { status, message } = await answerTo(legacy.port, [bytes]);
    assert.equal(status, "error");
    assert.match(message, reason);
  }
});

Deno.test("a request that ends in the middle, or is longer than allowed, is told so", async () => {
  await using legacy = await legacyBench();
  const half = await exchange(legacy.port, async (conn) => {
    await conn.write(encoder.encode('{"action":"reg'));
    await conn.closeWrite();
  });
  assert.match(half!, /ends in the middle/);
  const long = bytesOf({ action: "register", instance_id: "x".repeat(limits.legacyRequestBytes) });
  assert.match((await answerTo(legacy.port, [long])).message, /longer than 4194304 bytes/);
});

Deno.test("the whole of a message comes through up to a mebibyte, escaped as Python escapes it", async () => {
  await using legacy = await legacyBench();
  const bob = await legacy.scripts("bob");
  const content = "é".repeat(limits.textBytes / 2);
  const request = { action: "send", from_id: "bob", to_id: "claude", message: { content } };
  const escaped = JSON.stringify({ ...request, session_token: bob.token })
    .replaceAll("é", "\\u00e9");
  assert.ok(escaped.length > 3 * 1024 * 1024);
  assert.equal((await askLegacy(legacy.port, escaped)).message, "Message sent");
  assert.deepEqual(await legacy.agent.texts(), [content]);
  const beyond = { ...request, message: { content: `${content}x` }, session_token: bob.token };
  assert.match((await askLegacy(legacy.port, beyond)).message, /the limit is 1048576/);
});

Deno.test("one connection more than are served at once costs the oldest, not the newcomer", async () => {
  await using legacy = await legacyBench();
  const waiting: Deno.TcpConn[] = [];
  for (let n = 0; n < limits.legacyConnections; n++) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: legacy.port });
    await conn.write(encoder.encode("{"));
    waiting.push(conn);
  }
  const bob = await legacy.scripts();
  assert.equal((await bob.register("bob")).status, "ok");
  const ended = waiting[0]!.read(new Uint8Array(1)).catch(() => null);
  const outlived = bob.list().then(() => "it outlived a request");
  assert.equal(await Promise.race([ended, outlived]), null);
  await outlived;
  for (const conn of waiting) conn.close();
});
