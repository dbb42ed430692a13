import type { Clock, Random } from "../core/clock.ts";
import { Election } from "../core/election.ts";
import type { ElectionEffect, ElectionEvent, ElectionState } from "../core/election.ts";
import { HustingsError } from "../core/errors.ts";
import { invariant } from "../core/invariant.ts";
import { Ledger } from "../core/ledger.ts";
import { limits } from "../core/limits.ts";
import { settleBy } from "../core/settle_by.ts";
import type { HelloResult } from "../core/types.ts";
import type { HelloOperation, Operation, ResultOf } from "../core/operations.ts";
import type { Request } from "../core/wire.ts";
import type {
  BoundPort,
  Claim,
  Leadership,
  Line,
  Sight,
  Uplink,
  UplinkEvents,
  World,
} from "./world.ts";

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
  readonly #ledger = new Ledger();
  #uplink: Uplink | undefined;
  #leadership: Leadership | undefined;
  #hold: unknown;
  #bound: BoundPort | undefined;
  #line: Line | undefined;
  #hello: HelloOperation | undefined;
  /** The last hello failed: say it again before the next request. */
  #mustPresent = false;
  #stopPatience: (() => void) | undefined;
  /** It has lost its broker and leaves the race to those who have something to ask. */
  #courtesy: { readonly stop: () => void; readonly race: () => void } | undefined;
  #goodbye: Promise<void> = Promise.resolve();

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#election = new Election(options.ports);
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
  async join(hello: HelloOperation): Promise<HelloResult> {
    const result = await this.request(hello).reply;
    this.#hello = { ...hello, name: result.name, must: false };
    return result;
  }

  /** The name to ask a later broker for. */
  renamed(name: string): void {
    if (this.#hello !== undefined) this.#hello = { ...this.#hello, name };
  }

  /**
   * Sends a request, and again to the next broker as long as it has no reply. `reply` rejects with
   * the broker's error, or with `bus_down` when there was no broker for `limits.busDownMs` or this
   * process has left.
   */
  request<O extends Operation>(operation: O): { id: number; reply: Promise<ResultOf<O>> } {
    let id = 0;
    const reply = new Promise<ResultOf<O>>((resolve, reject) => {
      const now = this.#options.clock.monotonicMs();
      const request = this.#ledger.open(operation, now, settleBy<O>(resolve, reject), reject);
      id = request.id;
      if (this.#election.state.kind === "resigned") return this.#ledger.fail(id, hasLeft());
      if (this.#mustPresent) this.#present();
      if (this.#uplink !== undefined) this.#send(this.#uplink, request);
      else this.#awaitBroker();
    });
    return { id, reply };
  }

  /** Goes: the name and, where this is the broker, port and store are free when it resolves. */
  async leave(): Promise<void> {
    if (this.#election.state.kind === "resigned") return this.#goodbye;
    const uplink = this.#uplink;
    if (uplink !== undefined && this.#hello !== undefined) {
      const bye = this.request({ op: "bye" }).reply.catch(() => {});
      await this.#atMost(limits.resignMs / 2, bye);
    }
    this.#courtesy?.stop();
    this.#courtesy = undefined;
    this.#tell({ kind: "resign" });
    this.#uplink?.close();
    this.#uplink = undefined;
    this.#stopPatience?.();
    this.#ledger.failAll(hasLeft());
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
        this.#stopPatience?.();
        this.#stopPatience = undefined;
        return this.#ledger.failAll(effect.error);
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

  #isUrgent(): boolean {
    return this.#ledger.isUrgent(this.#options.clock.monotonicMs(), limits.courtesyMs);
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
    this.#connected(this.#leadership.openLocal(this.#uplinkEvents()));
  }

  #follow(): void {
    const line = this.#line;
    invariant(line !== undefined, "who follows has a connection");
    this.#line = undefined;
    this.#connected(line.follow(this.#uplinkEvents()));
  }

  #uplinkEvents(): UplinkEvents {
    return {
      onReply: (reply) => this.#ledger.close(reply),
      onLost: (silent) => {
        this.#uplink = undefined;
        if (this.#ledger.size > 0) this.#awaitBroker();
        const race = () => this.#tell({ kind: "lost", ...(silent ? { silent } : {}) });
        if (silent || this.#options.standing || this.#isUrgent()) race();
        else this.#leaveRace(race);
      },
    };
  }

  /** A new broker: this process presents itself again, then repeats what has no reply. */
  #connected(uplink: Uplink): void {
    this.#stopPatience?.();
    this.#stopPatience = undefined;
    const outstanding = this.#ledger.outstanding(this.#options.clock.monotonicMs());
    this.#uplink = uplink;
    this.#present();
    for (const request of outstanding) this.#send(uplink, request);
  }

  /** A request that no frame can carry fails, here and now: it would fail with every broker. */
  #send(uplink: Uplink, request: Request): void {
    try {
      uplink.send(request);
    } catch (error) {
      if (!(error instanceof HustingsError)) throw error;
      this.#ledger.fail(request.id, error);
    }
  }

  /**
   * Says hello where this process was a member before. A broker that cannot take it (a full disk)
   * can do nothing else for it: all calls fail with its reason, and the next call tries again.
   */
  #present(): void {
    const hello = this.#hello;
    this.#mustPresent = false;
    if (hello === undefined) return;
    this.request(hello).reply.then(({ name }) => this.renamed(name), (error) => {
      this.#mustPresent = true;
      this.#ledger.failAll(error);
    });
  }

  #abdicate(): void {
    const leadership = this.#leadership;
    invariant(leadership !== undefined, "who abdicates was the broker");
    this.#leadership = undefined;
    this.#uplink = undefined;
    // Who hands over, or resigns, still has the store at this moment.
    this.#goodbye = leadership.close({ fenced: this.#election.state.kind === "seeking" });
    if (this.#ledger.size > 0) this.#awaitBroker();
  }

  #rest(rounds: number): void {
    const longest = Math.min(limits.pauseMs * 2 ** (rounds - 1), limits.pauseMsMax);
    const delayMs = longest * (0.5 + this.#options.random.fraction() / 2);
    this.#options.clock.after(delayMs, () => this.#tell({ kind: "rested" }));
  }

  /** Calls wait for the next broker, but not for ever; a stopped election begins again. */
  #awaitBroker(): void {
    this.#endCourtesy();
    if (this.#stopPatience === undefined) this.#waitPatiently();
    if (this.#election.state.kind === "stopped") this.start();
  }

  #waitPatiently(): void {
    this.#stopPatience = this.#options.clock.after(limits.busDownMs, () => {
      // There is a bus, and it will answer.
      if (this.#options.world.isBrokerSlow()) return this.#waitPatiently();
      this.#stopPatience = undefined;
      this.#ledger.failAll(noBroker());
    });
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

function hasLeft(): HustingsError {
  return new HustingsError("bus_down", "This process has left the bus");
}

function noBroker(): HustingsError {
  return new HustingsError(
    "bus_down",
    `No broker could be reached for ${limits.busDownMs / 1000} s. Nothing was lost: ` +
      "what had a receipt is on disk; try again, and see 'hustings status'",
  );
}
