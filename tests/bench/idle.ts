import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import type { Context } from "./context.ts";
import type { Row } from "./row.ts";
import { limits } from "../../lib/core/limits.ts";

/** Processor and disk of a bus of ten agents that have had nothing to say for a minute. Linux alone tells it here. */
export async function idle({ quick, note }: Context): Promise<Row[]> {
  if (Deno.build.os !== "linux") return [];
  await using bus = await TemporaryBus.create();
  const agents: RawAgent[] = [];
  while (agents.length < (quick ? 2 : 10)) {
    const directory = bus.directory(`agent-${agents.length}`);
    agents.push(await RawAgent.start(bus, "agent", directory));
  }
  // After the start V8 tidies its memory once, within 40 s:.
  const restMs = quick ? 100 : limits.rehearsalMs + 60_000;
  await new Promise((resolve) => setTimeout(resolve, restMs));
  const forMs = quick ? 1_000 : 60_000;
  note(`idle agents, ${forMs / 1000} s`);
  const before = agents.map(usedBy);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const after = agents.map(usedBy);
  const sum = (used: readonly Used[], of: keyof Used) =>
    used.reduce((all, one) => all + one[of], 0);
  const cpuMs = sum(after, "cpuMs") - sum(before, "cpuMs");
  const written = sum(after, "written") - sum(before, "written");
  for (const agent of agents) await agent.close();
  const share = 100 * cpuMs / forMs;
  return [
    row("processor, ten idle agents together", `${share.toFixed(3)} % of a core`, "< 0.1 %", share),
    row("bytes written to the disk by them", String(written), "0", written),
  ];
}

interface Used {
  readonly cpuMs: number;
  readonly written: number;
}

/** By all threads so far, to the nanosecond, and what went to the disk. */
function usedBy({ pid }: RawAgent): Used {
  let cpuMs = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const [ranNs] = Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ");
    cpuMs += Number(ranNs) / 1e6;
  }
  const written = /^write_bytes: (\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/io`));
  return { cpuMs, written: Number(written![1]) };
}

function row(what: string, ours: string, aim: string, ratio: number): Row {
  return { what, ours, against: "nothing", other: "0", ratio, aim };
}
