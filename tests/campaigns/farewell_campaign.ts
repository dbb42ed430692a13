// Tells brokers to go, in each way that a client has, and measures how long they take.
//
//   deno run -A tests/campaigns/farewell_campaign.ts [--rounds 20]
//
// Ends with 1 when one took longer than 100 ms from the request to the end of its process.
import { parseArgs } from "node:util";
import { limits } from "../../lib/core/limits.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { quantile } from "./tally.ts";
import { say } from "../support/say.ts";

const ways: Record<string, (agent: RawAgent) => Promise<void>> = {
  "stdin closed": (agent) => agent.close(),
  SIGTERM: (agent) => agent.kill("SIGTERM"),
  SIGINT: (agent) => agent.kill("SIGINT"),
  SIGHUP: (agent) => agent.kill("SIGHUP"),
};

/** How long the broker of a bus with one follower takes to end, in ms. */
async function farewellMs(go: (agent: RawAgent) => Promise<void>): Promise<number> {
  await using bus = await TemporaryBus.create();
  const broker = await RawAgent.start(bus, "first", bus.directory("shop"));
  const follower = await RawAgent.start(bus, "second", bus.directory("shop"));
  const from = performance.now();
  await go(broker);
  const tookMs = performance.now() - from;
  await follower.kill();
  return tookMs;
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" } } });
let late = 0;
for (const [name, go] of Object.entries(ways)) {
  const took: number[] = [];
  for (let round = 0; round < +values.rounds; round++) took.push(await farewellMs(go));
  late += took.filter((ms) => ms > limits.resignMs).length;
  const shown = [0.5, 1].map((share) => quantile(took, share).toFixed(1));
  say(`${name.padEnd(14)} median ${shown[0]} ms, most ${shown[1]} ms`);
}
Deno.exit(late === 0 ? 0 : 1);
