import type { Request } from "../../lib/core/wire.ts";
import { encodeReply, encodeRequest } from "../../lib/core/wire.ts";
import { decodeReply, decodeRequest } from "../../lib/core/wire.ts";
import type { Session } from "../../lib/member/hub/session.ts";
import type { Hub } from "../../lib/member/hub/hub.ts";
import { Pulse } from "../../lib/member/pulse.ts";
import type { Uplink, UplinkEvents } from "../../lib/member/world.ts";
import type { SeededRandom } from "../support/seeded.ts";
import type { SimProcess, SimTime } from "./sim_clock.ts";

/** A port that a simulated process has bound; callers wait in `queue` until it serves. */
export interface SimPort {
  readonly owner: SimProcess;
  serve?: {
    readonly hub: Hub;
    readonly epoch: number;
    /** Somebody asks the broker for its place. */
    readonly handOver?: (() => void) | undefined;
  };
  readonly queue: ((found: { hub: Hub; epoch: number } | undefined) => void)[];
}

/** What all simulated processes share: ports, the lock of the store, time and chance. */
export class SimMachine {
  readonly ports = new Map<number, SimPort>();
  readonly links = new Set<SimLink>();
  readonly time: SimTime;
  readonly random: SeededRandom;
  lockOwner:
    | { readonly process: SimProcess; readonly port: number; readonly epoch: number }
    | undefined;
  hint: number | undefined;
  /** The epoch of the last one who had the lock, as it noted beside it. */
  holderEpoch = 0;

  constructor(time: SimTime, random: SeededRandom) {
    this.time = time;
    this.random = random;
  }

  /** A short time, mostly; now and then a long one. */
  delayMs(): number {
    return this.random.fraction() < 0.02 ? this.random.whole(50, 800) : this.random.fraction() * 2;
  }

  unbind(port: number, owner: SimProcess): void {
    const bound = this.ports.get(port);
    if (bound?.owner !== owner) return;
    this.ports.delete(port);
    for (const answer of bound.queue.splice(0)) answer(undefined);
  }

  /** Somebody who is no agent asks whoever serves to hand over. */
  handOver(): void {
    for (const { owner, serve } of [...this.ports.values()]) {
      if (owner.state === "running") serve?.handOver?.();
    }
  }

  /** What the system does for a process that ends: ports, lock and connections are gone. */
  reap(owner: SimProcess): void {
    for (const [port, bound] of this.ports) if (bound.owner === owner) this.unbind(port, owner);
    if (this.lockOwner?.process === owner) this.lockOwner = undefined;
    for (const link of this.links) if (link.caller === owner || link.broker === owner) link.break();
  }
}

/**
 * A connection from a follower to a broker: frames arrive late, in order, and, once it broke, not at
 * all. They go through the real encoders and decoders.
 */
export class SimLink implements Uplink {
  readonly caller: SimProcess;
  readonly broker: SimProcess;
  readonly #machine: SimMachine;
  readonly #session: Session;
  readonly #events: UplinkEvents;
  #broken = false;
  #over = false;
  readonly #pulse: Pulse;
  #lastToBrokerMs = 0;
  #lastToCallerMs = 0;

  constructor(
    machine: SimMachine,
    ends: { readonly caller: SimProcess; readonly broker: SimProcess },
    hub: Hub,
    events: UplinkEvents,
  ) {
    this.#machine = machine;
    this.caller = ends.caller;
    this.broker = ends.broker;
    this.#events = events;
    this.#session = hub.open({
      reply: (reply) => {
        const bytes = encodeReply(reply);
        this.#toCaller(() => {
          const said = decodeReply(bytes);
          if ("event" in said) return this.break();
          this.#pulse.heard(said.id !== 0);
          if (said.id !== 0) events.onReply(said);
        });
      },
    });
    const clock = machine.time.clockOf(this.caller);
    this.#pulse = new Pulse({
      clock,
      ping: () => this.#toBroker({ id: 0, operation: { op: "ping" } }),
      onSilent: () => this.#lose(true),
    });
    machine.links.add(this);
  }

  send(request: Request): void {
    this.#pulse.sent();
    this.#toBroker(request);
  }

  #toBroker(request: Request): void {
    const bytes = encodeRequest(request);
    this.#later(this.broker, "broker", () => this.#session.receive(decodeRequest(bytes)));
  }

  /** The caller hangs up. */
  close(): void {
    this.#over = true;
    this.#pulse.stop();
    this.break();
  }

  #lose(silent: boolean): void {
    if (this.#over) return;
    this.close();
    this.#events.onLost(silent);
  }

  /** What is under way is lost; each end notices in its own time. */
  break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#machine.links.delete(this);
    const { time } = this.#machine;
    const { random } = this.#machine;
    time.clockOf(this.broker).after(random.fraction(), () => this.#session.end());
    time.clockOf(this.caller).after(random.fraction(), () => this.#lose(false));
  }

  #toCaller(deliver: () => void): void {
    this.#later(this.caller, "caller", deliver);
  }

  #later(receiver: SimProcess, side: "broker" | "caller", deliver: () => void): void {
    const { time } = this.#machine;
    const last = side === "broker" ? this.#lastToBrokerMs : this.#lastToCallerMs;
    const dueMs = Math.max(last, time.nowMs + this.#machine.delayMs());
    if (side === "broker") this.#lastToBrokerMs = dueMs;
    else this.#lastToCallerMs = dueMs;
    time.clockOf(receiver).after(dueMs - time.nowMs, () => {
      if (!this.#broken) deliver();
    });
  }
}
