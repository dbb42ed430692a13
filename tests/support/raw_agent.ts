import { ownProgram } from "./own_program.ts";

/** Where a bus of its own lives. */
export interface BusPlace {
  readonly home: string;
  readonly port: number;
  /** How the program is started; the source by default, or a binary. */
  readonly program?: readonly string[];
  /** More variables for it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The process ended before it answered. */
export class AgentGone extends Error {
  override name = "AgentGone";
}

/** A tool said that it could not do what it was asked. */
export class ToolFailure extends Error {
  override name = "ToolFailure";
}

interface Answer {
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/**
 * The real program as an MCP server, driven by JSON lines and no library: light enough to run
 * dozens. It belongs to who started it and ends by `kill` or `close`.
 */
export class RawAgent {
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  #nextId = 1;
  #gone = false;
  #paused = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.pid = child.pid;
    this.#input = child.stdin.getWriter();
    this.ended = this.#read();
  }

  /** Starts the program for an AI client called `client` that works in `directory`. */
  static spawn(place: BusPlace, client: string, directory: string): RawAgent {
    const [command, ...args] = place.program ?? [Deno.execPath(), ...ownProgram];
    const child = new Deno.Command(command!, {
      args,
      cwd: directory,
      env: {
        HUSTINGS_HOME: place.home,
        HUSTINGS_PORT: String(place.port),
        CLAUDE_PROJECT_DIR: "",
        CLAUDE_CODE_SESSION_ID: "",
        HUSTINGS_NAME: "",
        ...place.env,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const agent = new RawAgent(child);
    agent.#initialize(client);
    return agent;
  }

  /** Starts it and resolves when it has its name on the bus. */
  static async start(place: BusPlace, client: string, directory: string): Promise<RawAgent> {
    const agent = RawAgent.spawn(place, client, directory);
    await agent.call("list", {});
    return agent;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** Calls a tool. Rejects with `ToolFailure` where it failed and `AgentGone` where nobody answers. */
  async call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
    const result = await this.#request("tools/call", { name, arguments: args });
    if (result["isError"] !== true) return result["structuredContent"] as Record<string, unknown>;
    const content = result["content"] as { text: string }[];
    throw new ToolFailure(content.map((part) => part.text).join("\n"));
  }

  /** From now on nobody reads what the process writes; it blocks once the pipe is full. */
  pauseReading(): void {
    this.#paused = true;
  }

  /** Ends the process as a crash does, and resolves when it is gone. */
  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    if (!this.#gone) this.#child.kill(signal);
    await this.ended;
  }

  /** Closes stdin, as a client does that goes, and resolves when the process has ended. */
  async close(): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.ended;
  }

  #initialize(client: string): void {
    this.#request("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: client, version: "1" },
    }).catch(() => {});
    this.#write({ method: "notifications/initialized" });
  }

  async #request(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = this.#nextId++;
    const answered = new Promise<Answer | undefined>((resolve) => this.#waiting.set(id, resolve));
    if (this.#gone) this.#abandon();
    else this.#write({ id, method, params });
    const answer = await answered;
    if (answer === undefined) throw new AgentGone(`Process ${this.pid} ended during ${method}`);
    if (answer.result !== undefined) return answer.result;
    throw new ToolFailure(answer.error?.message ?? "an answer without result and error");
  }

  #write(message: Record<string, unknown>): void {
    const line = `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
    this.#input.write(new TextEncoder().encode(line)).catch(() => {});
  }

  async #read(): Promise<void> {
    const lines = this.#child.stdout.pipeThrough(new TextDecoderStream());
    let rest = "";
    for await (const chunk of lines) {
      if (this.#paused) {
        await this.#child.status;
        break;
      }
      const parts = (rest + chunk).split("\n");
      rest = parts.pop()!;
      for (const line of parts) this.#take(JSON.parse(line));
    }
    await this.#child.status;
    this.#gone = true;
    this.#abandon();
    await this.#input.abort().catch(() => {});
  }

  #take(message: Answer & { readonly id?: number }): void {
    if (message.id === undefined) return;
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }

  #abandon(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
  }
}
