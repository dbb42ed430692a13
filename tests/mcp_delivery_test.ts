import { deepEqual, equal, match } from "node:assert/strict";
import { HustingsError } from "../lib/core/errors.ts";
import { settled } from "./support/hub_bench.ts";
import { ScriptedBus, ScriptedHanded } from "./support/scripted_bus.ts";
import {
  BringingBus,
  call,
  cancel,
  hello,
  initialize,
  initialized,
  serving,
  textOf,
  WaitingBus,
} from "./support/served_bus.ts";
import type { Result } from "./support/served_bus.ts";

/** A bus that brings one message, and in which order that was settled and the history was asked for. */
function orderly() {
  const order: string[] = [];
  const bus = new BringingBus();
  bus.handed.fate.then((fate) => order.push(fate));
  bus.history = () => {
    order.push("history");
    return Promise.resolve({ entries: [], older: false });
  };
  return { bus, order };
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
  const { bus, order } = orderly();
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
  const { bus, order } = orderly();
  const { streams, over } = serving(bus);
  const { offered, open } = streams.hold();
  streams.say(call(2, "check"));
  await offered;
  streams.say(call(3, "history"));
  await settled();
  deepEqual(order, []);
  open();
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
  const { offered, open } = streams.hold();
  streams.say(call(2, "check"));
  await offered;
  streams.say(cancel(2));
  equal(await bus.handed.fate, "released");
  open();
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
