import { agentDirectory } from "../agents/agent_directory.ts";
import type { ClientProfile } from "../agents/clients.ts";
import { findClient } from "../agents/find_client.ts";
import { findRepository, readBranch } from "../agents/find_repository.ts";
import type { Repository } from "../agents/find_repository.ts";
import { sessionOfCall, sessionOfProcess } from "../agents/session_id.ts";
import type { Bus } from "../bus/bus.ts";
import { mcpLog } from "./mcp_log.ts";
import type { Waker } from "./waker.ts";

/** The agent that this process serves: which client it runs in, and its place on the bus. */
export class Session {
  readonly bus: Bus;
  readonly #waker: Waker | undefined;
  readonly #onJoined: () => void;
  #client: ClientProfile = findClient("");
  #joining: Promise<void> | undefined;
  #name = "";
  #notice: string | undefined;
  /** The client's own id of the conversation, once it has told it. */
  #session: string | undefined;
  #repository: Repository | undefined;
  #branch: string | undefined;
  #directory = "";

  /**
   * `waker`: what wakes the agent where it is idle; it is told when there is an agent to wake. `onJoined`
   * is called once the agent is on the bus, and its environment has been read.
   */
  constructor(bus: Bus, waker?: Waker, onJoined: () => void = () => {}) {
    this.bus = bus;
    this.#waker = waker;
    this.#onJoined = onJoined;
  }

  get client(): ClientProfile {
    return this.#client;
  }

  /** The name on the bus; empty before the first join is done. */
  get name(): string {
    return this.#name;
  }

  /** Where the agent works; empty before the first join has begun. */
  get directory(): string {
    return this.#directory;
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

  /**
   * The client calls a tool, with `meta` beside it: tells the bus where that shows another conversation,
   * or the repository has another branch by now. Does not reject: a call does not fail for this.
   */
  async called(meta: unknown): Promise<void> {
    const former = { session: this.#session, branch: this.#branch };
    const session = sessionOfCall(this.#client.short, meta) ?? former.session;
    const branch = this.#readBranch() ?? former.branch;
    if (session === former.session && branch === former.branch) return;
    // Noted before it is told: calls come several at once.
    this.#session = session;
    this.#branch = branch;
    try {
      const { name } = await this.bus.present({
        ...(session === undefined ? {} : { session }),
        ...(branch === undefined ? {} : { branch }),
      });
      this.#name = name;
      this.#waker?.follow(this.#client, session);
    } catch (error) {
      this.#session = former.session;
      this.#branch = former.branch;
      mcpLog(`present: ${error}`);
    }
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
    const directory = this.#directory = agentDirectory(client);
    const session = this.#session = sessionOfProcess(client);
    const repository = this.#repository = findRepository(directory);
    const branch = this.#branch = this.#readBranch();
    const hello = await this.bus.join({
      client,
      directory,
      parent: Deno.ppid,
      ...(wished === "" ? {} : { name: wished }),
      ...(session === undefined ? {} : { session }),
      ...(repository === undefined ? {} : { repository: repository.directory }),
      ...(branch === undefined ? {} : { branch }),
    });
    this.#name = hello.name;
    this.#waker?.follow(this.#client, session);
    this.#onJoined();
    if (wished !== "" && hello.wanted !== undefined) {
      this.#notice =
        `The name '${hello.wanted}' (HUSTINGS_NAME) is taken: you are '${hello.name}'.`;
    }
  }

  #readBranch(): string | undefined {
    return this.#repository && readBranch(this.#repository.head);
  }
}
