// A bus of members, store and network in one process, under a clock and faults that one seed
// determines.
//
//   deno run -A tests/simulation/simulate.ts [--seeds 1000] [--from 1] [--steps 400]
//
// Prints the first seed that breaks an invariant, with the command that replays it, and ends with 1.
import { setImmediate } from "node:timers";
import { parseArgs } from "node:util";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import { SeededRandom } from "../support/seeded.ts";
import { SimAgent } from "./sim_agent.ts";
import { SimChecker } from "./sim_checker.ts";
import { SimTime } from "./sim_clock.ts";
import { SimMachine } from "./sim_machine.ts";
import { say } from "../support/say.ts";

export interface SimResult {
  readonly broken: readonly string[];
  readonly acknowledged: number;
  readonly reads: number;
  readonly marked: number;
  readonly watches: number;
  readonly observations: number;
  readonly epochs: number;
}

const ports = [9876, 9877, 9878];
const directories = ["a", "b", "c", "d", "e"];

/** Runs one history of `steps` actions and faults, then lets everything calm down and be read. */
export async function simulate(seed: number, steps: number): Promise<SimResult> {
  const random = new SeededRandom(seed);
  const machine = new SimMachine(new SimTime(), random);
  const fickle = random.fraction() < 0.3;

  const store = SqliteStore.open(":memory:");
  const faults = { full: random.pick([0, 0, 0.02]), crash: random.pick([0, 0.005, 0.02]) };
  // A send that a full disk refused may succeed in its repeat, after younger ones.
  const checker = new SimChecker({ order: !fickle && faults.full === 0 });
  const names = directories.map((directory) => `agent-${directory}`);
  const agents = directories.map((directory) =>
    new SimAgent({ machine, store, checker, directory, ports, names, faults, fickle })
  );
  for (const agent of agents) agent.start();
  for (let step = 0; step < steps && checker.broken.length === 0; step++) {
    act(machine, random.pick(agents), store);
    await run(machine, random.fraction() * random.pick([1, 5, 20, 20, 500]));
  }
  faults.full = faults.crash = 0;
  await calm(machine, agents);
  if (checker.broken.length === 0) checker.finish();
  const { epoch } = store.reign();
  store.close();
  const { broken, acknowledged, reads, marked, watches, observations } = checker;
  return { broken, acknowledged, reads, marked, watches, observations, epochs: epoch };
}

/** One action or fault of one agent. */
function act(machine: SimMachine, agent: SimAgent, store: SqliteStore): void {
  const { random, time } = machine;
  const { process } = agent;
  if (process.state === "dead") {
    if (agent.canStart && random.fraction() < 0.5) agent.start();
    return;
  }
  if (process.state === "stopped") {
    // Some are stopped for long enough to be passed over.
    if (random.fraction() < 0.1) process.state = "running";
    return;
  }
  const chance = random.fraction();
  if (chance < 0.4) agent.send();
  else if (chance < 0.75) agent.check({ calm: false });
  else if (chance < 0.82) agent.hook();
  else if (chance < 0.86) agent.watch();
  else if (chance < 0.88) agent.room();
  else if (chance < 0.89) agent.pause();
  else if (chance < 0.9) agent.present();
  else if (chance < 0.93) agent.crash();
  else if (chance < 0.95) agent.leave();
  else if (chance < 0.97) process.state = "stopped";
  else if (chance < 0.98) random.pick([...machine.links, undefined])?.break();
  else if (chance < 0.985) machine.handOver();
  // Somebody passes the broker over, as it happens to one that was stopped for too long.
  else if (chance < 0.99) store.claim({ port: 0, pid: 0, atMs: 0 });
  else time.stepWall(random.pick([-3_600_000, 3_600_000, 86_400_000]));
}

/** Fires what falls due in the next `forMs`; after each event all that follows from it happens. */
async function run(machine: SimMachine, forMs: number): Promise<void> {
  const untilMs = machine.time.nowMs + forMs;
  do await settle(); while (machine.time.advance(untilMs));
}

/** Resolves when no promise has anything left to do. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Everybody lives and reads until nobody has anything left. */
async function calm(machine: SimMachine, agents: readonly SimAgent[]): Promise<void> {
  for (const agent of agents) {
    if (agent.process.state === "stopped") agent.process.state = "running";
  }
  // Longer than calls wait for a broker, and than a broker waits for its members.
  await run(machine, 15_000);
  for (const agent of agents) if (agent.process.state === "dead") agent.start();
  for (const agent of agents) agent.resume();
  await run(machine, 1_000);
  for (let round = 0; round < 5; round++) {
    for (const agent of agents) agent.check({ calm: true });
    await run(machine, 3_000);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "1000" },
      from: { type: "string", default: "1" },
      steps: { type: "string", default: "400" },
    },
  });
  const totals = {
    histories: 0,
    acknowledged: 0,
    reads: 0,
    marked: 0,
    watches: 0,
    observations: 0,
    epochs: 0,
  };
  for (let seed = +values.from; seed < +values.from + +values.seeds; seed++) {
    const result = await simulate(seed, +values.steps);
    if (result.broken.length > 0) {
      say(`Seed ${seed}: ${result.broken.slice(0, 5).join("; ")}`);
      say(
        `Again: deno run -A tests/simulation/simulate.ts --from ${seed} --seeds 1 --steps ${values.steps}`,
      );
      Deno.exit(1);
    }
    totals.histories += 1;
    totals.acknowledged += result.acknowledged;
    totals.reads += result.reads;
    totals.marked += result.marked;
    totals.watches += result.watches;
    totals.observations += result.observations;
    totals.epochs += result.epochs;
  }
  say(Object.entries(totals).map(([name, value]) => `${name} ${value}`).join(", "));
}
