import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import type { Context } from "./context.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";

/** From the tool call of one agent to the return of another's waiting check, over two MCP connections. */
export async function toEyes({ quick }: Context): Promise<Row[]> {
  await using bus = await TemporaryBus.create();
  const broker = await RawAgent.start(bus, "broker", bus.directory("one"));
  const alice = await RawAgent.start(bus, "alice", bus.directory("two"));
  const bob = await RawAgent.start(bus, "bob", bus.directory("three"));
  const samples = new Samples();
  for (let n = 0; n < (quick ? 20 : 300); n++) {
    const waiting = bob.call("check", { wait_s: 10 });
    await isWaiting(alice);
    const act = async () => {
      const sent = alice.call("send", { to: "bob-three", text: `${n}` });
      await waiting;
      return sent;
    };
    await (await samples.time(act));
  }
  for (const agent of [bob, alice, broker]) await agent.close();
  return [{
    what: "send to the other model's eyes, both followers (median / 99th percentile)",
    ours: String(samples),
    against: "",
    other: "",
    ratio: samples.median,
    aim: "≤ 3 ms",
  }];
}

async function isWaiting(agent: RawAgent): Promise<void> {
  for (;;) {
    const { agents } = await agent.call("list", {}) as { agents: { name: string; is: string }[] };
    if (JSON.stringify(agents.find(({ name }) => name === "bob-three")).includes("waiting")) return;
  }
}
