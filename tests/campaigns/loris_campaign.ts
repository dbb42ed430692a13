// Opens thousands of connections that say nothing, or the first bytes of an opening, to a broker with
// few file descriptors, and sees whether a member is still served and newcomers still get in.
//
//   deno run -A tests/campaigns/loris_campaign.ts [--connections 10000] [--descriptors 256]
//
// Linux (prlimit sets the descriptors). Ends with 1 when a call failed or the broker did not survive.
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { magic } from "../../lib/core/handshake.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import type { BusPlace } from "../support/raw_agent.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { quantile } from "./tally.ts";
import { say } from "../support/say.ts";

export interface LorisFigures {
  readonly connections: number;
  readonly descriptors: number;
  /** Newcomers that got their name during the flood, and how long the slowest ones took. */
  readonly newcomersMs: readonly number[];
  /** Calls of the member that was there before. */
  readonly callsMs: readonly number[];
  readonly failures: readonly string[];
  readonly survived: boolean;
}

/** Rounds of the flood, each with one newcomer and one call. */
const rounds = 10;

/** Runs the campaign on a bus of its own. */
export async function lorisCampaign(
  connections: number,
  descriptors: number,
): Promise<LorisFigures> {
  await using bus = await TemporaryBus.create();
  const main = fileURLToPath(import.meta.resolve("../../main.ts"));
  const limited: BusPlace = {
    home: bus.home,
    port: bus.port,
    program: ["prlimit", `--nofile=${descriptors}`, Deno.execPath(), "run", "-A", main],
  };
  const broker = await RawAgent.start(limited, "broker", bus.directory("shop"));
  const member = await RawAgent.start(bus, "member", bus.directory("shop"));
  const strangers: Deno.TcpConn[] = [];
  const failures: string[] = [];
  const timed = async (what: string, act: () => Promise<unknown>): Promise<number> => {
    const from = performance.now();
    await act().catch((error) => failures.push(`${what}: ${error}`));
    return performance.now() - from;
  };
  const newcomersMs: number[] = [];
  const callsMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const flood = approach(bus.port, connections / rounds, strangers);
    callsMs.push(
      await timed("call", () => member.call("send", { to: "broker-shop", text: "still there?" })),
    );
    newcomersMs.push(
      await timed("newcomer", async () => {
        const newcomer = await RawAgent.start(bus, "newcomer", bus.directory("shop"));
        await newcomer.close();
      }),
    );
    await flood;
  }
  const survived = !broker.isGone && bus.endpoint().pid === broker.pid &&
    bus.endpoint().epoch === 1;
  for (const conn of strangers) conn.close();
  await Promise.all([member.close(), broker.close()]);
  return { connections, descriptors, newcomersMs, callsMs, failures, survived };
}

/** Every second one begins as a member does. */
async function approach(port: number, count: number, strangers: Deno.TcpConn[]): Promise<void> {
  for (let made = 0; made < count; made++) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    strangers.push(conn);
    // One that was closed meanwhile has had its turn.
    if (made % 2 === 0) {
      await conn.write(magic.subarray(0, 1 + made % magic.length)).catch(() => {});
    }
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      connections: { type: "string", default: "10000" },
      descriptors: { type: "string", default: "256" },
    },
  });
  const figures = await lorisCampaign(+values.connections, +values.descriptors);
  const spread = (took: readonly number[]) =>
    `median ${quantile(took, 0.5).toFixed(0)} ms, most ${quantile(took, 1).toFixed(0)} ms`;
  const report = [
    `connections ${figures.connections}, descriptors of the broker ${figures.descriptors}`,
    `survived    ${figures.survived ? "yes" : "no"}`,
    `calls       ${spread(figures.callsMs)}`,
    `newcomers   ${spread(figures.newcomersMs)} with the start of their process`,
    `failures    ${figures.failures.length}`,
    ...figures.failures.slice(0, 5),
  ];
  say(report.join("\n"));
  Deno.exit(figures.survived && figures.failures.length === 0 ? 0 : 1);
}
