// Stops the broker (SIGSTOP) again and again, lets it go on after it was passed over, and counts what
// became of the messages.
//
//   deno run -A tests/campaigns/stop_campaign.ts [--stops 20] [--senders 4] [--readers 4]
//       [--state busy|idle]
//
// `busy`: under load. `idle`: nobody sends while it is stopped, but for the one call that notices.
// Ends with 1 when a message was lost or seen twice unmarked, when order broke, when a call failed,
// or when a broker that went on did not become a follower.
import { parseArgs } from "node:util";
import { TemporaryBus } from "../support/bus_place.ts";
import { Load } from "./load.ts";
import type { Role } from "./load.ts";
import { isClean, quantile } from "./tally.ts";
import type { Figures } from "./tally.ts";
import { say } from "../support/say.ts";

export interface StopOptions {
  readonly stops: number;
  readonly senders: number;
  readonly readers: number;
  readonly state: "busy" | "idle";
}

export interface StopFigures extends Figures {
  readonly stops: number;
  /** Brokers that were stopped inside a commit, and ended for it. */
  readonly insideCommits: number;
  /** From SIGSTOP to the answer to a call made right after it. */
  readonly takeoversMs: readonly number[];
  readonly failures: readonly string[];
}

/** Runs the campaign on a bus of its own and returns its figures. */
export async function stopCampaign(options: StopOptions): Promise<StopFigures> {
  await using bus = await TemporaryBus.create();
  const load = new Load(bus);
  await load.start(options.senders, options.readers);
  if (options.state === "idle") await load.quiet();
  const takeoversMs: number[] = [];
  let insideCommits = 0;
  for (let stop = 0; stop < options.stops; stop++) {
    if (options.state === "busy") await load.progress(20);
    const { tookMs, insideCommit } = await stopAndCall(bus, load);
    takeoversMs.push(tookMs);
    if (insideCommit) insideCommits += 1;
  }
  await load.finish();
  const { failures } = load.tally;
  return { ...load.tally.figures(), stops: options.stops, insideCommits, takeoversMs, failures };
}

/** Stops the broker until another one has taken over, and sees it come back as a follower. */
async function stopAndCall(
  bus: TemporaryBus,
  load: Load,
): Promise<{ tookMs: number; insideCommit: boolean }> {
  const victim = load.broker();
  const survivor = load.roles.find((role) => role !== victim && role.kind === "sender")!;
  const { epoch } = bus.endpoint();
  const from = performance.now();
  Deno.kill(victim.agent.pid, "SIGSTOP");
  await call(load, survivor);
  const tookMs = performance.now() - from;
  if (await endedInsideCommit(victim)) {
    await load.replace(victim);
    return { tookMs, insideCommit: true };
  }
  Deno.kill(victim.agent.pid, "SIGCONT");
  await call(load, victim);
  const now = bus.endpoint();
  if (now.epoch === epoch) load.tally.failed(`epoch ${epoch} was not passed over`);
  if (now.pid === victim.agent.pid) load.tally.failed("the stopped broker is the broker again");
  return { tookMs, insideCommit: false };
}

/** A stopped process that was ended is a zombie until its parent has seen it: its state says so. */
async function endedInsideCommit({ agent }: Role): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${agent.pid}/stat`);
    return !/\) [Tt] /.test(stat);
  } catch {
    return true;
  }
}

async function call(load: Load, role: Role): Promise<void> {
  try {
    await role.agent.call("list", {});
  } catch (error) {
    load.tally.failed(`list of ${role.name}: ${error}`);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      stops: { type: "string", default: "20" },
      senders: { type: "string", default: "4" },
      readers: { type: "string", default: "4" },
      state: { type: "string", default: "busy" },
    },
  });
  const { takeoversMs, failures, ...counts } = await stopCampaign({
    stops: +values.stops,
    senders: +values.senders,
    readers: +values.readers,
    state: values.state === "idle" ? "idle" : "busy",
  });
  for (const [name, value] of Object.entries(counts)) say(`${name.padEnd(14)} ${value}`);
  const shown = [0.5, 0.99, 1].map((share) => quantile(takeoversMs, share).toFixed(0));
  say(`takeover       median ${shown[0]} ms, 99th percentile ${shown[1]} ms, most ${shown[2]} ms`);
  for (const failure of failures.slice(0, 10)) say(failure);
  Deno.exit(isClean(counts) ? 0 : 1);
}
