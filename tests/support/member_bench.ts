import { MemberBus } from "../../lib/bus/member_bus.ts";
import type { Clock } from "../../lib/core/clock.ts";
import type { HustingsError } from "../../lib/core/errors.ts";
import type { ElectionState } from "../../lib/core/election.ts";
import type { HelloResult } from "../../lib/core/types.ts";
import type { Hold } from "../../lib/member/claim.ts";
import { Member } from "../../lib/member/member.ts";
import type { Credentials } from "../../lib/member/open_connection.ts";
import { macOf, readSecret } from "../../lib/member/secret.ts";
import { SocketWorld } from "../../lib/member/socket_world.ts";
import { openStateDirectory } from "../../lib/member/state_directory.ts";
import type { StateDirectory } from "../../lib/member/state_directory.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import type { World } from "../../lib/member/world.ts";
import { freePorts } from "./free_ports.ts";
import { SeededRandom } from "./seeded.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Real members on real sockets, all in this process, with a state directory of their own. */
export class MemberBench implements AsyncDisposable {
  readonly directory: StateDirectory;
  readonly ports: number[];
  readonly credentials: Credentials;
  readonly secret: Uint8Array;
  readonly #root: TemporaryDirectory;
  readonly #members: TestMember[] = [];

  private constructor(
    root: TemporaryDirectory,
    ports: number[],
    secret: Uint8Array,
    credentials: Credentials,
  ) {
    this.#root = root;
    this.directory = openStateDirectory(root.at("home"), false);
    this.ports = ports;
    this.secret = secret;
    this.credentials = credentials;
  }

  /** `ports`: how many the bus may live on. */
  static async create({ ports = 1 } = {}): Promise<MemberBench> {
    const root = new TemporaryDirectory();
    const random = new SeededRandom(crypto.getRandomValues(new Int32Array(1))[0]!);
    const secret = readSecret(openStateDirectory(root.at("home"), false).secret, random);
    const credentials = { mac: await macOf(secret), random };
    return new MemberBench(root, freePorts(ports), secret, credentials);
  }

  get port(): number {
    return this.ports[0]!;
  }

  /** Starts a member, which is not on the bus yet. */
  start(kind: MemberKind = {}): TestMember {
    const member = new TestMember(this, kind);
    this.#members.push(member);
    member.member.start();
    return member;
  }

  /** Starts a member and resolves when it has its name on the bus. */
  async join(name: string, kind: MemberKind = {}): Promise<TestMember> {
    const member = this.start(kind);
    await member.join(name);
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#members) await member.bus.leave();
    this.#root[Symbol.dispose]();
  }
}

/** What is not usual about a member. */
export interface MemberKind {
  /** It is there only to be the broker. */
  readonly standing?: boolean;
  readonly clock?: Clock;
  /** Puts something between the member and its sockets. */
  readonly around?: (world: World<Hold>) => World<Hold>;
}

/** One member, its bus, and what became of its election. */
export class TestMember {
  readonly member: Member;
  readonly bus: MemberBus;
  readonly states: ElectionState[] = [];
  #changed = Promise.withResolvers<void>();

  constructor(
    { directory, ports, credentials }: MemberBench,
    { standing = false, clock = systemClock, around = (world) => world }: MemberKind,
  ) {
    const { random } = credentials;
    this.member = new Member({
      world: around(
        new SocketWorld({
          directory,
          pid: Deno.pid,
          firstPort: ports[0]!,
          clock,
          credentials,
        }),
      ),
      ports,
      standing,
      clock,
      random,
      onState: (state) => {
        this.states.push(state);
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
      },
    });
    const member = Promise.resolve(this.member);
    this.bus = new MemberBus({ member, clock, random, pid: Deno.pid });
  }

  join(name: string): Promise<HelloResult> {
    return this.bus.join({ client: name, directory: `/${name}`, name, must: true });
  }

  /** Resolves with the first state of this kind, once it was reached. */
  async reached<K extends ElectionState["kind"]>(
    kind: K,
  ): Promise<Extract<ElectionState, { kind: K }>> {
    for (;;) {
      const found = this.states.find((state) => state.kind === kind);
      if (found !== undefined) return found as Extract<ElectionState, { kind: K }>;
      await this.#changed.promise;
    }
  }

  /** The texts that a check brings, which are confirmed. */
  async texts(waitMs = 0): Promise<string[]> {
    const handed = await this.bus.check({ waitMs });
    await handed.confirm();
    return handed.messages.map(({ text }) => text);
  }

  /** Why the election stopped. */
  async refusal(): Promise<HustingsError> {
    return (await this.reached("stopped")).error;
  }
}
