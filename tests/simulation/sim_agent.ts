import { MemberBus } from "../../lib/bus/member_bus.ts";
import type { Handed } from "../../lib/bus/bus.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import { Member } from "../../lib/member/member.ts";
import type { Store } from "../../lib/store/store.ts";
import { SimProcess } from "./sim_clock.ts";
import { SimHook } from "./sim_hook.ts";
import type { SimChecker } from "./sim_checker.ts";
import type { SimMachine } from "./sim_machine.ts";
import { SimStore } from "./sim_store.ts";
import { SimWorld } from "./sim_world.ts";

export interface SimAgentOptions {
  readonly machine: SimMachine;
  readonly store: Store;
  readonly checker: SimChecker;
  readonly directory: string;
  readonly ports: readonly number[];
  /** All names that this one may write to. */
  readonly names: readonly string[];
  /** The share of commits that the disk refuses, and after which the process ends. */
  readonly faults: { full: number; crash: number };
  /** Readers check several times at once, cancel checks and give messages back: no order then. */
  readonly fickle: boolean;
}

/** What all agents may be in. */
const room = "#shop";

/** An agent that writes and reads by chance, and comes back under its name after each end. */
export class SimAgent {
  process = new SimProcess();
  readonly name: string;
  readonly #options: SimAgentOptions;
  #bus: MemberBus | undefined;
  #incarnation = 0;
  #counter = 0;
  #hooks = 0;
  /** The last one that was started, in histories that hold the order. */
  #hook: SimHook | undefined;
  #checking = false;
  #told = false;
  #endedMs = 0;

  constructor(options: SimAgentOptions) {
    this.#options = options;
    this.name = `agent-${options.directory}`;
  }

  /** A process takes some time to start: longer than the system needs to close the last one's sockets. */
  get canStart(): boolean {
    return this.process.state === "dead" && this.#options.machine.time.nowMs > this.#endedMs + 5;
  }

  /** Starts a process for this agent; the one before must be dead. */
  start(): void {
    const { machine, ports } = this.#options;
    this.#incarnation += 1;
    this.#counter = 0;
    this.#checking = false;
    const process = new SimProcess();
    this.process = process;
    const clock = machine.time.clockOf(process);
    const { random } = machine;
    const store = new SimStore(this.#options.store, {
      fate: () => this.#fate(process),
      crash: () => this.#end(process),
      committed: (epoch) => this.#options.checker.committed(epoch),
    });
    const member = new Member({
      world: new SimWorld(machine, process, store),
      ports,
      clock,
      random,
    });
    member.start();
    const bus = new MemberBus({ member: Promise.resolve(member), clock, random, pid: 1 });
    this.#bus = bus;
    // Some clients tell their conversation later, or never.
    this.#told = random.fraction() < 0.5;
    this.#run(async () => {});
    if (random.fraction() < 0.3) this.#lookOn(bus, process);
  }

  /** Ends the process at once, as SIGKILL does. */
  crash(): void {
    this.#end(this.process);
  }

  /** Goes as a program does whose client closed stdin. */
  leave(): void {
    const { process } = this;
    this.#bus?.leave().then(() => this.#end(process));
  }

  send(): void {
    const { machine: { random }, checker, names } = this.#options;
    const text = `${this.name}:${this.#incarnation}.${this.#counter++}`;
    const chance = random.fraction();
    const to = chance < 0.1 ? "*" : chance < 0.3 ? room : random.pick(names);
    checker.sent(text);
    this.#run(async (bus) => {
      const receipt = await bus.send({ to: [to], text });
      checker.accepted(text, receipt);
      if (to === room) checker.wrote(this.name, receipt);
    });
  }

  /** Reads; what was read is confirmed after a while, sometimes given back, sometimes cancelled. */
  check(options: { readonly calm: boolean }): void {
    const { machine: { random }, fickle } = this.#options;
    const waitMs = options.calm || random.fraction() < 0.5 ? 0 : random.whole(1, 300);
    const abort = new AbortController();
    const abortMs = random.whole(1, 300);
    if (!options.calm && fickle && random.fraction() < 0.2) {
      this.#after(abortMs, () => abort.abort());
    }
    const giveBack = !options.calm && fickle && random.fraction() < 0.1;
    const { process } = this;
    this.#run(async (bus) => {
      // Of two checks at once nobody can say which is first, so order is held for one at a time.
      if (!fickle && this.#checking) return;
      this.#checking = true;
      try {
        await this.#take(await bus.check({ waitMs }, abort.signal), giveBack);
      } finally {
        if (this.process === process) this.#checking = false;
      }
    });
  }

  /** Enters the room, or leaves it. */
  room(): void {
    const inside = this.#options.machine.random.fraction() < 0.7;
    this.#run(async (bus) => {
      const { members } = await bus.room(room, inside);
      this.#options.checker.inRoom(this.name, inside, members);
    });
  }

  /** Tells which conversation it is, as clients do that know it late. */
  present(): void {
    this.#run(async (bus) => {
      const { name } = await bus.present({ session: this.#session });
      this.#options.checker.named(name, this.name);
    });
  }

  /** Holds up somebody, or everyone, or lets them go on. */
  pause(): void {
    const { machine: { random }, names } = this.#options;
    const name = random.fraction() < 0.2 ? "*" : random.pick(names);
    const paused = random.fraction() < 0.4;
    this.#run(async (bus) => void await bus.pause({ name, paused }));
  }

  /** Lets everybody go on. */
  resume(): void {
    this.#run(async (bus) => {
      const { names } = await bus.pause({ name: "*", paused: false });
      for (const name of names) await bus.pause({ name, paused: false });
    });
  }

  /** Waits for what comes, and takes nothing of it. */
  watch(): void {
    const { machine: { random }, checker } = this.#options;
    const options = { waitMs: random.whole(0, 300), after: random.whole(0, 50) };
    const abort = new AbortController();
    if (random.fraction() < 0.2) this.#after(random.whole(1, 300), () => abort.abort());
    this.#run(async (bus) => {
      checker.watched(this.name, options.after, await bus.watch(options, abort.signal));
    });
  }

  /** A hook of its session shows what came, and sometimes dies before it can say so. */
  hook(): void {
    const { machine, checker, fickle, directory } = this.#options;
    if (!fickle && this.#checking) return;
    const { process } = this;
    const hook = new SimHook(machine);
    if (!fickle) this.#hook = hook;
    const dies = machine.random.fraction() < 0.2;
    const lastsMs = machine.random.fraction() * 5;
    const instance = `hook-${this.name}-${this.#incarnation}-${this.#hooks++}`;
    this.#checking = true;
    const kin = { client: "agent", directory, session: this.#session };
    const show = async () => {
      const messages = (await hook.read(kin, instance))?.messages ?? [];
      for (const message of messages) checker.read(this.name, message);
      await hook.rest(lastsMs);
      if (dies || !await hook.acknowledge(messages.map(({ id }) => id))) return;
      for (const { text } of messages) checker.confirmed(this.name, text);
    };
    show().finally(() => {
      hook.end();
      if (this.process === process) this.#checking = false;
    });
  }

  /** Follows the whole bus for as long as its process lives. */
  async #lookOn(bus: MemberBus, process: SimProcess): Promise<void> {
    const { checker } = this.#options;
    const seen = { name: this.name, last: undefined };
    for (let cursor = ""; process.state !== "dead";) {
      try {
        const result = await bus.observe({ waitMs: 500, ...(cursor === "" ? {} : { cursor }) });
        checker.observed(seen, result);
        cursor = result.cursor;
      } catch (error) {
        this.#expected(error);
        await new Promise<void>((resolve) => this.#after(100, resolve));
      }
    }
  }

  get #session(): string {
    return `session-${this.name}`;
  }

  async #take(handed: Handed, giveBack: boolean): Promise<void> {
    const { machine: { random }, checker } = this.#options;
    for (const message of handed.messages) checker.read(this.name, message);
    await new Promise<void>((resolve) => this.#after(random.fraction() * 5, resolve));
    if (!giveBack) {
      await handed.confirm();
      for (const { text } of handed.messages) checker.confirmed(this.name, text);
      return;
    }
    for (const { text } of handed.messages) checker.released(this.name, text);
    await handed.release();
  }

  #run(call: (bus: MemberBus) => Promise<void>): void {
    if (this.#bus === undefined || this.process.state === "dead") return;
    const bus = this.#bus;
    // A join that failed (a full disk) is tried again with the next call, as programs do.
    const session = this.#told ? { session: this.#session } : {};
    const joined = bus.join({ client: "agent", directory: this.#options.directory, ...session });
    joined.then(({ name }) => this.#options.checker.named(name, this.name))
      .then(() => call(bus)).catch((error) => this.#expected(error));
  }

  /** A full disk and a bus that is down for long are told; anything else must not happen. */
  #expected(error: unknown): void {
    const known = error instanceof HustingsError &&
      ["store_full", "bus_down", "cancelled"].includes(error.code);
    const nobody = error instanceof HustingsError && error.code === "no_recipient";
    if (!known && !nobody) this.#options.checker.broken.push(`${this.name}: ${error}`);
  }

  #fate(process: SimProcess): "done" | "full" | "crash" | "dead" {
    const { machine: { random }, faults } = this.#options;
    if (process.state === "dead") return "dead";
    const chance = random.fraction();
    if (chance < faults.full) return "full";
    return chance < faults.full + faults.crash ? "crash" : "done";
  }

  #end(process: SimProcess): void {
    process.state = "dead";
    // A hook that outlives its session reads beside the next one: nobody can say which is first.
    this.#hook?.end();
    this.#endedMs = this.#options.machine.time.nowMs;
    this.#options.machine.reap(process);
  }

  #after(delayMs: number, fn: () => void): void {
    this.#options.machine.time.clockOf(this.process).after(delayMs, fn);
  }
}
