import type { TemporaryBus } from "../support/bus_place.ts";
import { AgentGone, RawAgent, ToolFailure } from "../support/raw_agent.ts";
import { Tally } from "./tally.ts";

export interface Role {
  readonly kind: "sender" | "reader";
  readonly name: string;
  /** The machine on which its processes run. */
  readonly bus: TemporaryBus;
  agent: RawAgent;
  /** The loop of the process that has the role now. */
  loop: Promise<void>;
}

/**
 * Real processes under load, on one machine or on several that share a bus: senders that each send to the readers in turn, readers that wait and
 * read. A process that was killed is replaced by another one in the same directory.
 */
export class Load {
  readonly tally = new Tally();
  readonly roles: Role[] = [];
  /** A call that fails is counted, and the next one made; otherwise it ends the load of its role. */
  isPatient = false;
  readonly #machines: readonly TemporaryBus[];
  #sending = true;
  #reading = true;
  #generation = 0;

  constructor(...machines: readonly TemporaryBus[]) {
    this.#machines = machines;
  }

  async start(senders: number, readers: number): Promise<void> {
    for (let i = 0; i < readers; i++) this.roles.push(await this.#role("reader", `reader${i}`));
    for (let i = 0; i < senders; i++) this.roles.push(await this.#role("sender", `sender${i}`));
  }

  /** The role whose process is the broker, by the word of the bus. */
  broker(): Role {
    const { pid } = this.#machines[0]!.endpoint();
    const role = this.roles.find((candidate) => candidate.agent.pid === pid);
    if (role === undefined) throw new Error(`The broker ${pid} is none of the processes`);
    return role;
  }

  /** Waits until `count` more messages were acknowledged: the load runs. */
  async progress(count: number): Promise<void> {
    const goal = this.tally.acknowledgedCount + count;
    const isHopeful = () => this.isPatient || this.tally.failures.length === 0;
    while (this.tally.acknowledgedCount < goal && isHopeful()) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** Lets the senders stop; the readers go on to wait. */
  async quiet(): Promise<void> {
    this.#sending = false;
    await Promise.all(this.roles.filter((role) => role.kind === "sender").map((role) => role.loop));
  }

  /** Puts a new process into the place of one that was killed. */
  async replace(role: Role): Promise<void> {
    await role.loop;
    role.agent = await RawAgent.start(role.bus, "agent", role.bus.directory(role.name));
    role.loop = this.#run(role);
  }

  /** Lets the senders stop, the readers read what is left, and ends all processes. */
  async finish(): Promise<void> {
    await this.quiet();
    this.#reading = false;
    await Promise.all(this.roles.map((role) => role.loop));
    await Promise.all(this.roles.map((role) => role.agent.close()));
  }

  async #role(kind: Role["kind"], name: string): Promise<Role> {
    const bus = this.#machines[this.roles.length % this.#machines.length]!;
    const agent = await RawAgent.start(bus, "agent", bus.directory(name));
    const role: Role = { kind, name, bus, agent, loop: Promise.resolve() };
    role.loop = this.#run(role);
    return role;
  }

  async #run(role: Role): Promise<void> {
    const { agent } = role;
    try {
      if (role.kind === "sender") await this.#send(agent);
      else await this.#read(agent, role.name);
    } catch (error) {
      if (!(error instanceof AgentGone)) this.tally.failed(`${role.name}: ${error}`);
    }
  }

  async #send(agent: RawAgent): Promise<void> {
    const process = ++this.#generation;
    const readers = this.roles.filter((role) => role.kind === "reader");
    for (let counter = 0; this.#sending; counter++) {
      const text = `${process}.${counter}`;
      const reader = readers[counter % readers.length]!;
      this.tally.attempted(text);
      const send = agent.call("send", { to: `agent-${reader.name}`, text });
      if (await this.#result(send) !== undefined) this.tally.acknowledged(text);
    }
  }

  /** Ends when nothing more comes and the senders are done. */
  async #read(agent: RawAgent, name: string): Promise<void> {
    for (;;) {
      const last = !this.#reading;
      const result = await this.#result(agent.call("check", last ? {} : { wait_s: 1 }));
      if (result === undefined) continue;
      const messages = result["messages"] as { text: string; redelivered?: string }[];
      for (const { text, redelivered } of messages) {
        this.tally.read(name, text, redelivered !== undefined);
      }
      if (last && messages.length === 0) return;
    }
  }

  /** What a call answered; undefined where it failed and others follow. */
  async #result(call: Promise<Record<string, unknown>>) {
    try {
      return await call;
    } catch (error) {
      if (!this.isPatient || !(error instanceof ToolFailure)) throw error;
      this.tally.failed(String(error));
      return undefined;
    }
  }
}
