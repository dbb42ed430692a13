import { MemberBench } from "../../support/member_bench.ts";
import type { TestMember } from "../../support/member_bench.ts";
import { MortalWorld } from "../../support/mortal_world.ts";
import type { BenchProcess, BusBench, BusKind } from "./bus_bench.ts";
import { TestClock } from "./bus_bench.ts";

/** The bus on the elected broker of this machine. */
export const embeddedKind: BusKind = {
  name: "embedded bus",
  create: async () => {
    const bench = new EmbeddedBench(await MemberBench.create());
    await bench.begin();
    return bench;
  },
};

/** Its broker is nobody's agent, so that each of the others can die without a takeover. */
class EmbeddedBench implements BusBench {
  readonly clock = new TestClock();
  readonly #members: MemberBench;
  #keeper: { readonly member: TestMember; readonly world: MortalWorld } | undefined;

  constructor(members: MemberBench) {
    this.#members = members;
  }

  open(): BenchProcess {
    const { member, world } = this.#start(false);
    return { bus: member.bus, die: () => world.die() };
  }

  async begin(): Promise<void> {
    this.#keeper = this.#start(true);
    await this.#keeper.member.reached("leading");
  }

  /** Another one follows, whoever of the agents is the broker in between. */
  restart(): Promise<void> {
    this.#keeper!.world.die();
    this.#keeper = this.#start(true);
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#members[Symbol.asyncDispose]();
  }

  #start(standing: boolean): { member: TestMember; world: MortalWorld } {
    const world = new MortalWorld();
    const kind = { standing, clock: this.clock, around: world.around };
    return { member: this.#members.start(kind), world };
  }
}
