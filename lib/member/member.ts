import type { Clock, Random } from "../core/clock.ts";
import { Election } from "../core/election.ts";
import type { ElectionEffect, ElectionEvent, ElectionState } from "../core/election.ts";
import { invariant } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import type { HelloResult } from "../core/types.ts";
import type { HelloOperation, Operation, ResultOf } from "../core/operations.ts";
import { Calls } from "./calls.ts";
import type { BoundPort, Claim, Leadership, Line, Sight, UplinkEvents, World } from "./world.ts";

export interface MemberOptions {
  readonly world: World;
  readonly ports: readonly number[];
  readonly clock: Clock;
  readonly random: Random;
  /**
   * It is there to be the broker and for nothing else: it races at once when there is none, and does
   * not hand over.
   */
  readonly standing?: boolean;
  /** What happens, for the log. */
  readonly onState?: (state: ElectionState) => void;
}

/**
 * One process's part in the bus. It carries out what the election decides, and gets requests to
 * whoever is the broker: to this process itself, to another one, and after a takeover to the next.
 */
export class Member {
  readonly #options: MemberOptions;
  readonly #election: Election;
  readonly #calls: Calls;
  #leadership: Leadership | undefined;
  #hold: unknown;
  #bound: BoundPort | undefined;
  #line: Line | undefined;
  /** It has lost its broker and leaves the race to those who have something to ask. */
  #courtesy: { readonly stop: () => void; readonly race: () => void } | undefined;
  #goodbye: Promise<void> = Promise.resolve();

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#election = new Election(options.ports);
    this.#calls = new Calls({
      clock: options.clock,
      onWaiting: () => this.#hasten(),
      isBrokerSlow: () => options.world.isBrokerSlow(),
    });
  }

  get state(): ElectionState {
    return this.#election.state;
  }

  /** Begins to race. Requests may be made before; they wait. */
  start(): void {
    const hint = this.#options.world.hint();
    this.#tell({ kind: "start", ...(hint === undefined ? {} : { hint }) });
  }

  /** Presents this process to the bus, now and to each later broker. */
  join(hello: HelloOperation): Promise<HelloResult> {
    return this.#calls.join(hello);
  }

  /** The name to ask a later broker for. */
  renamed(name: string): void {
    this.#calls.renamed(name);
  }

  /** Asks whoever is the broker, as `Calls` does. */
  request<O extends Operation>(operation: O): { id: number; reply: Promise<ResultOf<O>> } {
    return this.#calls.request(operation);
  }

  /** Goes: the name and, where this is the broker, port and store are free when it resolves. */
  async leave(): Promise<void> {
    if (this.#election.state.kind === "resigned") return this.#goodbye;
    if (this.#calls.isKnown) {
      const bye = this.request({ op: "bye" }).reply.catch(() => {});
      await this.#atMost(limits.resignMs / 2, bye);
    }
    this.#courtesy?.stop();
    this.#courtesy = undefined;
    this.#tell({ kind: "resign" });
    this.#calls.end();
    await this.#goodbye;
  }

  #tell(event: ElectionEvent): void {
    const before = this.#election.state;
    const effects = this.#election.handle(event);
    if (this.#election.state !== before) this.#options.onState?.(this.#election.state);
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: ElectionEffect): void {
    switch (effect.kind) {
      case "look":
        return void this.#meet(
          this.#options.world.look(effect.port, effect.bind, limits.glanceMs),
        );
      case "ask":
        return void this.#meet(this.#options.world.ask(effect.holder));
      case "claim":
        return this.#claimed(this.#options.world.claim(effect.port, effect));
      case "depose":
        return this.#claimed(this.#options.world.depose(effect.port, effect.epoch));
      case "unbind":
        return this.#unbind();
      case "lead":
        return this.#lead(effect.epoch);
      case "follow":
        return this.#follow();
      case "abdicate":
        return this.#abdicate();
      case "rest":
        return this.#rest(effect.rounds);
      case "stop":
        return this.#calls.fail(effect.error);
    }
  }

  async #meet(look: Promise<Sight>): Promise<void> {
    const { event, bound, line } = await look;
    if (this.#election.state.kind === "resigned") {
      bound?.close();
      line?.close();
      return;
    }
    if (bound !== undefined) this.#bound = bound;
    if (line !== undefined) this.#line = line;
    this.#tell(event);
  }

  /**
   * When a broker dies all its followers know it at once. One that only waits, or has nothing to ask,
   * needs no broker this moment: it races later, or when it is asked for something.
   */
  #leaveRace(race: () => void): void {
    const { clock, random } = this.#options;
    const stop = clock.after(limits.courtesyMs * random.fraction(), () => this.#endCourtesy());
    this.#courtesy = { stop, race };
  }

  #endCourtesy(): void {
    const courtesy = this.#courtesy;
    this.#courtesy = undefined;
    courtesy?.stop();
    courtesy?.race();
  }

  #claimed({ event, hold }: Claim<unknown>): void {
    this.#hold = hold;
    this.#tell(event);
  }

  #unbind(): void {
    this.#bound?.close();
    this.#bound = undefined;
  }

  #lead(epoch: number): void {
    const bound = this.#bound;
    invariant(bound !== undefined && this.#hold !== undefined, "who leads has port and store");
    const onFenced = () => this.#tell({ kind: "fenced" });
    const handOver = () => this.#tell({ kind: "handover" });
    const onHandover = this.#options.standing ? undefined : handOver;
    this.#leadership = this.#options.world.lead(bound, this.#hold, epoch, onFenced, onHandover);
    this.#bound = undefined;
    this.#hold = undefined;
    this.#calls.connected(this.#leadership.openLocal(this.#uplinkEvents()));
  }

  #follow(): void {
    const line = this.#line;
    invariant(line !== undefined, "who follows has a connection");
    this.#line = undefined;
    this.#calls.connected(line.follow(this.#uplinkEvents()));
  }

  #uplinkEvents(): UplinkEvents {
    return {
      onReply: (reply) => this.#calls.replied(reply),
      onLost: (silent) => {
        this.#calls.lost();
        const race = () => this.#tell({ kind: "lost", ...(silent ? { silent } : {}) });
        const isUrgent = this.#calls.isUrgent(limits.courtesyMs);
        if (silent || this.#options.standing || isUrgent) race();
        else this.#leaveRace(race);
      },
    };
  }

  #abdicate(): void {
    const leadership = this.#leadership;
    invariant(leadership !== undefined, "who abdicates was the broker");
    this.#leadership = undefined;
    // Who hands over, or resigns, still has the store at this moment.
    this.#goodbye = leadership.close({ fenced: this.#election.state.kind === "seeking" });
    this.#calls.lost();
  }

  #rest(rounds: number): void {
    const longest = Math.min(limits.pauseMs * 2 ** (rounds - 1), limits.pauseMsMax);
    const delayMs = longest * (0.5 + this.#options.random.fraction() / 2);
    this.#options.clock.after(delayMs, () => this.#tell({ kind: "rested" }));
  }

  /** Somebody waits for a broker: no courtesy any more, and a stopped election begins again. */
  #hasten(): void {
    this.#endCourtesy();
    if (this.#election.state.kind === "stopped") this.start();
  }

  /** Resolves with `done`, or once `delayMs` are over; nothing goes on after that. */
  async #atMost(delayMs: number, done: Promise<unknown>): Promise<void> {
    let stop = () => {};
    const over = new Promise<void>((resolve) => {
      stop = this.#options.clock.after(delayMs, resolve);
    });
    await Promise.race([done, over]);
    stop();
  }
}
