// Stops every process of a bus for seconds, as a laptop does that sleeps, lets them go on in a random
// order, and counts how often the broker was passed over for it.
//
//   deno run -A tests/campaigns/suspend_campaign.ts [--rounds 20] [--members 6] [--pause 3.2] [--seed N]
//
// Ends with 1 when the broker or its epoch changed, when a call failed, or when a message was missed.
import { parseArgs } from "node:util";
import { limits } from "../../lib/core/limits.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { SeededRandom } from "../support/seeded.ts";
import { say } from "../support/say.ts";

export interface SuspendOptions {
  readonly rounds: number;
  readonly members: number;
  readonly pauseMs: number;
  /** How long to watch after each round: a judgement takes its time. */
  readonly watchMs: number;
  readonly seed: number;
}

export interface SuspendFigures {
  readonly rounds: number;
  /** Epochs that were begun, and brokers that were replaced. */
  readonly depositions: number;
  /** Waiting checks that did not get the message sent after the pause. */
  readonly missed: number;
}

/** Runs the campaign on a bus of its own; a failed call throws. */
export async function suspendCampaign(options: SuspendOptions): Promise<SuspendFigures> {
  await using bus = await TemporaryBus.create();
  const random = new SeededRandom(options.seed);
  const broker = await RawAgent.start(bus, "broker", bus.directory("shop"));
  const followers = await Promise.all(
    Array.from(
      { length: options.members - 1 },
      (_, index) => RawAgent.start(bus, `member${index}`, bus.directory("shop")),
    ),
  );
  const before = bus.endpoint();
  let [depositions, missed] = [0, 0];
  for (let round = 0; round < options.rounds; round++) {
    const texts = await suspend(broker, followers, options, random);
    missed += texts.filter((text) => text !== "awake").length;
    await pause(options.watchMs);
    const { pid, epoch } = bus.endpoint();
    depositions = Math.max(epoch - before.epoch, pid === before.pid ? 0 : 1);
  }
  await Promise.all([broker, ...followers].map((agent) => agent.close()));
  return { rounds: options.rounds, depositions, missed };
}

/** One pause of all; resolves with what the waiting followers got after it. */
async function suspend(
  broker: RawAgent,
  followers: readonly RawAgent[],
  options: SuspendOptions,
  random: SeededRandom,
): Promise<unknown[]> {
  const waiting = followers.map((follower) => follower.call("check", { wait_s: 50 }));
  // The broker goes first for so long that the others have asked it and owe it nothing but patience.
  Deno.kill(broker.pid, "SIGSTOP");
  await pause(limits.pulseMs + 200);
  for (const { pid } of shuffled(followers, random)) Deno.kill(pid, "SIGSTOP");
  await pause(options.pauseMs);
  for (const { pid } of shuffled([broker, ...followers], random)) Deno.kill(pid, "SIGCONT");
  await Promise.all([broker, ...followers].map((agent) => agent.call("list", {})));
  await broker.call("send", { to: "*", text: "awake" });
  const results = await Promise.all(waiting);
  return results.map(({ messages }) => (messages as { text: string }[])[0]?.text);
}

function shuffled<T>(values: readonly T[], random: SeededRandom): T[] {
  return values.map((value) => ({ value, at: random.fraction() }))
    .sort((a, b) => a.at - b.at).map(({ value }) => value);
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "20" },
      members: { type: "string", default: "6" },
      pause: { type: "string", default: "3.2" },
      seed: { type: "string", default: String(crypto.getRandomValues(new Int32Array(1))[0]!) },
    },
  });
  say(`seed ${values.seed}`);
  const { rounds, depositions, missed } = await suspendCampaign({
    rounds: +values.rounds,
    members: +values.members,
    pauseMs: +values.pause * 1_000,
    watchMs: limits.watchingLookMs + limits.silentMs,
    seed: +values.seed,
  });
  say(`pauses of all ${values.members} processes ${rounds}: false depositions ${depositions}`);
  say(`messages missed after a pause ${missed}`);
  Deno.exit(depositions + missed === 0 ? 0 : 1);
}
