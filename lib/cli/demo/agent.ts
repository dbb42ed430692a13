// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { ListResult, StatusResult } from "../../core/types.ts";
import { ownCommand } from "../own_command.ts";
import { ChildTransport } from "./child_transport.ts";

/** Which client an agent plays. */
export interface Part {
  /** As people call it. */
  readonly title: string;
  /** What it announces at MCP's `initialize`. */
  readonly announced: string;
}

/** A message as the model behind an agent reads it. */
export interface Heard {
  readonly id: number;
  readonly from: string;
  readonly text: string;
  readonly ["reply_to"]?: number;
  readonly redelivered?: string;
}

/** A receipt as the model reads it: for each reader the words that say how it will notice. */
export interface Sent {
  readonly id: number;
  readonly state: string;
  readonly to: Readonly<Record<string, string>>;
  readonly replies?: readonly Heard[];
}

/** The state of the bus as an agent sees it. */
export type View = ListResult & StatusResult & {
  readonly broker: NonNullable<StatusResult["broker"]>;
};

/** Variables of whoever runs the demo that would colour it, from inside of an AI client for example. */
const neutral = { CLAUDE_PROJECT_DIR: "", HUSTINGS_NAME: "" };

/** One AI agent of the demo: a real MCP client with its own process of this program behind it. */
export class Agent {
  readonly title: string;
  readonly #client: Client;
  readonly #transport: ChildTransport;

  constructor(part: Part, place: { directory: string; env: Readonly<Record<string, string>> }) {
    this.title = part.title;
    this.#client = new Client({ name: part.announced, version: "1.0.0" });
    const { command, args } = ownCommand();
    this.#transport = new ChildTransport(command, {
      args: [...args],
      cwd: place.directory,
      env: { ...neutral, ...place.env },
    });
  }

  /** The number of its process. */
  get pid(): number {
    return this.#transport.pid ?? 0;
  }

  /**
   * Starts the process, shakes hands and asks once: the answer comes when it is on the bus. Rejects
   * with what the process said when it does not answer.
   */
  async start(): Promise<void> {
    try {
      await this.#client.connect(this.#transport);
      await this.names();
    } catch (cause) {
      throw new Error(`${this.title} could not start: ${this.#transport.complaints || cause}`, {
        cause,
      });
    }
  }

  send(to: string, text: string): Promise<Sent> {
    return this.#call("send", { to, text });
  }

  /** Answers a message; it goes to who asked. */
  answer(id: number, text: string): Promise<Sent> {
    return this.#call("send", { text, reply_to: id });
  }

  /** Asks and waits for the answer, in one call; undefined when none came in time. */
  async ask(to: string, text: string, waitS: number): Promise<Heard | undefined> {
    const { replies } = await this.#call<Sent>("send", { to, text, wait_s: waitS });
    return replies?.[0];
  }

  async check(waitS = 0): Promise<readonly Heard[]> {
    const { messages } = await this.#call<{ messages: Heard[] }>("check", { wait_s: waitS });
    return messages;
  }

  /** The names that it lists, in alphabetical order. */
  async names(): Promise<string[]> {
    const { agents } = await this.#call<{ agents: { name: string }[] }>("list", {});
    return agents.map(({ name }) => name).toSorted();
  }

  /** Takes another name and returns it. */
  async rename(wanted: string): Promise<string> {
    const { name } = await this.#call<{ name: string }>("rename", { name: wanted });
    return name;
  }

  /** Reads the resource that tells the state of the bus. */
  async view(): Promise<View> {
    const { contents: [content] } = await this.#client.readResource({ uri: "hustings://status" });
    if (content === undefined || !("text" in content)) throw new Error("The status has no text");
    return JSON.parse(content.text);
  }

  /** Ends the process as its client does in peace: by closing its input. */
  async leave(): Promise<void> {
    await this.#transport.close();
  }

  /** Ends the process with SIGKILL: it can neither say nor write anything any more. */
  async kill(): Promise<void> {
    await this.#transport.kill();
  }

  async #call<T>(tool: string, parameters: Record<string, unknown>): Promise<T> {
    const result = await this.#client.callTool({ name: tool, arguments: parameters });
    if (result.isError) throw new Error(`${this.title}: ${JSON.stringify(result.content)}`);
    return result.structuredContent as T;
  }
}
