import { agentDirectory } from "../agents/agent_directory.ts";
import type { ClientProfile } from "../agents/clients.ts";
import { findClient } from "../agents/find_client.ts";
import type { Bus } from "../bus/bus.ts";
import { mcpLog } from "./mcp_log.ts";

/** The agent that this process serves: which client it runs in, and its place on the bus. */
export class Session {
  readonly bus: Bus;
  #client: ClientProfile = findClient("");
  #joining: Promise<void> | undefined;
  #name = "";
  #notice: string | undefined;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  get client(): ClientProfile {
    return this.#client;
  }

  /** The name on the bus; empty before the first join is done. */
  get name(): string {
    return this.#name;
  }

  /** The client has said who it is (`clientInfo.name`). */
  announced(clientName: string): void {
    this.#client = findClient(clientName);
  }

  /** The client is ready: its agent joins now, except where it only tests the connection. */
  ready(): void {
    if (this.#client.probe) return;
    this.join().catch((error) => mcpLog(`join: ${error}`));
  }

  /** Resolves when the agent is on the bus. A join that failed is tried again by the next call. */
  join(): Promise<void> {
    this.#joining ??= this.#join().catch((error) => {
      this.#joining = undefined;
      throw error;
    });
    return this.#joining;
  }

  renamed(name: string): void {
    this.#name = name;
  }

  /** What the agent should be told once, with its next result. */
  takeNotice(): string | undefined {
    const notice = this.#notice;
    this.#notice = undefined;
    return notice;
  }

  async #join(): Promise<void> {
    const wished = Deno.env.get("HUSTINGS_NAME") ?? "";
    const client = this.#client.short;
    const hello = await this.bus.join({
      client,
      directory: agentDirectory(client),
      ...(wished === "" ? {} : { name: wished }),
    });
    this.#name = hello.name;
    if (wished !== "" && hello.wanted !== undefined) {
      this.#notice =
        `The name '${hello.wanted}' (HUSTINGS_NAME) is taken: you are '${hello.name}'.`;
    }
  }
}
