import { deepEqual, equal, match } from "node:assert/strict";
import type { CheckOptions, Handed } from "../lib/bus/bus.ts";
import { HustingsError } from "../lib/core/errors.ts";
import type { Message } from "../lib/core/types.ts";
import { serveMcp } from "../lib/mcp/serve_mcp.ts";
import { settled } from "./support/hub_bench.ts";
import { ScriptedBus, ScriptedHanded } from "./support/scripted_bus.ts";
import { ScriptedStreams } from "./support/scripted_streams.ts";

const hello: Message = { id: 5, from: "rob", to: ["bob"], atMs: 0, text: "hello", thread: 5 };

interface Result {
  readonly content: readonly { readonly text: string }[];
  readonly isError?: true;
}

/** The server in this process, between scripted streams and a scripted bus. */
function serving(bus: ScriptedBus) {
  const streams = new ScriptedStreams();
  const over = serveMcp(bus, { streams });
  return { streams, over };
}

function initialize(client = "claude-code") {
  const clientInfo = { name: client, version: "1" };
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
  return { jsonrpc: "2.0", id: 1, method: "initialize", params };
}

const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };

function call(id: number, name: string, args: unknown = {}, meta = {}) {
  const params = { name, arguments: args, _meta: meta };
  return { jsonrpc: "2.0", id, method: "tools/call", params };
}

function cancel(requestId: number) {
  return { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } };
}

function textOf(answer: Record<string, unknown>): string {
  return (answer["result"] as Result).content[0]!.text;
}

/** A bus on which a check waits until the test lets it go or the check is given up. */
class WaitingBus extends ScriptedBus {
  readonly waiting: Promise<CheckOptions>;
  #begin!: (options: CheckOptions) => void;
  bring!: (handed: Handed) => void;

  constructor() {
    super();
    this.waiting = new Promise((resolve) => this.#begin = resolve);
  }

  override check(options: CheckOptions, signal: AbortSignal): Promise<Handed> {
    return new Promise((resolve, reject) => {
      this.bring = resolve;
      signal.addEventListener("abort", () => {
        reject(new HustingsError("cancelled", "The wait was given up"));
      });
      this.#begin(options);
    });
  }
}

/** A bus on which one check brings one message. */
class BringingBus extends ScriptedBus {
  readonly handed = new ScriptedHanded(hello);

  override check(): Promise<Handed> {
    return Promise.resolve(this.handed);
  }
}

Deno.test("messages are confirmed when the client has read their response, and not before", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  const half = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let offered = 0;
  streams.onwrite = async (bytes) => {
    offered++;
    if (offered === 1) return Math.floor(bytes.length / 2);
    half.resolve();
    await gate.promise;
    return bytes.length;
  };
  streams.say(call(2, "check"));
  await half.promise;
  deepEqual(bus.handed.words, []);
  gate.resolve();
  match(textOf(await streams.answer(2)), /hello/);
  const id = await streams.ping();
  deepEqual(bus.handed.words, []);
  streams.say({ jsonrpc: "2.0", id, result: {} });
  equal(await bus.handed.fate, "confirmed");
  streams.end();
  await over;
  deepEqual(bus.handed.words, ["confirmed"]);
});

Deno.test("messages are released when a cancel meets their response on the way", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.say(call(2, "check"));
  const id = await streams.ping();
  streams.say(cancel(2));
  streams.say({ jsonrpc: "2.0", id, result: {} });
  equal(await bus.handed.fate, "released");
  streams.end();
  await over;
  deepEqual(bus.handed.words, ["released"]);
});

Deno.test("messages are confirmed when a client that answers no ping was given its time", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.say(call(2, "check"));
  equal(await bus.handed.fate, "confirmed");
  streams.end();
  await over;
});

Deno.test("messages are confirmed when the input ends after their response was written", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.say(call(2, "check"));
  await streams.ping();
  streams.end();
  await over;
  deepEqual(bus.handed.words, ["confirmed"]);
});

Deno.test("a client that answers no ping is asked once", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.say(call(2, "check"));
  equal(await bus.handed.fate, "confirmed");
  const second = new ScriptedHanded({ ...hello, id: 6 });
  bus.check = () => Promise.resolve(second);
  streams.say(call(3, "check"));
  equal(await second.fate, "confirmed");
  streams.end();
  await over;
  equal(streams.answers.filter((line) => line["method"] === "ping").length, 1);
});

Deno.test("a message that met a cancel is marked when it comes again, and not given back again", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.say(call(2, "check"));
  await streams.ping();
  streams.say(cancel(2));
  equal(await bus.handed.fate, "released");
  const second = new ScriptedHanded(hello);
  bus.check = () => Promise.resolve(second);
  streams.say(call(3, "check"));
  match(textOf(await streams.answer(3)), /redelivered: you may have seen it before/);
  streams.say(cancel(3));
  equal(await second.fate, "confirmed");
  streams.end();
  await over;
});

Deno.test("what was shown counts as read before the next call is carried out", async () => {
  const order: string[] = [];
  const bus = new BringingBus();
  bus.handed.fate.then((fate) => order.push(fate));
  bus.history = () => {
    order.push("history");
    return Promise.resolve({ entries: [], older: false });
  };
  const { streams, over } = serving(bus);
  streams.say(call(2, "check"));
  const id = await streams.ping();
  streams.say(call(3, "history"));
  streams.say({ jsonrpc: "2.0", id, result: {} });
  await streams.answer(3);
  deepEqual(order, ["confirmed", "history"]);
  streams.end();
  await over;
});

Deno.test("what was shown counts as read before the next call when that comes before its write ends", async () => {
  const order: string[] = [];
  const bus = new BringingBus();
  bus.handed.fate.then((fate) => order.push(fate));
  bus.history = () => {
    order.push("history");
    return Promise.resolve({ entries: [], older: false });
  };
  const { streams, over } = serving(bus);
  const offered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  streams.onwrite = async (bytes) => {
    offered.resolve();
    await gate.promise;
    return bytes.length;
  };
  streams.say(call(2, "check"));
  await offered.promise;
  streams.say(call(3, "history"));
  await settled();
  deepEqual(order, []);
  gate.resolve();
  streams.say({ jsonrpc: "2.0", id: await streams.ping(), result: {} });
  await streams.answer(3);
  deepEqual(order, ["confirmed", "history"]);
  streams.end();
  await over;
});

Deno.test("messages are released when the output breaks, and the server ends", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.onwrite = () => Promise.reject(new Deno.errors.BrokenPipe("gone"));
  streams.say(call(2, "check"));
  await over;
  deepEqual(bus.handed.words, ["released"]);
});

Deno.test("messages are released when the client cancels while their response is written", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  const offered = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  streams.onwrite = async (bytes) => {
    offered.resolve();
    await gate.promise;
    return bytes.length;
  };
  streams.say(call(2, "check"));
  await offered.promise;
  streams.say(cancel(2));
  equal(await bus.handed.fate, "released");
  gate.resolve();
  streams.end();
  await over;
  deepEqual(bus.handed.words, ["released"]);
});

Deno.test("messages are released when they arrive in the moment of a cancel", async () => {
  const bus = new WaitingBus();
  const { streams, over } = serving(bus);
  const handed = new ScriptedHanded(hello);
  // The bus has them already when it hears of the cancel.
  bus.check = (_options, signal) =>
    new Promise((resolve) => {
      signal!.addEventListener("abort", () => resolve(handed));
      streams.say(cancel(2));
    });
  streams.say(call(2, "check", { wait_s: 5 }));
  equal(await handed.fate, "released");
  streams.end();
  await over;
  deepEqual(handed.words, ["released"]);
  deepEqual(streams.answers, []);
});

Deno.test("a cancelled wait ends on the bus and is not answered", async () => {
  const bus = new WaitingBus();
  const { streams, over } = serving(bus);
  streams.say(call(2, "check", { wait_s: 5 }));
  await bus.waiting;
  streams.say(cancel(2));
  streams.say({ jsonrpc: "2.0", id: 3, method: "ping" });
  await streams.answer(3);
  streams.end();
  await over;
  deepEqual(streams.answers.map((answer) => answer["id"]), [3]);
});

Deno.test("a wait ends with an answer when the input ends", async () => {
  const bus = new WaitingBus();
  const { streams, over } = serving(bus);
  streams.say(call(2, "check", { wait_s: 5 }));
  await bus.waiting;
  streams.end();
  await over;
  equal(((await streams.answer(2))["result"] as Result).isError, true);
});

Deno.test("a wait is as long as the client lets a call last, whatever it asks for", async () => {
  const waits = { "claude-code": 110_000, "codex-mcp-client": 280_000, "who-knows": 45_000 };
  for (const [client, waitMs] of Object.entries(waits)) {
    const bus = new WaitingBus();
    const { streams, over } = serving(bus);
    streams.say(initialize(client));
    streams.say(initialized);
    streams.say(call(2, "check", { wait_s: 100_000 }));
    equal((await bus.waiting).waitMs, waitMs, client);
    bus.bring(new ScriptedHanded());
    match(textOf(await streams.answer(2)), new RegExp(`came in ${waitMs / 1000} s \\(the longest`));
    streams.end();
    await over;
  }
});

Deno.test("a call that waits gives signs of life when the client asked for them", async () => {
  const bus = new WaitingBus();
  const { streams, over } = serving(bus);
  const real = globalThis.setInterval;
  let tick = () => {};
  globalThis.setInterval = ((fn: () => void) => {
    tick = fn;
    return real(() => {}, 1_000_000);
  }) as typeof setInterval;
  try {
    streams.say(call(2, "check", { wait_s: 30 }, { progressToken: "p" }));
    await bus.waiting;
    tick();
    tick();
    bus.bring(new ScriptedHanded());
    await streams.answer(2);
  } finally {
    globalThis.setInterval = real;
  }
  streams.end();
  await over;
  const signs = streams.answers.filter((answer) => answer["method"] === "notifications/progress");
  const of = (progress: number) => ({
    progressToken: "p",
    progress,
    total: 30,
    message: "Waiting for a message",
  });
  deepEqual(signs.map((sign) => sign["params"]), [of(10), of(20)]);
});

Deno.test("a message that was sent stays sent when the wait for its reply fails", async () => {
  const bus = new ScriptedBus();
  bus.check = () => Promise.reject(new HustingsError("bus_down", "No broker for ten seconds"));
  const { streams, over } = serving(bus);
  streams.say(call(2, "send", { to: "rob", text: "hi", wait_s: 5 }));
  const answer = await streams.answer(2);
  equal((answer["result"] as Result).isError, undefined);
  match(textOf(answer), /^On disk as message 1\./);
  match(textOf(answer), /No broker for ten seconds\. The message stays sent/);
  streams.end();
  await over;
});

Deno.test("an agent joins when its client is ready, with its client's short name", async () => {
  const bus = new ScriptedBus();
  const { streams, over } = serving(bus);
  streams.say(initialize("opencode"));
  streams.say(initialized);
  streams.say({ jsonrpc: "2.0", id: 2, method: "ping" });
  await streams.answer(2);
  deepEqual(bus.joined.map(({ client, directory }) => [client, directory]), [
    ["opencode", Deno.cwd()],
  ]);
  streams.end();
  await over;
});

Deno.test("an agent is known by its client when that sends everything at once", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.say([initialize("opencode"), initialized, call(2, "check")]);
  await streams.answer(2);
  deepEqual(bus.joined.map((identity) => identity.client), ["opencode"]);
  streams.end();
  await over;
});

Deno.test("a client that tests the connection joins only when it calls a tool", async () => {
  const bus = new BringingBus();
  const { streams, over } = serving(bus);
  streams.say(initialize("mcp-test-client"));
  streams.say(initialized);
  streams.say({ jsonrpc: "2.0", id: 2, method: "tools/list" });
  await streams.answer(2);
  equal(bus.joined.length, 0);
  streams.say(call(3, "check"));
  await streams.answer(3);
  equal(bus.joined.length, 1);
  streams.end();
  await over;
});

Deno.test("a call says why when the join fails, and the next call joins again", async () => {
  const bus = new BringingBus();
  const join = bus.join.bind(bus);
  bus.join = () => Promise.reject(new HustingsError("bus_down", "No port is left for the bus"));
  const { streams, over } = serving(bus);
  streams.say(call(2, "check"));
  equal(textOf(await streams.answer(2)), "No port is left for the bus.");
  bus.join = join;
  streams.say(call(3, "check"));
  match(textOf(await streams.answer(3)), /hello/);
  streams.end();
  await over;
});

Deno.test("recipients are understood as a name, a list, and both ways to write a list in a text", async () => {
  const bus = new ScriptedBus();
  const { streams, over } = serving(bus);
  const ways = ["a", ["a", "b"], "a, b", '["a","b"]', "*"];
  for (const [index, to] of ways.entries()) {
    streams.say(call(index + 2, "send", { to, text: "hi" }));
    await streams.answer(index + 2);
  }
  streams.end();
  await over;
  deepEqual(bus.sent.map((message) => message.to), [["a"], ["a", "b"], ["a", "b"], ["a", "b"], [
    "*",
  ]]);
});

Deno.test("a fault of the program is an error in words, without a trace of the code", async () => {
  const bus = new ScriptedBus();
  bus.list = () => Promise.reject(new TypeError("x is not a function"));
  const { streams, over } = serving(bus);
  streams.say(call(2, "list"));
  const answer = await streams.answer(2);
  equal((answer["result"] as Result).isError, true);
  equal(/\bat .*\.ts|file:/.test(JSON.stringify(answer)), false);
  streams.end();
  await over;
});
