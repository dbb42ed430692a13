// Starts many members at the same instant, again and again, and counts the brokers.
//
//   deno run -A tests/campaigns/herd_campaign.ts [--members 20] [--rounds 10]
//
// Ends with 1 when a round had not exactly one broker that all the others follow, in its first epoch,
// or when a call failed.
import { parseArgs } from "node:util";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { quantile } from "./tally.ts";
import { say } from "../support/say.ts";

export interface HerdRound {
  /** Different brokers that the members named; 1 is right. */
  readonly brokers: number;
  /** Members on the list of the bus. */
  readonly listed: number;
  /** Epochs that were claimed: 1 when nobody took the store but the winner. */
  readonly epoch: number;
  /** From the first start to the last member's first answer. */
  readonly readyMs: number;
  /** What the calls that failed were told. */
  readonly failures: readonly string[];
}

/** True for a round as it should be. */
export function isRight(round: HerdRound, members: number): boolean {
  return round.brokers === 1 && round.epoch === 1 && round.listed === members &&
    round.failures.length === 0;
}

/** One round on a bus of its own. */
export async function herd(members: number): Promise<HerdRound> {
  await using bus = await TemporaryBus.create();
  const directories = Array.from({ length: members }, (_, index) => bus.directory(`herd${index}`));
  const from = performance.now();
  const agents = directories.map((directory) => RawAgent.spawn(bus, "agent", directory));
  const failures: string[] = [];
  const list = async () => {
    const calls = await Promise.allSettled(agents.map((agent) => agent.call("list", {})));
    failures.push(...calls.flatMap((call) => call.status === "rejected" ? [`${call.reason}`] : []));
    return calls.flatMap((call) => call.status === "fulfilled" ? [call.value] : []);
  };
  await list();
  const readyMs = performance.now() - from;
  const lists = await list();
  const brokers = new Set(lists.map((list) => JSON.stringify(brokerOf(list))));
  const { epoch } = bus.endpoint();
  await Promise.all(agents.map((agent) => agent.kill()));
  return {
    brokers: brokers.size,
    listed: (lists[0]?.["agents"] as unknown[] | undefined)?.length ?? 0,
    epoch,
    readyMs,
    failures,
  };
}

function brokerOf(list: Record<string, unknown>): unknown {
  const agents = list["agents"] as { name: string; broker?: boolean }[];
  return agents.filter((agent) => agent.broker).map((agent) => agent.name);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      members: { type: "string", default: "20" },
      rounds: { type: "string", default: "10" },
    },
  });
  const rounds: HerdRound[] = [];
  for (let round = 0; round < +values.rounds; round++) rounds.push(await herd(+values.members));
  const wrong = rounds.filter((round) => !isRight(round, +values.members));
  const ready = rounds.map((round) => round.readyMs);
  say(
    `rounds ${rounds.length} of ${values.members}, with one broker ${rounds.length - wrong.length}`,
  );
  const shown = [0.5, 0.99, 1].map((share) => quantile(ready, share).toFixed(0));
  say(`all ready: median ${shown[0]} ms, 99th percentile ${shown[1]} ms, most ${shown[2]} ms`);
  for (const round of wrong) say(JSON.stringify(round));
  Deno.exit(wrong.length === 0 ? 0 : 1);
}
