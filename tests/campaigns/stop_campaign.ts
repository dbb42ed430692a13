// Stops the broker (SIGSTOP) again and again, lets it go on after it was passed over, and counts what
// became of the messages.
//
//   deno run -A tests/campaigns/stop_campaign.ts [--stops 20] [--senders 4] [--readers 4]
//       [--state busy|idle|commit]
//
// `busy`: under load. `idle`: nobody sends while it is stopped, but for the one call that notices.
// `commit`: between BEGIN and the end of COMMIT. It is stopped at moments drawn by chance until
// somebody else cannot begin to write for its lock, and goes on at once where it had none: only stops
// with the lock count. Such a broker is ended by who passes it over, and replaced. Without `--state`
// all three are run. Ends with 1 when a message was lost or seen twice unmarked, when order broke,
// when a call failed, when a takeover took longer than three seconds, or when a broker that went on
// did not become a follower.
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { runCommand } from "../../lib/member/run_command.ts";
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
  readonly state: StopState;
}

export const stopStates = ["idle", "busy", "commit"] as const;
export type StopState = typeof stopStates[number];

export interface StopFigures extends Figures {
  /** Signals sent, those at a wrong moment with them. */
  readonly signals: number;
  readonly stops: number;
  /** Stops at which the broker had the lock for writing. */
  readonly insideCommits: number;
  /** Brokers that were ended for it. */
  readonly ended: number;
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
  const stops: Stop[] = [];
  while (stops.length < options.stops && load.tally.failures.length === 0) {
    if (options.state !== "idle") await load.progress(20);
    stops.push(await stopAndCall(bus, load, options.state));
  }
  await load.finish();
  const { failures } = load.tally;
  return {
    ...load.tally.figures(),
    signals: stops.reduce((sum, stop) => sum + stop.signals, 0),
    stops: stops.length,
    insideCommits: stops.filter((stop) => stop.hadLock).length,
    ended: stops.filter((stop) => stop.ended).length,
    takeoversMs: stops.map((stop) => stop.tookMs),
    failures,
  };
}

interface Stop {
  readonly signals: number;
  readonly hadLock: boolean;
  readonly tookMs: number;
  readonly ended: boolean;
}

/** Stops the broker until another one has taken over, and sees it come back as a follower. */
async function stopAndCall(bus: TemporaryBus, load: Load, state: StopState): Promise<Stop> {
  const victim = load.broker();
  const survivor = load.roles.find((role) => role !== victim && role.kind === "sender")!;
  const { epoch } = bus.endpoint();
  const { signals, hadLock, fromMs } = await stopAt(bus, victim, state);
  await call(load, survivor);
  const stop = { signals, hadLock, tookMs: performance.now() - fromMs };
  if (await isEnded(victim)) {
    await load.replace(victim);
    return { ...stop, ended: true };
  }
  Deno.kill(victim.agent.pid, "SIGCONT");
  await call(load, victim);
  const now = bus.endpoint();
  if (now.epoch === epoch) load.tally.failed(`epoch ${epoch} was not passed over`);
  if (now.pid === victim.agent.pid) load.tally.failed("the stopped broker is the broker again");
  return { ...stop, ended: false };
}

/** Stops the broker: at once, or, for `commit`, as often as it takes to find it with the lock. */
async function stopAt(
  bus: TemporaryBus,
  { agent }: Role,
  state: StopState,
): Promise<{ signals: number; hadLock: boolean; fromMs: number }> {
  using store = new DatabaseSync(`${bus.home}/messages.db`);
  store.exec("PRAGMA busy_timeout = 0");
  for (let signals = 1;; signals++) {
    const fromMs = performance.now();
    Deno.kill(agent.pid, "SIGSTOP");
    while (!/[Tt]/.test(await processState(agent.pid))) await pause(1);
    const hadLock = isLocked(store);
    if (hadLock || state !== "commit") return { signals, hadLock, fromMs };
    Deno.kill(agent.pid, "SIGCONT");
    await pause(Math.random() * 20);
  }
}

/** Whether nobody else can begin to write. Nothing is changed, and the lock not kept. */
function isLocked(store: DatabaseSync): boolean {
  try {
    store.exec("BEGIN IMMEDIATE");
  } catch {
    return true;
  }
  store.exec("ROLLBACK");
  return false;
}

function pause(forMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, forMs));
}

/** A stopped process that was ended is a zombie until its parent has seen it: its state says so. */
async function isEnded({ agent }: Role): Promise<boolean> {
  return !/[Tt]/.test(await processState(agent.pid));
}

/** The letter of `ps`; none where there is no such process. */
async function processState(pid: number): Promise<string> {
  return await runCommand("ps", "-o", "stat=", "-p", String(pid)) ?? "";
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
      state: { type: "string" },
    },
  });
  let clean = true;
  for (const state of stopStates.filter((state) => state === (values.state ?? state))) {
    const { takeoversMs, failures, ...counts } = await stopCampaign({
      stops: +values.stops,
      senders: +values.senders,
      readers: +values.readers,
      state,
    });
    say(`state          ${state}`);
    for (const [name, value] of Object.entries(counts)) say(`${name.padEnd(14)} ${value}`);
    const shown = [0.5, 0.99, 1].map((share) => quantile(takeoversMs, share).toFixed(0));
    say(
      `takeover       median ${shown[0]} ms, 99th percentile ${shown[1]} ms, most ${shown[2]} ms`,
    );
    for (const failure of failures.slice(0, 10)) say(failure);
    clean &&= isClean(counts) && quantile(takeoversMs, 1) <= 3_000;
  }
  Deno.exit(clean ? 0 : 1);
}
