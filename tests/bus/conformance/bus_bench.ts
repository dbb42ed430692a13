import { setImmediate } from "node:timers";
import type { Bus, CheckOptions, Handed, Identity } from "../../../lib/bus/bus.ts";
import type { Clock } from "../../../lib/core/clock.ts";
import type { DeliveryState } from "../../../lib/core/delivery.ts";
import type {
  HelloResult,
  MemberView,
  Message,
  Receipt,
  SentNews,
} from "../../../lib/core/types.ts";
import { systemClock } from "../../../lib/member/system_clock.ts";

/** One process of a bus: what it does there, and how it dies. */
export interface BenchProcess {
  readonly bus: Bus;
  /** Nothing reaches it any more and nothing comes from it, as when it was killed. */
  die(): void;
}

/** A bus of one kind, as the conformance suite needs it. */
export interface BusBench extends AsyncDisposable {
  /** What `wallMs` of all its processes follows. */
  readonly clock: TestClock;
  /** Another process, which has not joined. */
  open(): BenchProcess;
  /** What carries the bus is killed and begins again with what lies on its disk. */
  restart(): Promise<void>;
}

/** One of the things that a bus can rest on. */
export interface BusKind {
  readonly name: string;
  /** Why it cannot be tried here. */
  readonly missing?: string;
  create(): Promise<BusBench>;
}

/** The time of the system, whose wall clock can be put forward. */
export class TestClock implements Clock {
  #aheadMs = 0;

  wallMs(): number {
    return systemClock.wallMs() + this.#aheadMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  after(delayMs: number, fn: () => void): () => void {
    return systemClock.after(delayMs, fn);
  }

  forward(byMs: number): void {
    this.#aheadMs += byMs;
  }
}

/** Lets all go on that waits, and then what that brought. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The time between two looks at who is there: each costs the bus something, and others wait for theirs. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

/** What every bus has to do about one thing: a test by each title. */
export type Theme = Readonly<Record<string, (bench: AgentBench) => Promise<void>>>;

/** Who takes part in a test, with short words for what it does most. */
export class Agent {
  readonly bus: Bus;
  readonly #process: BenchProcess;

  constructor(process: BenchProcess) {
    this.#process = process;
    this.bus = process.bus;
  }

  /** As an AI client of its own name in a directory of its own name, unless told otherwise. */
  join(name: string, changes: Partial<Identity> = {}): Promise<HelloResult> {
    return this.bus.join({ client: name, directory: `/${name}`, name, must: true, ...changes });
  }

  send(to: string | readonly string[], text: string, replyTo?: number): Promise<Receipt> {
    const answer = replyTo === undefined ? {} : { replyTo };
    return this.bus.send({ to: typeof to === "string" ? [to] : to, text, ...answer });
  }

  check(options: Partial<CheckOptions> = {}, signal?: AbortSignal): Promise<Handed> {
    return this.bus.check({ waitMs: 0, ...options }, signal);
  }

  /** Waits for the first message, for as long as a test may last. */
  wait(options: Partial<CheckOptions> = {}, signal?: AbortSignal): Promise<Handed> {
    return this.check({ waitMs: 60_000, ...options }, signal);
  }

  /** What a check brings, which is confirmed. */
  async read(options: Partial<CheckOptions> = {}): Promise<readonly Message[]> {
    const handed = await this.check(options);
    await handed.confirm();
    return handed.messages;
  }

  async texts(options: Partial<CheckOptions> = {}): Promise<string[]> {
    return (await this.read(options)).map(({ text }) => text);
  }

  /** The texts of the next `count` that come, each with whether it is marked as redelivered. */
  async textsAndMarks(count: number): Promise<[text: string, mark: true | undefined][]> {
    const found: [string, true | undefined][] = [];
    while (found.length < count) {
      const messages = await this.read({ waitMs: 60_000 });
      found.push(
        ...messages.map(({ text, redelivered }) =>
          [text, redelivered] satisfies [string, true | undefined]
        ),
      );
    }
    return found;
  }

  /** The texts of all that comes until there are `count`, each check of which is confirmed. */
  async textsOf(count: number): Promise<string[]> {
    const texts: string[] = [];
    while (texts.length < count) texts.push(...await this.texts({ waitMs: 60_000 }));
    return texts;
  }

  /**
   * What checks tell of own messages until all is told of `count` of them that there is to tell: the
   * news comes soon after what it is about.
   */
  async news(count: number): Promise<SentNews[]> {
    const found = new Map<string, SentNews>();
    const isOver = async () => {
      const lines = await Promise.all(
        [...found.values()].map(async ({ id, name, state }) =>
          (await this.states(id))[name] === state
        ),
      );
      return found.size >= count && lines.every((isNewest) => isNewest);
    };
    while (!await isOver()) {
      for (const each of (await this.check()).sent ?? []) {
        found.set(`${each.id} ${each.name}`, each);
      }
    }
    return [...found.values()];
  }

  /** How far a message of its own has come with each reader, by name. */
  async states(id: number): Promise<Record<string, DeliveryState>> {
    const { entries } = await this.bus.history({ limit: 50 });
    const entry = entries.find((each) => each.id === id);
    return Object.fromEntries((entry?.to ?? []).map(({ name, state }) => [name, state]));
  }

  /** Resolves with the line of the list for `name` once that is as `isIt` wants it. */
  async sees(name: string, isIt: (member: MemberView) => boolean): Promise<MemberView> {
    for (;;) {
      const { members } = await this.bus.list();
      const found = members.find((member) => member.name === name);
      if (found !== undefined && isIt(found)) return found;
      await pause();
    }
  }

  seesWaiting(name: string): Promise<MemberView> {
    return this.sees(name, ({ presence }) => presence === "waiting");
  }

  die(): void {
    this.#process.die();
  }
}

/** A bus and its agents. */
export class AgentBench implements AsyncDisposable {
  readonly #bench: BusBench;

  constructor(bench: BusBench) {
    this.#bench = bench;
  }

  get clock(): TestClock {
    return this.#bench.clock;
  }

  /** One that has not joined. */
  open(): Agent {
    return new Agent(this.#bench.open());
  }

  async join(name: string, changes: Partial<Identity> = {}): Promise<Agent> {
    const agent = this.open();
    await agent.join(name, changes);
    return agent;
  }

  /** Several, which come one after the other. */
  async joinAll<N extends readonly string[]>(...names: N): Promise<{ [I in keyof N]: Agent }> {
    const agents = [];
    for (const name of names) agents.push(await this.join(name));
    return agents as { [I in keyof N]: Agent };
  }

  restart(): Promise<void> {
    return this.#bench.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench[Symbol.asyncDispose]();
  }
}
