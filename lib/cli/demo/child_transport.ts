import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types";

/** How much of what a process complains is kept, in characters: enough for an error and its cause. */
const complaintsLength = 2_000;

/**
 * MCP to a process that it starts, over stdin and stdout. The SDK's own client of this kind rests on
 * Node's processes and timers, which a bundled and compiled Deno program does not have as it expects.
 */
export class ChildTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;

  readonly #command: Deno.Command;
  #child: Deno.ChildProcess | undefined;
  #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | undefined;
  #ended: Promise<void> = Promise.resolve();
  #complaints = "";

  constructor(command: string, options: Deno.CommandOptions) {
    const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    this.#command = new Deno.Command(command, { ...options, ...piped });
  }

  /** The number of its process; undefined before the start. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The end of what the process wrote to stderr. */
  get complaints(): string {
    return this.#complaints;
  }

  start(): Promise<void> {
    const child = this.#command.spawn();
    this.#child = child;
    this.#input = child.stdin.getWriter();
    const ends = [this.#read(child), this.#listen(child), child.status];
    // What cannot be read ends the conversation, and the calls that wait for it say so.
    this.#ended = Promise.allSettled(ends).then(() => this.onclose?.());
    return Promise.resolve();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.#input!.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  }

  /** Closes the process's input, as clients do in peace, and resolves when it has ended. */
  async close(): Promise<void> {
    // It may have been closed from the other end.
    await this.#input?.close().catch(() => {});
    await this.#ended;
  }

  /** Ends the process with SIGKILL and resolves when it has ended. */
  async kill(): Promise<void> {
    try {
      this.#child?.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#ended;
  }

  async #read({ stdout }: Deno.ChildProcess): Promise<void> {
    let rest = "";
    for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.onmessage?.(JSON.parse(line));
    }
  }

  async #listen({ stderr }: Deno.ChildProcess): Promise<void> {
    for await (const part of stderr.pipeThrough(new TextDecoderStream())) {
      this.#complaints = (this.#complaints + part).slice(-complaintsLength);
    }
  }
}
