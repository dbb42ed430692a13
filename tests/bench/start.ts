import { RawAgent } from "../support/raw_agent.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import type { Context } from "./context.ts";
import type { Program, Programs } from "./programs.ts";
import { timedRow } from "./row.ts";
import type { Row } from "./row.ts";
import { Samples } from "./samples.ts";
import { greeting, Spawned } from "./spawned.ts";
import type { SpawnOptions } from "./spawned.ts";

/** From the start of a process to its answer to `initialize`, and to a race that it has won. */
export async function start(context: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const programs of context.programs) rows.push(...await startOf(programs, context));
  return rows;
}

async function startOf(programs: Programs, { quick }: Context): Promise<Row[]> {
  await using bus = await TemporaryBus.create();
  // A home that is used every day: its files are there.
  const first = await RawAgent.start(bus, "agent", bus.directory("first"));
  await first.close();
  const env = { HUSTINGS_HOME: bus.home, HUSTINGS_PORT: String(bus.port), HUSTINGS_NAME: "" };
  const cwd = bus.directory("shop");
  const ours: SpawnOptions = { env, cwd, says: greeting };
  const race: SpawnOptions = { env: { ...env, HUSTINGS_LOG: "1" }, cwd };
  const samples = new Map<string, Samples>();
  const time = async (name: string, program: Program, sign: string, options: SpawnOptions) => {
    const kept = samples.get(name) ?? new Samples();
    samples.set(name, kept);
    const spawned = await kept.time(() => Spawned.until(program, sign, options));
    await spawned.end();
  };
  for (let n = 0; n < (quick ? 2 : 21); n++) {
    await time("answers", programs.hustings, '"result"', ours);
    await time("empty", programs.empty, '"result"', { says: greeting });
    const onNode = programs.emptyOnNode;
    if (onNode !== undefined) await time("node", onNode, '"result"', { says: greeting });
    await time("leads", programs.hustings, ": leading", race);
    await time("hello", programs.hello, "hello", {});
  }
  const of = (name: string) => samples.get(name)!;
  const { form } = programs;
  const answers = `spawn to the answer to initialize, ${form}`;
  const node = samples.get("node");
  return [
    timedRow(answers, of("answers"), "empty SDK server", of("empty"), "≤ 1.1"),
    ...(node === undefined
      ? []
      : [timedRow(answers, of("answers"), "empty SDK server on Node", node, "to know")]),
    timedRow(`spawn to broker, ${form}`, of("leads"), "hello-world", of("hello"), "≤ 1.3"),
  ];
}
