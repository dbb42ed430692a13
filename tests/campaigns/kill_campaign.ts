// Kills the broker, or a random member, again and again under load, and counts what became of the
// messages.
//
//   deno run -A tests/campaigns/kill_campaign.ts [--kills 100] [--senders 8] [--readers 8]
//       [--victim broker|any]
//
// Ends with 1 when an acknowledged message was lost or seen twice unmarked, when order broke, or
// when a call failed whose own process lived.
import { parseArgs } from "node:util";
import { TemporaryBus } from "../support/bus_place.ts";
import { AgentGone } from "../support/raw_agent.ts";
import { Load } from "./load.ts";
import type { Role } from "./load.ts";
import { isClean, quantile } from "./tally.ts";
import type { Figures } from "./tally.ts";
import { say } from "../support/say.ts";

export interface KillOptions {
  readonly kills: number;
  readonly senders: number;
  readonly readers: number;
  readonly victim: "broker" | "any";
}

export interface KillFigures extends Figures {
  readonly kills: number;
  readonly brokerKills: number;
  /** From SIGKILL to the answer to a call made right after it, where the victim was the broker. */
  readonly takeoversMs: readonly number[];
  readonly failures: readonly string[];
}

/** Runs the campaign on a bus of its own and returns its figures. */
export async function killCampaign(options: KillOptions): Promise<KillFigures> {
  await using bus = await TemporaryBus.create();
  const load = new Load(bus);
  await load.start(options.senders, options.readers);
  const takeoversMs: number[] = [];
  let brokerKills = 0;
  for (let kill = 0; kill < options.kills; kill++) {
    await load.progress(20);
    const broker = load.broker();
    const victim = options.victim === "broker"
      ? broker
      : load.roles[Math.floor(Math.random() * load.roles.length)]!;
    const takeoverMs = await killAndCall(load, victim);
    if (victim === broker) {
      brokerKills += 1;
      takeoversMs.push(takeoverMs);
    }
    await load.replace(victim);
  }
  await load.finish();
  const { failures } = load.tally;
  return { ...load.tally.figures(), kills: options.kills, brokerKills, takeoversMs, failures };
}

async function killAndCall(load: Load, victim: Role): Promise<number> {
  const survivor = load.roles.find((role) => role !== victim && role.kind === "sender")!;
  const from = performance.now();
  const killed = victim.agent.kill();
  try {
    await survivor.agent.call("list", {});
  } catch (error) {
    load.tally.failed(`list after the kill: ${error instanceof AgentGone ? "gone" : error}`);
  }
  const tookMs = performance.now() - from;
  await killed;
  return tookMs;
}

function report({ takeoversMs, failures, ...counts }: KillFigures): string {
  const rows = Object.entries(counts).map(([name, value]) => `${name.padEnd(14)} ${value}`);
  if (takeoversMs.length > 0) {
    const shown = [0.5, 0.99, 1].map((share) => quantile(takeoversMs, share).toFixed(1));
    rows.push(
      `takeover       median ${shown[0]} ms, 99th percentile ${shown[1]} ms, most ${shown[2]} ms`,
    );
  }
  return [...rows, ...failures.slice(0, 10)].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "100" },
      senders: { type: "string", default: "8" },
      readers: { type: "string", default: "8" },
      victim: { type: "string", default: "broker" },
    },
  });
  const figures = await killCampaign({
    kills: Number(values.kills),
    senders: Number(values.senders),
    readers: Number(values.readers),
    victim: values.victim === "any" ? "any" : "broker",
  });
  say(report(figures));
  Deno.exit(isClean(figures) ? 0 : 1);
}
