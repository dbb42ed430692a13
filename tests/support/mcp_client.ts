// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types";
import { ChildTransport } from "../../lib/cli/demo/child_transport.ts";
import type { HustingsProcess } from "./hustings_process.ts";
import { ownProgram } from "./own_program.ts";

export interface ClientOptions {
  /** What it announces itself as. */
  readonly announced?: string;
  /** The name that it wishes, through `HUSTINGS_NAME`. */
  readonly name?: string;
  /** It reads nothing of what the program writes, until it is ended. */
  readonly deaf?: boolean;
  /** Variables that the client sets for it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a tool answered. */
export interface Answer {
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- what a test expects there, it says
  readonly fields: any;
  readonly isError: boolean;
}

/** A client made with the SDK, and the real program that it started on the bus of a test. */
export class McpClient implements AsyncDisposable {
  readonly client: Client;
  readonly pid: number;

  private constructor(client: Client, pid: number) {
    this.client = client;
    this.pid = pid;
  }

  static async start(bus: HustingsProcess, options: ClientOptions = {}): Promise<McpClient> {
    const transport = new ChildTransport(Deno.execPath(), {
      args: ownProgram,
      cwd: bus.shop,
      env: environment(bus, options),
    });
    const client = new Client({ name: options.announced ?? "test-agent", version: "1.0.0" });
    await client.connect(transport);
    return new McpClient(client, transport.pid!);
  }

  /** Calls a tool; a call that `signal` ends rejects. */
  async call(name: string, args: Record<string, unknown> = {}, signal?: AbortSignal) {
    const params = { name, arguments: args };
    return answerOf(
      await this.client.callTool(params, undefined, signal === undefined ? {} : { signal }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

/** The real program with bare pipes, for what no SDK would send. */
export class RawClient implements AsyncDisposable {
  readonly pid: number;
  /** Every line that it wrote to stdout so far. */
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #hears = Promise.withResolvers<void>();
  readonly #output: Promise<void>;
  #grown = Promise.withResolvers<void>();
  #over = false;

  constructor(bus: HustingsProcess, options: ClientOptions = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ownProgram,
      cwd: bus.shop,
      env: environment(bus, options),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.pid = this.#child.pid;
    this.#input = this.#child.stdin.getWriter();
    if (!options.deaf) this.#hears.resolve();
    this.#output = this.#read();
  }

  /** Sends one message, or a line as it is. */
  async say(message: unknown): Promise<void> {
    const line = typeof message === "string" ? message : JSON.stringify(message);
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Sends the handshake of a client that speaks `protocolVersion`, without waiting for the answer. */
  async greet(protocolVersion: string, announced = "test-agent"): Promise<void> {
    const clientInfo = { name: announced, version: "1" };
    const params = { protocolVersion, capabilities: {}, clientInfo };
    await this.say({ jsonrpc: "2.0", id: "initialize", method: "initialize", params });
    await this.say({ jsonrpc: "2.0", method: "notifications/initialized" });
  }

  /** The same; resolves with the result of `initialize`. */
  // deno-lint-ignore no-explicit-any -- what a test expects there, it says
  async initialize(protocolVersion: string, announced?: string): Promise<any> {
    await this.greet(protocolVersion, announced);
    return (await this.answer("initialize")).result;
  }

  /** Resolves with the answer to `id`; rejects when stdout ends without it. */
  // deno-lint-ignore no-explicit-any -- what a test expects there, it says
  async answer(id: unknown): Promise<any> {
    return await this.#first(
      `answer to ${JSON.stringify(id)}`,
      (line) => line.id === id && !("method" in line),
    );
  }

  /** Resolves with the first notification of `method`; rejects when stdout ends without it. */
  // deno-lint-ignore no-explicit-any -- what a test expects there, it says
  async notification(method: string): Promise<any> {
    return await this.#first(`notification ${method}`, (line) => line.method === method);
  }

  // deno-lint-ignore no-explicit-any -- what a test expects there, it says
  async #first(what: string, isIt: (line: any) => boolean): Promise<any> {
    for (;;) {
      const found = this.lines.map((line) => JSON.parse(line)).find(isIt);
      if (found !== undefined) return found;
      if (this.#over) throw new Error(`No ${what}: ${this.lines}`);
      await this.#grown.promise;
    }
  }

  /** Closes its stdin; resolves when it ended. */
  async end(): Promise<Deno.CommandStatus> {
    this.#hears.resolve();
    await this.#input.close();
    await this.#output;
    return await this.#child.status;
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    this.#hears.resolve();
    await this.#output;
    await this.#input.close().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) await this.kill();
  }

  async #read(): Promise<void> {
    await this.#hears.promise;
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      this.lines.push(...lines);
      for (const line of lines) await this.#pong(line);
      this.#tell();
    }
    if (rest !== "") this.lines.push(rest);
    this.#over = true;
    this.#tell();
  }

  /** Like every client, it answers a ping. */
  async #pong(line: string): Promise<void> {
    const { id, method } = JSON.parse(line);
    if (method === "ping") await this.say({ jsonrpc: "2.0", id, result: {} }).catch(() => {});
  }

  #tell(): void {
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }
}

/** The answer inside the result of a `tools/call`. */
export function answerOf(result: unknown): Answer {
  const { content, structuredContent, isError } = result as CallToolResult;
  const first = content[0];
  const text = first?.type === "text" ? first.text : "";
  return { text, fields: structuredContent, isError: isError === true };
}

function environment(bus: HustingsProcess, { name, env }: ClientOptions): Record<string, string> {
  return { ...bus.environment(), HUSTINGS_NAME: name ?? "", ...env };
}
