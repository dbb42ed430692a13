import type { CheckResult } from "../../lib/core/types.ts";
import type { Operation } from "../../lib/core/operations.ts";
import type { Reply } from "../../lib/core/wire.ts";
import { SimProcess } from "./sim_clock.ts";
import { SimLink } from "./sim_machine.ts";
import type { SimMachine } from "./sim_machine.ts";

/** Of whose session a hook is. */
export interface SimKin {
  readonly client: string;
  readonly directory: string;
  readonly session: string;
}

/**
 * A short process that speaks for a session, at whichever broker it finds: also one that was passed
 * over and does not know it yet. What it asks is not asked again when its connection ends.
 */
export class SimHook {
  readonly process = new SimProcess();
  readonly #machine: SimMachine;
  readonly #waiting = new Map<number, (reply: Reply | undefined) => void>();
  #link: SimLink | undefined;
  #lastId = 0;

  constructor(machine: SimMachine) {
    this.#machine = machine;
    const brokers = [...machine.ports.values()].filter(({ serve }) => serve !== undefined);
    if (brokers.length === 0) return;
    const { owner, serve } = machine.random.pick(brokers);
    this.#link = new SimLink(machine, { caller: this.process, broker: owner }, serve!.hub, {
      onReply: (reply) => this.#answer(reply.id, reply),
      onLost: () => this.end(),
    });
  }

  /** What is queued for the session, leased to this hook; undefined where it did not get that far. */
  async read(kin: SimKin, instance: string): Promise<CheckResult | undefined> {
    const attended = await this.#ask({ op: "attend", instance, ...kin });
    if (attended === undefined || !("ok" in attended)) return undefined;
    const checked = await this.#ask({ op: "check", waitMs: 0, textBytes: 20 });
    return checked !== undefined && "ok" in checked ? checked.ok as CheckResult : undefined;
  }

  /** True once the broker has it on disk that the messages were shown. */
  async acknowledge(messages: readonly number[]): Promise<boolean> {
    const reply = await this.#ask({ op: "ack", messages });
    return reply !== undefined && "ok" in reply;
  }

  /** Resolves after that time, or with the end of the process. */
  rest(forMs: number): Promise<unknown> {
    if (this.process.state === "dead") return Promise.resolve();
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#machine.time.clockOf(this.process).after(forMs, () => this.#answer(id, undefined));
    });
  }

  /** The process ends, and with it its connection. */
  end(): void {
    this.process.state = "dead";
    this.#link = undefined;
    this.#machine.reap(this.process);
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined);
  }

  #ask(operation: Operation): Promise<Reply | undefined> {
    const link = this.#link;
    if (link === undefined) return Promise.resolve(undefined);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      link.send({ id, operation });
    });
  }

  #answer(id: number, reply: Reply | undefined): void {
    this.#waiting.get(id)?.(reply);
    this.#waiting.delete(id);
  }
}
