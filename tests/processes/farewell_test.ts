import assert from "node:assert/strict";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";

const windows = Deno.build.os === "windows";

/** A broker and a follower in `shop`; the first one started is the broker. */
async function pair(bus: TemporaryBus): Promise<[RawAgent, RawAgent]> {
  const broker = await RawAgent.start(bus, "first", bus.directory("shop"));
  const follower = await RawAgent.start(bus, "second", bus.directory("shop"));
  assert.equal(bus.endpoint().pid, broker.pid);
  return [broker, follower];
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test({
    name: `broker resigns and frees its name when it gets ${signal}`,
    ignore: windows,
    fn: async () => {
      await using bus = await TemporaryBus.create();
      const [broker, follower] = await pair(bus);
      await broker.kill(signal);
      const { agents } = await follower.call("list", {}) as { agents: Record<string, unknown>[] };
      const byName = new Map(agents.map((agent) => [agent["name"], agent]));
      assert.match(String(byName.get("first-shop")?.["presence"]), /^away since/);
      assert.equal(byName.get("second-shop")?.["broker"], true);
      const { pid, epoch } = bus.endpoint();
      assert.deepEqual([pid, epoch], [follower.pid, 2]);
      await follower.close();
    },
  });
}

Deno.test("broker ends by itself and another takes over when its stdin closes", async () => {
  await using bus = await TemporaryBus.create();
  const [broker, follower] = await pair(bus);
  await broker.close();
  await follower.call("list", {});
  assert.equal(bus.endpoint().pid, follower.pid);
  await follower.close();
});

Deno.test("follower frees its name when its stdin closes", async () => {
  await using bus = await TemporaryBus.create();
  const [broker, follower] = await pair(bus);
  await follower.close();
  const { agents } = await broker.call("list", {}) as { agents: Record<string, unknown>[] };
  const gone = agents.find((agent) => agent["name"] === "second-shop");
  assert.match(String(gone?.["presence"]), /^away since/);
  await broker.close();
});

Deno.test({
  name: "broker goes on when it gets SIGTSTP",
  ignore: windows,
  fn: async () => {
    await using bus = await TemporaryBus.create();
    const [broker, follower] = await pair(bus);
    Deno.kill(broker.pid, "SIGTSTP");
    await follower.call("send", { to: "first-shop", text: "still there?" });
    assert.equal((await broker.call("check", {}))["messages"] instanceof Array, true);
    assert.deepEqual([bus.endpoint().pid, bus.endpoint().epoch], [broker.pid, 1]);
    await Promise.all([broker.close(), follower.close()]);
  },
});

Deno.test("agent gets its name back when it starts again in its directory", async () => {
  await using bus = await TemporaryBus.create();
  const [broker, follower] = await pair(bus);
  await follower.call("rename", { name: "builder" });
  await follower.kill();
  const again = await RawAgent.start(bus, "second", bus.directory("shop"));
  assert.equal((await again.call("list", {}))["you"], "builder");
  await Promise.all([broker.close(), again.close()]);
});

Deno.test("agent gets its name back when it was the broker and was killed", async () => {
  await using bus = await TemporaryBus.create();
  const [broker, follower] = await pair(bus);
  await broker.kill();
  const again = await RawAgent.start(bus, "first", bus.directory("shop"));
  assert.equal((await again.call("list", {}))["you"], "first-shop");
  await Promise.all([follower.close(), again.close()]);
});
