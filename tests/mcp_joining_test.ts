import { deepEqual, equal, match } from "node:assert/strict";
import { HustingsError } from "../lib/core/errors.ts";
import { ScriptedBus } from "./support/scripted_bus.ts";
import {
  BringingBus,
  call,
  initialize,
  initialized,
  serving,
  textOf,
} from "./support/served_bus.ts";
import type { Result } from "./support/served_bus.ts";

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
