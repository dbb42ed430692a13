// Starts agents in network namespaces of their own that share the home directory of a bus outside:
// they can see its store and cannot reach its broker. At its port there is nobody, for the first
// hundred, and for the second one a program that accepts and says nothing, as a stopped broker does.
// Counts how they are refused.
//
//   deno run -A tests/campaigns/namespace_campaign.ts [--refusals 100] [--at-once 10]
//
// Ends with 1 when one was not refused with an explanation that names the holder, or when the bus
// outside failed a call or changed its broker. Needs Linux, root, unshare (util-linux) and ip
// (Debian: apt-get install iproute2); says so where they are missing.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { TemporaryBus } from "../support/bus_place.ts";
import { ownProgram } from "../support/own_program.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { say } from "../support/say.ts";

/** A command line that runs what follows it behind a loopback address of its own. */
export const runElsewhere = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
const silence = fileURLToPath(import.meta.resolve("../support/beside_silence.ts"));

/** Who is at the broker's port in the namespace of the agents. */
export type Neighbour = "nobody" | "a silent program";
export const neighbours: readonly Neighbour[] = ["nobody", "a silent program"];

export interface NamespaceFigures {
  readonly refusals: number;
  /** Agents that were not told who holds the store, and what they were told. */
  readonly unexplained: readonly string[];
  /** Sends to the bus outside that succeeded meanwhile; a failed one throws. */
  readonly sends: number;
  /** Changes of the broker or of its epoch. */
  readonly changes: number;
}

/** Why there can be no such namespace here; undefined where there can. */
export function noNamespace(): string | undefined {
  const hint = "needs Linux, root, unshare and ip (Debian: apt-get install iproute2)";
  if (Deno.build.os !== "linux") return hint;
  try {
    const [command, ...args] = [...runElsewhere, "true"];
    return new Deno.Command(command!, { args, stderr: "null" }).outputSync().success
      ? undefined
      : hint;
  } catch {
    return hint;
  }
}

/** An agent of `bus` that lives where it cannot reach the others. */
export function spawnElsewhere(
  bus: TemporaryBus,
  client: string,
  neighbour: Neighbour = "nobody",
): RawAgent {
  const beside = neighbour === "nobody"
    ? []
    : [Deno.execPath(), "run", "-A", silence, String(bus.endpoint().port)];
  const program = [
    ...runElsewhere,
    ...beside,
    ...(bus.program ?? [Deno.execPath(), ...ownProgram]),
  ];
  const place = { home: bus.home, port: bus.port, program };
  return RawAgent.spawn(place, client, bus.directory(client));
}

/** What a call of `agent` fails with; undefined when it succeeds. */
export async function refusalOf(agent: RawAgent): Promise<string | undefined> {
  return await agent.call("list", {}).then(() => undefined, (error) => String(error.message));
}

/** True when `said` tells who holds the store, where it may live, and what that means. */
export function explains(said: string | undefined, holder: { pid: number; port: number }): boolean {
  return said !== undefined &&
    said.includes(`process ${holder.pid}, which should listen on port ${holder.port}`) &&
    said.includes("another network namespace") && said.includes("HUSTINGS_HOME");
}

/** Runs the campaign on a bus of its own. */
export async function namespaceCampaign(
  options: { refusals: number; atOnce: number; neighbour: Neighbour },
): Promise<NamespaceFigures> {
  await using bus = await TemporaryBus.create();
  const holder = await RawAgent.start(bus, "holder", bus.directory("shop"));
  const before = bus.endpoint();
  const unexplained: string[] = [];
  let [sends, changes, done] = [0, 0, 0];
  for (let started = 0; started < options.refusals;) {
    const count = Math.min(options.atOnce, options.refusals - started);
    const agents = Array.from(
      { length: count },
      () => spawnElsewhere(bus, `far${started++}`, options.neighbour),
    );
    const refused = Promise.all(agents.map(refusalOf)).finally(() => done += count);
    while (done < started) {
      // A name of its own for every thousand: more would be beyond what may wait unread at one.
      const to = `nobody-${Math.floor(sends / 1_000)}`;
      await holder.call("send", { to, text: `text ${sends}` });
      sends += 1;
      const { pid, port, epoch } = bus.endpoint();
      if (pid !== before.pid || port !== before.port || epoch !== before.epoch) changes += 1;
    }
    for (const said of await refused) {
      if (!explains(said, before)) unexplained.push(said ?? "it was let in");
    }
    await Promise.all(agents.map((agent) => agent.close()));
  }
  await holder.close();
  return { refusals: options.refusals, unexplained, sends, changes };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      refusals: { type: "string", default: "100" },
      "at-once": { type: "string", default: "10" },
    },
  });
  const obstacle = noNamespace();
  if (obstacle !== undefined) {
    say(`Skipped: this ${obstacle}`);
    Deno.exit(0);
  }
  let wrong = 0;
  for (const neighbour of neighbours) {
    const { refusals, unexplained, sends, changes } = await namespaceCampaign({
      refusals: +values.refusals,
      atOnce: +values["at-once"],
      neighbour,
    });
    say(`at the broker's port ${neighbour}:`);
    say(`  refused with the holder's name ${refusals - unexplained.length} of ${refusals}`);
    say(`  meanwhile ${sends} sends to the bus outside, changes of its broker ${changes}`);
    for (const said of unexplained.slice(0, 5)) say(said);
    wrong += unexplained.length + changes;
  }
  Deno.exit(wrong === 0 ? 0 : 1);
}
