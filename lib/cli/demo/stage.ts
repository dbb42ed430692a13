import { invariant } from "../../core/invariant.ts";
import { Agent } from "./agent.ts";
import type { Part } from "./agent.ts";
import { freePorts } from "./free_ports.ts";

/** Where the demo plays: a temporary home, ports of its own, and every process that it starts. */
export class Stage {
  readonly #root: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #agents: Agent[] = [];
  #cleared: Promise<void> | undefined;

  private constructor(root: string, port: number) {
    this.#root = root;
    this.#environment = {
      HUSTINGS_HOME: `${root}/home`,
      HUSTINGS_PORT: String(port),
      HUSTINGS_URL: "local",
    };
  }

  /** Makes the place. `close` takes it away again. */
  static async open(): Promise<Stage> {
    const root = await Deno.makeTempDir({ prefix: "hustings-demo-" });
    await Deno.mkdir(`${root}/home`, { mode: 0o700 });
    await Deno.mkdir(`${root}/shop`);
    return new Stage(root, freePorts());
  }

  /** Starts an agent in the directory `shop`; resolves once it is on the bus. */
  async enter(part: Part): Promise<Agent> {
    invariant(this.#cleared === undefined, "nobody enters a stage that is being cleared");
    const agent = new Agent(part, { directory: `${this.#root}/shop`, env: this.#environment });
    this.#agents.push(agent);
    await agent.start();
    return agent;
  }

  /** Lets every agent leave in peace, as its client would, then removes the place. */
  async close(): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.leave()));
    await this.clear();
  }

  /** Ends every agent at once and removes the place: for when the demo is interrupted or has failed. */
  clear(): Promise<void> {
    this.#cleared ??= Promise.all(this.#agents.map((agent) => agent.kill()))
      .then(() => Deno.remove(this.#root, { recursive: true }));
    return this.#cleared;
  }
}
