import type { Holder } from "../../lib/core/election.ts";
import { limits } from "../../lib/core/limits.ts";
import { Hub } from "../../lib/member/hub/hub.ts";
import type {
  BoundPort,
  Claim,
  Leadership,
  Sight,
  UplinkEvents,
  World,
} from "../../lib/member/world.ts";
import { Journal } from "../../lib/store/journal.ts";
import { startUpkeep } from "../../lib/member/start_upkeep.ts";
import type { Store } from "../../lib/store/store.ts";
import type { SimProcess } from "./sim_clock.ts";
import { SimLink } from "./sim_machine.ts";
import type { SimMachine, SimPort } from "./sim_machine.ts";

type Served = NonNullable<SimPort["serve"]>;

class SimBound implements BoundPort {
  constructor(readonly port: number, readonly close: () => void) {}
}

/** The world of one simulated process: ports, lock and connections of the simulated machine. */
export class SimWorld implements World<Store> {
  readonly #machine: SimMachine;
  readonly #process: SimProcess;
  readonly #store: Store;

  constructor(machine: SimMachine, process: SimProcess, store: Store) {
    this.#machine = machine;
    this.#process = process;
    this.#store = store;
  }

  hint(): number | undefined {
    return this.#machine.hint;
  }

  async look(
    port: number,
    bind: boolean,
    patienceMs: number,
  ): Promise<Sight> {
    const { ports, time } = this.#machine;
    if (bind) {
      await this.#moment();
      if (!ports.has(port)) return this.#bind(port);
    }
    const clock = time.clockOf(this.#process);
    return new Promise((resolve) => {
      clock.after(this.#machine.delayMs(), () => {
        const bound = ports.get(port);
        if (bound === undefined) return resolve({ event: { kind: "vanished", port } });
        const stop = clock.after(patienceMs, () => resolve({ event: { kind: "silent", port } }));
        const shake = (found: Served | undefined) => {
          const heard = () => {
            stop();
            if (found === undefined) resolve({ event: { kind: "vanished", port } });
            else resolve(this.#answered(port, bound.owner, found));
          };
          // The broker answers in its own time: not at all while it is stopped.
          const answerer = time.clockOf(found === undefined ? this.#process : bound.owner);
          answerer.after(this.#machine.delayMs(), () => clock.after(0, heard));
        };
        if (bound.serve === undefined) bound.queue.push(shake);
        else shake(bound.serve);
      });
    });
  }

  /** All live in one network: who is silent at the holder's port is the holder. */
  async ask({ port }: Holder): Promise<Sight> {
    const sight = await this.look(port, false, limits.silentMs);
    return sight.event.kind === "silent" ? { event: { ...sight.event, proven: true } } : sight;
  }

  isBrokerSlow(): boolean {
    return false;
  }

  #moment(): Promise<void> {
    const clock = this.#machine.time.clockOf(this.#process);
    return new Promise((resolve) => clock.after(this.#machine.delayMs(), resolve));
  }

  claim(port: number): Claim<Store> {
    const { lockOwner, holderEpoch } = this.#machine;
    const reign = this.#store.reign();
    const lockless = reign.epoch > holderEpoch;
    if (lockless) return { event: { kind: "held", holder: { ...reign, lockless } } };
    if (lockOwner !== undefined) {
      const holder = { port: lockOwner.port, pid: 0, epoch: lockOwner.epoch };
      return { event: { kind: "held", holder } };
    }
    return this.#claimed(port, this.#store.claim({ port, pid: 0, atMs: 0 }), true);
  }

  depose(port: number, judgedEpoch: number): Claim<Store> {
    const free = this.#machine.lockOwner === undefined;
    const epoch = this.#store.claimOver(judgedEpoch, { port, pid: 0, atMs: 0 });
    if (epoch === undefined) return { event: { kind: "held", holder: this.#store.reign() } };
    return this.#claimed(port, epoch, free);
  }

  #lock(port: number, epoch: number): void {
    this.#machine.lockOwner = { process: this.#process, port, epoch };
    this.#machine.holderEpoch = epoch;
  }

  #claimed(port: number, epoch: number, lock: boolean): Claim<Store> {
    if (lock) this.#lock(port, epoch);
    this.#machine.hint = port;
    return { event: { kind: "claimed", epoch }, hold: this.#store };
  }

  lead(
    bound: BoundPort,
    store: Store,
    epoch: number,
    onFenced: () => void,
    handOver?: () => void,
  ): Leadership {
    const { port } = bound as SimBound;
    const machine = this.#machine;
    const owner = this.#process;
    const clock = machine.time.clockOf(owner);
    const journal = new Journal(store, epoch, clock, onFenced);
    const facts = {
      pid: 0,
      port: () => port,
      epoch,
      sinceMs: 0,
      version: "",
      home: "",
      sizeBytes: () => 0,
      warnings: () => [],
    };
    const hub = new Hub({ journal, clock, facts, lastInstances: store.instances() });
    const stopUpkeep = startUpkeep(clock, (paused) => {
      if (paused) journal.run(() => {}).catch(() => {});
      if (machine.lockOwner === undefined) this.#lock(port, epoch);
    });
    const place = machine.ports.get(port)!;
    place.serve = { hub, epoch, handOver };
    for (const answer of place.queue.splice(0)) answer(place.serve);
    return {
      openLocal: ({ onReply }: UplinkEvents) => {
        const session = hub.open({ reply: (reply) => owner.state === "dead" || onReply(reply) }, {
          local: true,
        });
        return { send: (request) => session.receive(request), close: () => session.end() };
      },
      close: ({ fenced }) => {
        if (!fenced) journal.close();
        hub.close();
        stopUpkeep();
        machine.unbind(port, owner);
        if (machine.lockOwner?.process === owner) machine.lockOwner = undefined;
        for (const link of machine.links) if (link.broker === owner) link.break();
        return Promise.resolve();
      },
    };
  }

  #bind(port: number): Sight {
    const { ports } = this.#machine;
    ports.set(port, { owner: this.#process, queue: [] });
    const close = () => this.#machine.unbind(port, this.#process);
    return { event: { kind: "bound", port }, bound: new SimBound(port, close) };
  }

  #answered(port: number, broker: SimProcess, { hub, epoch }: Served): Sight {
    const ends = { caller: this.#process, broker };
    return {
      event: { kind: "answered", port, epoch },
      line: {
        follow: (events) => {
          const link = new SimLink(this.#machine, ends, hub, events);
          const serving = this.#machine.ports.get(port)?.serve?.hub === hub;
          if (!serving || broker.state === "dead") link.break();
          return link;
        },
        close: () => {},
      },
    };
  }
}
