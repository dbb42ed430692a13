import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { VersionRange } from "../../lib/core/handshake.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent, ToolFailure } from "../support/raw_agent.ts";

const program = fileURLToPath(import.meta.resolve("../support/versioned_program.ts"));

/** An agent whose build speaks these versions; `name` is also that of its directory. */
async function start(bus: TemporaryBus, name: string, versions: VersionRange): Promise<RawAgent> {
  const agent = spawn(bus, name, versions);
  await agent.call("list", {});
  return agent;
}

function spawn(bus: TemporaryBus, name: string, { oldest, newest }: VersionRange): RawAgent {
  const command = [Deno.execPath(), "run", "-A", program, String(oldest), String(newest)];
  const place = { home: bus.home, port: bus.port, program: command };
  return RawAgent.spawn(place, "agent", bus.directory(name));
}

async function textsOf(agent: RawAgent): Promise<string[]> {
  const { messages } = await agent.call("check", {}) as { messages: { text: string }[] };
  return messages.map(({ text }) => text);
}

async function refusalOf(agent: RawAgent): Promise<string> {
  const error = await agent.call("list", {}).then(() => undefined, (error) => error);
  assert.ok(error instanceof ToolFailure, "it is refused");
  return error.message;
}

const older = { oldest: 1, newest: 1 };
const newer = { oldest: 1, newest: 2 };
const newest = { oldest: 2, newest: 3 };

/** Leader, follower and how their versions meet. */
const overlaps: [VersionRange, VersionRange, string][] = [
  [older, newer, "an older build leads and a newer one follows"],
  [newer, older, "a newer build leads and an older one follows"],
  [newer, newest, "only the newest of the leader's versions is in common"],
];

Deno.test("builds with a version in common work together and take over from each other", async () => {
  // Side by side: most of it is waiting for the killed one's name to become free.
  await Promise.all(
    overlaps.map(([first, second, what]) =>
      takeTurns(first, second).catch((cause) => {
        throw new Error(`when ${what}`, { cause });
      })
    ),
  );
});

async function takeTurns(first: VersionRange, second: VersionRange): Promise<void> {
  await using bus = await TemporaryBus.create();
  const leader = await start(bus, "leader", first);
  const follower = await start(bus, "follower", second);
  assert.equal(bus.endpoint().pid, leader.pid);
  await leader.call("send", { to: "agent-follower", text: "from the leader" });
  await follower.call("send", { to: "agent-leader", text: "from the follower" });

  await leader.kill();
  assert.deepEqual(await textsOf(follower), ["from the leader"]);
  assert.equal(bus.endpoint().pid, follower.pid);
  const again = await start(bus, "leader", first);
  assert.deepEqual(await textsOf(again), ["from the follower"]);
  assert.equal(bus.endpoint().pid, follower.pid);
  await Promise.all([follower.close(), again.close()]);
}

for (
  const [first, second, told] of [
    [older, newest, /port (\d+) speaks protocol 1 to 1, this build 2 to 3: update hustings/],
    [newest, older, /port (\d+) speaks protocol 2 to 3, this build 1 to 1: update hustings/],
  ] as const
) {
  Deno.test(`build ${second.oldest} to ${second.newest} is told both ranges by a broker of ${first.oldest} to ${first.newest}, and finds its messages once that has gone`, async () => {
    await using bus = await TemporaryBus.create();
    const leader = await start(bus, "leader", first);
    const before = bus.endpoint();
    const stranger = spawn(bus, "stranger", second);
    assert.match(await refusalOf(stranger), told);
    await leader.call("send", { to: "agent-stranger", text: "for later" });
    assert.match(await refusalOf(stranger), told);
    assert.deepEqual(bus.endpoint(), before, "the broker was left alone");

    await leader.kill();
    assert.equal((await stranger.call("list", {}))["you"], "agent-stranger");
    assert.deepEqual(await textsOf(stranger), ["for later"]);
    assert.equal(bus.endpoint().pid, stranger.pid);
    await stranger.close();
  });
}
