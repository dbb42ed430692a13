// Many agents that are connected to one server of NATS at once, each with a connection of its own: what
// they cost, what a call costs among them, and how they come back when the server is killed.
//
//   deno run -A tests/campaigns/crowd_campaign.ts [--agents 1000] [--processes 10] [--rest 20]
//
// `--rest`: seconds, 0 for none, over which the burden at rest is taken. Ends with 1 when one of them did not read a
// message to everyone, or read it twice unmarked.
import { parseArgs } from "node:util";
import type { Bus } from "../../lib/bus/bus.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import { joinNats } from "../support/join_nats.ts";
import { LineReader } from "../support/line_reader.ts";
import { NatsServer } from "../support/nats_server.ts";
import { processCost } from "../support/process_cost.ts";
import { say } from "../support/say.ts";
import { Samples } from "../bench/samples.ts";
import { quantile } from "./tally.ts";

export interface CrowdOptions {
  readonly agents: number;
  readonly processes: number;
  readonly restMs: number;
}

export interface CrowdFigures {
  /** How long it took until all had joined, the processes at once. */
  readonly joinedMs: number;
  /** Of the server, and of all processes of the crowd together, while nobody does anything. */
  readonly server: Burden;
  readonly crowd: Burden;
  /** Times of calls among them. */
  readonly calls: Readonly<Record<string, Samples>>;
  /** From the send of a message to everyone until the last one has read it. */
  readonly readMs: number;
  /** From the end of the server, which begins again at once, until all have read another one. */
  readonly returnMs: number;
  /** Sends that said meanwhile that the server is away. */
  readonly failures: number;
  readonly missing: number;
  readonly unmarkedRepeats: number;
}

interface Burden {
  readonly mb: number;
  /** Of one processor. */
  readonly percent: number;
}

/** How long nobody may read anything before it is not waited for any more. */
const patienceMs = 60_000;

/** Runs it on a server of its own; needs Linux for what processes cost. */
export async function crowdCampaign(options: CrowdOptions): Promise<CrowdFigures> {
  await using server = await NatsServer.start();
  const url = `nats://${server.host}/crowd`;
  const own = await joinNats(url, "own");
  await using crowd = new Crowd();
  const fromMs = performance.now();
  await crowd.start(url, options);
  const joinedMs = performance.now() - fromMs;
  // What each told when it joined and began to wait is spread over this time.
  await pause(Math.min(1, options.restMs) * options.agents ** 2 * limits.natsTellPairMs);
  const burdens = await burdenOf([[server.pid], crowd.pids], options.restMs);
  const times = await calls(own, url);
  const sentMs = performance.now();
  await own.send({ to: ["*"], text: "before" });
  await crowd.haveRead("before", options.agents);
  const readMs = performance.now() - sentMs;
  const killedMs = performance.now();
  await server.kill();
  await server.begin();
  const { text, failures } = await tellAll(own, "after");
  await crowd.haveRead(text, options.agents);
  const returnMs = performance.now() - killedMs;
  await own.leave();
  const { missing, unmarkedRepeats } = crowd.count(["before", text], options.agents);
  return {
    joinedMs,
    server: burdens[0]!,
    crowd: burdens[1]!,
    calls: times,
    readMs,
    returnMs,
    failures,
    missing,
    unmarkedRepeats,
  };
}

/** The processes of the crowd, and what they have read. */
class Crowd implements AsyncDisposable {
  readonly #children: Deno.ChildProcess[] = [];
  /** How often each line was written. */
  readonly #lines = new Map<string, number>();
  #more = Promise.withResolvers<void>();

  get pids(): number[] {
    return this.#children.map(({ pid }) => pid);
  }

  /** Resolves when all have joined; rejects when one of the processes ends. */
  async start(url: string, { agents, processes }: CrowdOptions): Promise<void> {
    const each = Math.ceil(agents / processes);
    const starting: Promise<void>[] = [];
    for (let first = 0; first < agents; first += each) {
      starting.push(this.#start(url, first, Math.min(each, agents - first)));
    }
    await Promise.all(starting);
  }

  async #start(url: string, first: number, count: number): Promise<void> {
    const program = new URL("./crowd.ts", import.meta.url).href;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", program, url, String(first), String(count)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#children.push(child);
    const lines = new LineReader(child.stdout);
    if (await lines.next() !== "ready") throw new Error("a process of the crowd has ended");
    void this.#follow(lines);
  }

  async #follow(lines: LineReader): Promise<void> {
    for (let line = await lines.next(); line !== undefined; line = await lines.next()) {
      this.#lines.set(line, (this.#lines.get(line) ?? 0) + 1);
      this.#more.resolve();
      this.#more = Promise.withResolvers();
    }
  }

  /** Resolves when so many have read `text`, or when nobody does so any more. */
  async haveRead(text: string, agents: number): Promise<void> {
    let isOver = false;
    while (this.#readersOf(text).size < agents && !isOver) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        isOver = true;
        resolve();
      }, patienceMs);
      await Promise.race([promise, this.#more.promise]);
      clearTimeout(timer);
    }
  }

  #readersOf(text: string): Set<string> {
    const told = [...this.#lines.keys()].map((line) => line.split(" "));
    return new Set(told.filter((words) => words.at(-1) === text).map(([name]) => name!));
  }

  count(texts: readonly string[], agents: number) {
    const missing = texts.map((text) => agents - this.#readersOf(text).size);
    const repeats = [...this.#lines].filter(([line]) => !line.includes(" again "))
      .map(([, times]) => times - 1);
    return { missing: sum(missing), unmarkedRepeats: sum(repeats) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map(async (child) => {
      await child.stdin.close();
      await child.status;
    }));
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** Sends to everyone until it is acknowledged, each time something else: what failed may be there all the same. */
async function tellAll(own: Bus, text: string): Promise<{ text: string; failures: number }> {
  for (let failures = 0;; failures++) {
    const tried = `${text}-${failures}`;
    try {
      await own.send({ to: ["*"], text: tried });
      return { text: tried, failures };
    } catch (error) {
      if (!(error instanceof HustingsError) || error.code !== "bus_down") throw error;
    }
  }
}

async function calls(own: Bus, url: string): Promise<CrowdFigures["calls"]> {
  const times: Record<string, Samples> = {};
  const timed = <T>(name: string, act: () => Promise<T>) =>
    (times[name] ??= new Samples()).time(act);
  for (let n = 0; n < 50; n++) {
    await timed("send", () => own.send({ to: ["nobody"], text: `${n}` }));
    await timed("send to the end of a wait", async () => {
      const waiting = own.check({ waitMs: 60_000 });
      await own.send({ to: ["own"], text: `${n}` });
      await (await waiting).confirm();
    });
    await timed("list", () => own.list());
    if (n % 10 === 0) await timed("start", async () => await (await joinNats(url, "late")).leave());
  }
  return times;
}

/** What each group of processes takes at rest, over so long. */
async function burdenOf(
  groups: readonly (readonly number[])[],
  restMs: number,
): Promise<Burden[]> {
  const ticks = () => groups.map((pids) => sum(pids.map((pid) => processCost(pid).ticks)));
  const before = ticks();
  await pause(restMs);
  const after = ticks();
  return groups.map((pids, index) => ({
    mb: sum(pids.map((pid) => processCost(pid).mb)),
    percent: (after[index]! - before[index]!) * 1_000 / restMs,
  }));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function report({ server, crowd, calls, ...rest }: CrowdFigures): string {
  const told = ([name, value]: [string, string | number]) => `${name.padEnd(26)} ${value}`;
  const burden = ({ mb, percent }: Burden) =>
    `${mb.toFixed(0)} MB, ${percent.toFixed(1)} % of a processor`;
  const times = ({ median, values }: Samples) =>
    `median ${median.toFixed(2)} ms, most ${quantile(values, 1).toFixed(2)} ms`;
  return [
    ...Object.entries(rest).map(([name, value]) => told([name, Math.round(value)])),
    told(["server at rest", burden(server)]),
    told(["crowd at rest", burden(crowd)]),
    ...Object.entries(calls).map(([name, samples]) => told([name, times(samples)])),
  ].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      agents: { type: "string", default: "1000" },
      processes: { type: "string", default: "10" },
      rest: { type: "string", default: "20" },
    },
  });
  const figures = await crowdCampaign({
    agents: Number(values.agents),
    processes: Number(values.processes),
    restMs: Number(values.rest) * 1_000,
  });
  say(report(figures));
  Deno.exit(figures.missing + figures.unmarkedRepeats === 0 ? 0 : 1);
}
