import { freePorts } from "../support/free_ports.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import type { Context } from "./context.ts";
import { fillStore } from "./full_store.ts";
import { fromSource } from "./programs.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";
import { Spawned } from "./spawned.ts";

/** From SIGKILL of the broker to the answer of a call that an agent makes at that moment. */
export async function takeover(context: Context): Promise<Row[]> {
  const { quick, note } = context;
  const kills = quick ? 2 : 15;
  const floor = await rebind(kills);
  const rows: Row[] = [];
  const cases = quick
    ? [[2, 1_000]] as const
    : [[1, 0], [10, 0], [100, 0], [10, 10_000], [10, 1_000_000]] as const;
  for (const [followers, queued] of cases) {
    note(`takeover with ${followers} followers and ${queued} queued messages`);
    const samples = await takeoverOf(followers, queued, kills);
    const what = `takeover, ${followers} followers, ${queued} queued`;
    const against = "death of a bare process that holds the port, until another has it";
    rows.push(timedRow(what, samples, against, floor, "median ≤ 25 ms"));
  }
  return rows;
}

async function takeoverOf(followers: number, queued: number, kills: number): Promise<Samples> {
  await using bus = await TemporaryBus.create();
  if (queued > 0) fillStore(bus, 100, queued);
  const start = (n: number) => RawAgent.start(bus, "agent", bus.directory(`agent-${n}`));
  const agents = [await start(0)];
  let started = 0;
  while (agents.length <= followers) agents.push(await start(++started));
  const samples = new Samples();
  for (let kill = 0; kill < kills; kill++) {
    const { pid } = bus.endpoint();
    const broker = agents.find((agent) => agent.pid === pid)!;
    const caller = agents.findLast((agent) => agent !== broker)!;
    const gone = await samples.time(async () => {
      const killed = broker.kill();
      await caller.call("list", {});
      return { killed };
    });
    await gone.killed;
    agents.splice(agents.indexOf(broker), 1);
    agents.unshift(await start(++started));
    // Everybody is back when each has been answered by the new broker.
    for (const agent of agents) await agent.call("list", {});
  }
  for (const agent of agents) await agent.kill();
  return samples;
}

/** A connection may end a moment before the port is free. */
async function bindAgain(port: number): Promise<Deno.TcpListener> {
  for (;;) {
    try {
      return Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

/** The same with nothing in it: who sees the connection end takes the port. */
async function rebind(times: number): Promise<Samples> {
  const samples = new Samples();
  const [port] = freePorts(1);
  const program = fromSource("./peers/port_holder.ts");
  for (let n = 0; n < times; n++) {
    const holder = await Spawned.until([...program, String(port)], "ready");
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: port! });
    const listener = await samples.time(async () => {
      holder.child.kill("SIGKILL");
      await conn.read(new Uint8Array(1)).catch(() => null);
      return await bindAgain(port!);
    });
    listener.close();
    conn.close();
    await holder.child.status;
  }
  return samples;
}
