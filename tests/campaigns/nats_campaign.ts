// Kills a server of NATS again and again under load from two machines, lets it begin again, and counts
// what became of the messages.
//
//   deno run -A tests/campaigns/nats_campaign.ts [--servers 1|3] [--kills 100] [--senders 4]
//       [--readers 4] [--agents]
//
// Of three servers it is each in turn, the leader of a stream or not. `--agents`: after each server an
// agent is killed, too. Ends with 1 when an acknowledged message was lost or seen twice unmarked, when
// order broke, or, with one server, when a call failed whose own process lived: three may take longer
// than a call waits until they agree anew, and such a call says so.
import { parseArgs } from "node:util";
import { TemporaryBus } from "../support/bus_place.ts";
import { NatsCluster } from "../support/nats_cluster.ts";
import { NatsServer } from "../support/nats_server.ts";
import { Load } from "./load.ts";
import { isClean, quantile } from "./tally.ts";
import type { Figures } from "./tally.ts";
import { say } from "../support/say.ts";

export interface NatsCampaignOptions {
  readonly servers: 1 | 3;
  readonly kills: number;
  readonly senders: number;
  readonly readers: number;
  /** An agent dies after each server. */
  readonly agents: boolean;
}

export interface NatsFigures extends Figures {
  readonly kills: number;
  /** Of the server that was killed: it led the stream of messages. */
  readonly leaderKills: number;
  /** From SIGKILL to the next receipt of anybody; of a single server with the time until it runs again. */
  readonly gapsMs: readonly number[];
  readonly failures: readonly string[];
}

/** What the campaign does with its servers, one or three. */
interface Servers extends AsyncDisposable {
  readonly all: readonly NatsServer[];
  readonly url: string;
  /** Resolves when each has what it must have, with the index of the one that leads the messages. */
  settle(): Promise<number>;
}

/** Runs the campaign on servers of its own and returns its figures. */
export async function natsCampaign(options: NatsCampaignOptions): Promise<NatsFigures> {
  await using servers = options.servers === 3 ? await three() : await one();
  const env = { HUSTINGS_URL: servers.url };
  await using first = await TemporaryBus.create(env);
  await using second = await TemporaryBus.create(env);
  const load = new Load(first, second);
  load.isPatient = true;
  await load.start(options.senders, options.readers);
  const gapsMs: number[] = [];
  let leaderKills = 0;
  for (let kill = 0; kill < options.kills; kill++) {
    await load.progress(20);
    const leader = await servers.settle();
    const victim = kill % servers.all.length;
    if (victim === leader) leaderKills += 1;
    gapsMs.push(await killServer(load, servers.all[victim]!, servers.all.length === 1));
    if (options.agents) await killAgent(load);
  }
  await servers.settle();
  await load.finish();
  const { failures } = load.tally;
  return { ...load.tally.figures(), kills: options.kills, leaderKills, gapsMs, failures };
}

/** Of several servers the others go on; a single one begins again at once. */
async function killServer(load: Load, server: NatsServer, isSingle: boolean): Promise<number> {
  const from = performance.now();
  await server.kill();
  if (isSingle) await server.begin();
  await load.progress(1);
  const gapMs = performance.now() - from;
  if (!isSingle) {
    await load.progress(20);
    await server.begin();
  }
  return gapMs;
}

async function killAgent(load: Load): Promise<void> {
  const victim = load.roles[Math.floor(Math.random() * load.roles.length)]!;
  await victim.agent.kill();
  await load.replace(victim);
}

async function one(): Promise<Servers> {
  const server = await NatsServer.start();
  return {
    all: [server],
    url: `nats://${server.host}/campaign`,
    settle: () => Promise.resolve(0),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function three(): Promise<Servers> {
  const cluster = await NatsCluster.start();
  return {
    all: cluster.servers,
    url: `nats://${cluster.hosts}/campaign`,
    settle: () => cluster.settle("hustings_campaign_messages"),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

function report({ gapsMs, failures, ...counts }: NatsFigures): string {
  const rows = Object.entries(counts).map(([name, value]) => `${name.padEnd(14)} ${value}`);
  const shown = [0.5, 0.99, 1].map((share) => quantile(gapsMs, share).toFixed(0));
  rows.push(
    `gap            median ${shown[0]} ms, 99th percentile ${shown[1]} ms, most ${shown[2]} ms`,
  );
  return [...rows, ...failures.slice(0, 10)].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      servers: { type: "string", default: "1" },
      kills: { type: "string", default: "100" },
      senders: { type: "string", default: "4" },
      readers: { type: "string", default: "4" },
      agents: { type: "boolean", default: false },
    },
  });
  const figures = await natsCampaign({
    servers: values.servers === "3" ? 3 : 1,
    kills: Number(values.kills),
    senders: Number(values.senders),
    readers: Number(values.readers),
    agents: values.agents,
  });
  say(report(figures));
  const failedCalls = values.servers === "3" ? 0 : figures.failedCalls;
  Deno.exit(isClean({ ...figures, failedCalls }) ? 0 : 1);
}
