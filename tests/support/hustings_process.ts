// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { ChildTransport } from "../../lib/cli/demo/child_transport.ts";
import { freeBase } from "./free_ports.ts";
import { ownProgram } from "./own_program.ts";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What is piped to its stdin, which is empty otherwise. */
  readonly stdin?: string | Uint8Array<ArrayBuffer>;
  /** Nobody closes the pipe after that. */
  readonly stdinStaysOpen?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs, instead of the directory `shop`. */
  readonly directory?: string;
}

/** An agent: an MCP client and the process of the program that it started. */
export interface AgentProcess {
  readonly client: Client;
  readonly pid: number;
}

/**
 * A bus of its own for one test: a temporary home, a port base that was free a moment ago, and the
 * real program run from outside. `await using` ends what still runs and removes the directory.
 */
export class HustingsProcess implements AsyncDisposable {
  readonly root: string;
  readonly home: string;
  /** Where commands run unless told otherwise. */
  readonly shop: string;
  readonly port: number;
  readonly #children = new Set<Deno.ChildProcess>();
  readonly #clients: Client[] = [];

  private constructor(root: string, port: number) {
    this.root = root;
    this.home = `${root}/home`;
    this.shop = `${root}/shop`;
    this.port = port;
  }

  static async create(): Promise<HustingsProcess> {
    // The real path: on macOS the temporary directory is behind a symbolic link.
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "hustings-test-" }));
    const made = new HustingsProcess(root, freeBase());
    await Deno.mkdir(made.shop);
    return made;
  }

  /** Runs one command to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const child = this.start(args, options);
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Runs one command and reads its stdout as one JSON value. Throws with its stderr when it is none. */
  async json(args: readonly string[], options: RunOptions = {}): Promise<unknown> {
    const { code, stdout, stderr } = await this.run([...args, "--json"], options);
    try {
      return JSON.parse(stdout);
    } catch (cause) {
      throw new Error(`'${args.join(" ")}' ended with ${code}: ${stdout}${stderr}`, { cause });
    }
  }

  /** The words that start the program. */
  command(): readonly string[] {
    return [Deno.execPath(), ...ownProgram];
  }

  /** Starts one command; what it reads from stdin is written already. */
  start(args: readonly string[], options: RunOptions = {}): Deno.ChildProcess {
    const { stdin, env, directory } = options;
    const child = new Deno.Command(Deno.execPath(), {
      args: [...ownProgram, ...args],
      cwd: directory ?? this.shop,
      env: { ...this.environment(), ...env },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#children.add(child);
    child.status.then(() => this.#children.delete(child));
    // A program that refuses its input early is no failure of the test.
    if (stdin !== undefined) {
      const preventClose = options.stdinStaysOpen === true;
      ReadableStream.from([bytesOf(stdin)]).pipeTo(child.stdin, { preventClose }).catch(() => {});
    }
    return child;
  }

  /** Starts an agent that announces itself as `announced`. */
  async agent(announced: string): Promise<AgentProcess> {
    const transport = new ChildTransport(Deno.execPath(), {
      args: ownProgram,
      cwd: this.shop,
      env: { HUSTINGS_NAME: "", ...this.environment() },
    });
    const client = new Client({ name: announced, version: "1.0.0" });
    this.#clients.push(client);
    await client.connect(transport);
    return { client, pid: transport.pid! };
  }

  /** The variables that lead the program to this bus, and none that a client around the tests has set. */
  environment(): Record<string, string> {
    const bus = {
      ...{ HUSTINGS_HOME: this.home, HUSTINGS_PORT: String(this.port), NO_COLOR: "" },
      HUSTINGS_URL: "",
    };
    const claude = { CLAUDE_PROJECT_DIR: "", CLAUDE_CODE_SESSION_ID: "", CLAUDE_PID: "" };
    const more = { CLAUDECODE: "1", CLAUDE_CODE_SESSION_ATTENDED: "", HUSTINGS_CHANNEL: "" };
    return { ...bus, ...claude, ...more };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all([...this.#children].map((child) => child.status));
    await Promise.all(this.#clients.map((client) => client.close()));
    await Deno.remove(this.root, { recursive: true });
  }
}

function bytesOf(text: string | Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}
