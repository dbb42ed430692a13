import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { PortHolder } from "../support/port_holder.ts";
import type { Manner } from "../support/port_holder.ts";
import { RawAgent, ToolFailure } from "../support/raw_agent.ts";

/** What may sit on the first port of `bus`, by the words for it. */
const holders: Record<string, (bus: TemporaryBus) => Promise<AsyncDisposable>> = {
  "a web server": ({ port }) => Promise.resolve(new PortHolder("http", port)),
  "a silent program": ({ port }) => Promise.resolve(new PortHolder("silent", port)),
  "an echo": ({ port }) => Promise.resolve(new PortHolder("echo", port)),
  "a program that closes at once": ({ port }) => Promise.resolve(new PortHolder("closing", port)),
  "a listener on every address": ({ port }) =>
    Promise.resolve(new PortHolder("silent", port, "0.0.0.0")),
  "another user's bus": async (bus) => {
    const other = { home: `${bus.root}/other`, port: bus.port };
    const agent = await RawAgent.start(other, "stranger", bus.directory("elsewhere"));
    return { [Symbol.asyncDispose]: () => agent.close() };
  },
};

Deno.test("bus meets on the next port while something else has the first one, and comes back without a failed call", async () => {
  // Side by side: most of it is waiting for the broker to look after its port.
  await Promise.all(
    Object.entries(holders).map(([what, hold]) =>
      evadeAndReturn(hold).catch((cause) => {
        throw new Error(`with ${what} on the first port`, { cause });
      })
    ),
  );
});

/** More sends than fit into any time that a bus may need to come back. */
const sendsMax = 20_000;

async function evadeAndReturn(
  hold: (bus: TemporaryBus) => Promise<AsyncDisposable>,
): Promise<void> {
  await using bus = await TemporaryBus.create();
  const holder = await hold(bus);
  const start = (name: string) => RawAgent.start(bus, name, bus.directory("shop"));
  const agents = await Promise.all(["first", "second"].map(start));
  assert.equal(bus.endpoint().port, bus.port + 1);
  assert.deepEqual(await namesSeenBy(agents), ["first-shop", "second-shop"]);

  await holder[Symbol.asyncDispose]();
  const { epoch } = bus.endpoint();
  const [writer, reader] = agents as [RawAgent, RawAgent];
  const sent: string[] = [];
  while (bus.endpoint().port !== bus.port) {
    assert.ok(sent.length < sendsMax, "the bus does not come back");
    sent.push(`text ${sent.length}`);
    await writer.call("send", { to: "second-shop", text: sent.at(-1) });
  }
  assert.equal(bus.endpoint().epoch, epoch, "it moved, and nobody took over");
  const all = [...agents, await start("third")];
  assert.deepEqual(await namesSeenBy(all), ["first-shop", "second-shop", "third-shop"]);
  assert.deepEqual(await textsOf(reader), sent);
  await Promise.all(all.map((agent) => agent.close()));
}

Deno.test("call says what holds each port when all ten are taken, and works once one is free", async () => {
  await using bus = await TemporaryBus.create();
  const other = { home: `${bus.root}/other`, port: bus.port + 3 };
  const stranger = await RawAgent.start(other, "stranger", bus.directory("elsewhere"));
  const manners: Manner[] = ["http", "silent", "echo", ...Array(6).fill("closing")];
  const ports = Array.from({ length: limits.portCount }, (_, index) => bus.port + index)
    .filter((port) => port !== other.port);
  const programs = ports.map((port, index) => new PortHolder(manners[index]!, port));

  const agent = RawAgent.spawn(bus, "first", bus.directory("shop"));
  const error = await agent.call("list", {}).then(() => undefined, (error) => error);
  assert.ok(error instanceof ToolFailure, String(error));
  for (
    const [offset, what] of [
      "another program",
      "a program that accepts and stays silent",
      "another program",
      "a bus of another user, or with another HUSTINGS_HOME",
      ...Array(6).fill("a program that closes connections at once"),
    ].entries()
  ) assert.ok(error.message.includes(`${bus.port + offset}: ${what}`), error.message);
  assert.match(error.message, /HUSTINGS_PORT/);

  const looks = programs.map(({ accepted }) => accepted);
  const ticks = await cpuTicksOfASecond(agent.pid);
  if (ticks !== undefined) assert.ok(ticks <= 30, `${ticks} % of a processor for nothing`);
  assert.deepEqual(programs.map(({ accepted }) => accepted), looks, "nobody looks without a call");

  await programs.pop()![Symbol.asyncDispose]();
  await agent.call("list", {});
  assert.equal(bus.endpoint().port, bus.port + limits.portCount - 1);
  await Promise.all([agent.close(), stranger.close()]);
  for (const program of programs) await program[Symbol.asyncDispose]();
});

/** The names that each of the agents lists; they must all see the same. */
async function namesSeenBy(agents: readonly RawAgent[]): Promise<string[]> {
  const lists = await Promise.all(agents.map((agent) => agent.call("list", {})));
  const seen = lists.map(({ agents }) => (agents as { name: string }[]).map(({ name }) => name));
  for (const names of seen) assert.deepEqual(names.sort(), seen[0]!.sort());
  return seen[0]!;
}

/** All that is queued for an agent, in order. */
async function textsOf(agent: RawAgent): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const { messages } = await agent.call("check", {}) as { messages: { text: string }[] };
    if (messages.length === 0) return texts;
    texts.push(...messages.map(({ text }) => text));
  }
}

/** Hundredths of a second that the process computed during one second; undefined where none can be read. */
async function cpuTicksOfASecond(pid: number): Promise<number | undefined> {
  const before = cpuTicks(pid);
  if (before === undefined) return undefined;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return cpuTicks(pid)! - before;
}

/** Fields 14 and 15 of /proc/PID/stat (proc(5)): time in the program and in the system. */
function cpuTicks(pid: number): number | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
