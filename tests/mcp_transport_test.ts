import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types";
import { DenoStdioTransport } from "../lib/mcp/deno_stdio_transport.ts";
import type { Line } from "../lib/mcp/line_splitter.ts";
import { LineSplitter } from "../lib/mcp/line_splitter.ts";
import { mcpLimits } from "../lib/mcp/mcp_limits.ts";
import { ScriptedStreams } from "./support/scripted_streams.ts";

const encoder = new TextEncoder();

/** A transport on scripted streams, and what it let through. */
async function started() {
  const streams = new ScriptedStreams();
  const transport = new DenoStdioTransport(streams);
  const messages: JSONRPCMessage[] = [];
  transport.onmessage = (message) => messages.push(message);
  const closed = new Promise<void>((resolve) => transport.onclose = resolve);
  await transport.start();
  return { streams, transport, messages, closed };
}

function request(id: unknown, method = "ping"): JSONRPCMessage {
  return { jsonrpc: "2.0", id, method } as JSONRPCMessage;
}

function result(id: number, value = {}): JSONRPCMessage {
  return { jsonrpc: "2.0", id, result: value };
}

function errorOf(answer: Record<string, unknown>): { code: number; message: string } {
  return answer["error"] as { code: number; message: string };
}

function shape(line: Line): string | number {
  return line.kind === "line" ? new TextDecoder().decode(line.bytes) : line.byteLength;
}

Deno.test("lines come out the same when the bytes come one at a time", () => {
  const bytes = encoder.encode("one\r\n\ntwo éä\nrest");
  const splitter = new LineSplitter(100);
  const lines: Line[] = [];
  for (const byte of bytes) lines.push(...splitter.push(new Uint8Array([byte])));
  lines.push(...splitter.end());
  deepEqual(lines.map(shape), ["one\r", "", "two éä", "rest"]);
  const whole = new LineSplitter(100);
  deepEqual([...whole.push(bytes), ...whole.end()].map(shape), lines.map(shape));
});

Deno.test("a line of the longest length is kept, one byte more is not, and the next one is read", () => {
  const splitter = new LineSplitter(4);
  deepEqual(splitter.push(encoder.encode("1234\n12345\nok\n")).map(shape), ["1234", 5, "ok"]);
});

Deno.test("a line that comes in many tiny chunks takes little more than its bytes", () => {
  const count = 500_000;
  const splitter = new LineSplitter(count);
  const chunk = encoder.encode("x");
  const used = () => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  for (let n = 0; n < count; n++) splitter.push(chunk);
  // What the pushes leave to be collected counts too: some bytes each, where an array takes a hundred.
  ok(used() - before < 32 * 1024 * 1024, `${used() - before} bytes`);
  equal(splitter.push(encoder.encode("\n")).map(shape).join().length, count);
});

Deno.test("a chunk that is reused does not change a line that was begun in it", () => {
  const splitter = new LineSplitter(100);
  const chunk = encoder.encode("abc");
  splitter.push(chunk);
  chunk.fill(0);
  deepEqual(splitter.push(encoder.encode("d\n")).map(shape), ["abcd"]);
});

Deno.test("a message is written whole when the output takes it byte by byte", async () => {
  const { streams, transport } = await started();
  streams.onwrite = () => 1;
  await Promise.all([
    transport.send(result(1, { text: "é".repeat(50) })),
    transport.send(result(2)),
  ]);
  deepEqual(streams.answers, [result(1, { text: "é".repeat(50) }), result(2)]);
});

Deno.test("a line that is no JSON is answered with what is wrong, and the next one is read", async () => {
  const { streams, messages } = await started();
  streams.say("hello there");
  streams.say(request(7));
  const error = errorOf(await streams.answer(null));
  equal(error.code, -32700);
  match(error.message, /not JSON .*hello/);
  deepEqual(messages, [request(7)]);
});

Deno.test("a line that is no UTF-8 is answered with a parse error", async () => {
  const { streams } = await started();
  streams.give(new Uint8Array([0x22, 0xff, 0x22, 0x0a]));
  const error = errorOf(await streams.answer(null));
  equal(error.code, -32700);
  match(error.message, /UTF-8/);
});

Deno.test("a message that is no JSON-RPC is answered under its id with what is wrong", async () => {
  const cases: [string, RegExp][] = [
    ['{"id":3,"method":"ping"}', /jsonrpc/],
    ['{"jsonrpc":"1.0","id":3,"method":"ping"}', /jsonrpc/],
    ['{"jsonrpc":"2.0","id":3}', /'method'/],
    ['{"jsonrpc":"2.0","id":3,"method":5}', /'method'/],
    ['{"jsonrpc":"2.0","id":3,"method":"ping","params":[1]}', /'params'/],
    ['{"jsonrpc":"2.0","id":3,"method":"ping","extra":1}', /'extra'/],
  ];
  for (const [line, why] of cases) {
    const { streams, messages } = await started();
    streams.say(line);
    const error = errorOf(await streams.answer(3));
    equal(error.code, -32600, line);
    match(error.message, why);
    deepEqual(messages, []);
  }
});

Deno.test("a message without a usable id is answered under null", async () => {
  for (const line of ["5", "null", '"x"', "[]", '{"jsonrpc":"2.0","id":1.5,"method":"ping"}']) {
    const { streams } = await started();
    streams.say(line);
    equal(errorOf(await streams.answer(null)).code, -32600, line);
  }
});

Deno.test("a broken answer is not answered", async () => {
  const { streams, messages } = await started();
  streams.say('{"jsonrpc":"2.0","id":{},"result":5}');
  streams.say('{"id":1,"error":"bad"}');
  streams.say("{");
  await streams.answer(null);
  equal(streams.answers.length, 1);
  deepEqual(messages, []);
});

Deno.test("every message of a batch is taken, and every bad one answered", async () => {
  const { streams, messages } = await started();
  streams.say([request(1), { jsonrpc: "2.0", id: 2 }, request(3)]);
  equal(errorOf(await streams.answer(2)).code, -32600);
  deepEqual(messages, [request(1), request(3)]);
});

Deno.test("empty lines, a byte order mark and CRLF are no errors", async () => {
  const { streams, messages, closed } = await started();
  streams.say("");
  streams.say("\r");
  streams.say('\ufeff{"jsonrpc":"2.0","method":"notifications/initialized"}\r');
  streams.end();
  await closed;
  equal(messages.length, 1);
  deepEqual(streams.answers, []);
});

Deno.test("a line beyond the limit is answered with the limit, and the next one is read", async () => {
  const { streams, messages } = await started();
  streams.give(new Uint8Array(mcpLimits.lineBytes + 1).fill(0x20));
  streams.say("");
  streams.say(request(1));
  const error = errorOf(await streams.answer(null));
  match(error.message, new RegExp(`at most ${mcpLimits.lineBytes} bytes`));
  deepEqual(messages, [request(1)]);
});

Deno.test("a second request with an id that is under way is refused and not run", async () => {
  const { streams, transport, messages } = await started();
  streams.say(request("a"));
  streams.say(request("a"));
  equal(errorOf(await streams.answer("a")).code, -32600);
  equal(messages.length, 1);
  await transport.send({ jsonrpc: "2.0", id: "a", result: {} });
  streams.say(request("a"));
  streams.say("{");
  await streams.answer(null);
  equal(messages.length, 2);
});

Deno.test("the transport closes when the input ends and nothing is under way", async () => {
  const { streams, closed } = await started();
  streams.end();
  await closed;
});

Deno.test("the transport answers a request that was under way when the input ended, then closes", async () => {
  const { streams, transport, closed } = await started();
  const order: string[] = [];
  closed.then(() => order.push("closed"));
  const ended = new Promise<void>((resolve) => transport.onend = resolve);
  streams.say(request(1));
  streams.end();
  await ended;
  await transport.send(result(1)).then(() => order.push("sent"));
  await closed;
  deepEqual(order, ["sent", "closed"]);
});

Deno.test("the transport closes when a request stays unanswered after the input ended", async () => {
  const { streams, closed } = await started();
  streams.say(request(1));
  streams.end();
  await closed;
});

Deno.test("a message without a newline at the end of the input is read", async () => {
  const { streams, messages, closed } = await started();
  streams.give(encoder.encode('{"jsonrpc":"2.0","method":"notifications/initialized"}'));
  streams.end();
  await closed;
  equal(messages.length, 1);
});

Deno.test("the transport says which response was written, and which never will be", async () => {
  const { streams, transport, closed } = await started();
  const fates: unknown[] = [];
  transport.onresponse = (id, written) => fates.push([id, written]);
  await transport.send(result(1));
  streams.onwrite = () => Promise.reject(new Deno.errors.BrokenPipe("gone"));
  const failed = await transport.send(result(2)).then(() => false, () => true);
  ok(failed);
  await closed;
  deepEqual(fates, [[1, true], [2, false]]);
});
