import assert from "node:assert/strict";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";

const ignore = Deno.build.os === "windows";

Deno.test(
  "newcomer passes over a stopped broker that nobody follows, and that one follows it when it goes on",
  {
    ignore,
  },
  async () => {
    await using bus = await TemporaryBus.create();
    const first = await RawAgent.start(bus, "first", bus.directory("shop"));
    await first.call("send", { to: "second-shop", text: "before" });
    Deno.kill(first.pid, "SIGSTOP");
    const second = await RawAgent.start(bus, "second", bus.directory("shop"));
    const { pid, epoch } = bus.endpoint();
    assert.deepEqual({ pid, epoch }, { pid: second.pid, epoch: 2 });
    const { messages } = await second.call("check", {});
    assert.deepEqual((messages as { text: string }[]).map(({ text }) => text), ["before"]);

    Deno.kill(first.pid, "SIGCONT");
    const { agents } = await first.call("list", {});
    const brokers = (agents as { name: string; broker?: boolean }[]).filter(({ broker }) => broker);
    assert.deepEqual(brokers.map(({ name }) => name), ["second-shop"]);
    await Promise.all([first, second].map((agent) => agent.close()));
  },
);

Deno.test("newcomers at once pass over a stopped broker, and one of them is the next", {
  ignore,
}, async () => {
  await using bus = await TemporaryBus.create();
  const first = await RawAgent.start(bus, "first", bus.directory("shop"));
  Deno.kill(first.pid, "SIGSTOP");
  const names = ["a", "b", "c", "d"];
  const agents = await Promise.all(
    names.map((name) => RawAgent.start(bus, name, bus.directory("shop"))),
  );
  const lists = await Promise.all(agents.map((agent) => agent.call("list", {})));
  const brokers = lists.map(({ agents }) =>
    (agents as { name: string; broker?: boolean }[]).filter(({ broker }) => broker)
      .map(({ name }) => name).join()
  );
  assert.equal(new Set(brokers).size, 1, brokers.join(" "));
  Deno.kill(first.pid, "SIGCONT");
  await Promise.all([first, ...agents].map((agent) => agent.close()));
});
