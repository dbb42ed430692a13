import type { ByteStreams } from "../../lib/mcp/deno_stdio_transport.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Both ends of an MCP client's pipes: a test writes lines, reads answers, and holds the output up. */
export class ScriptedStreams implements ByteStreams {
  readonly input = { read: (into: Uint8Array) => this.#read(into) };
  readonly output = { write: (bytes: Uint8Array) => this.#write(bytes) };
  /** Called before each write with the bytes offered; returns how many are taken. */
  onwrite: (bytes: Uint8Array) => number | Promise<number> = (bytes) => bytes.length;

  #written = "";
  #chunks: Uint8Array[] = [];
  #ended = false;
  #arrived: () => void = () => {};
  #grown = Promise.withResolvers<void>();

  /** Gives the program one message, or a line of text as it is. */
  say(message: unknown): void {
    const line = typeof message === "string" ? message : JSON.stringify(message);
    this.give(encoder.encode(`${line}\n`));
  }

  /** Gives the program bytes. */
  give(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#arrived();
  }

  /** From now on writes wait: `offered` resolves with the first of them, `open` lets all go on. */
  hold(): { readonly offered: Promise<void>; readonly open: () => void } {
    const offered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    this.onwrite = async (bytes) => {
      offered.resolve();
      await gate.promise;
      return bytes.length;
    };
    return { offered: offered.promise, open: gate.resolve };
  }

  /** Ends the program's input. */
  end(): void {
    this.#ended = true;
    this.#arrived();
  }

  /** The complete lines written so far, parsed. */
  get answers(): Record<string, unknown>[] {
    return this.#written.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }

  /** Resolves with the answer to request `id`, once it is written. */
  answer(id: unknown): Promise<Record<string, unknown>> {
    return this.#find((line) => line["id"] === id && !("method" in line));
  }

  /** Resolves with the id of the first ping that the program sends, once it is written. */
  async ping(): Promise<unknown> {
    return (await this.#find((line) => line["method"] === "ping"))["id"];
  }

  /** Resolves with the id of the `nth` request of `method` that the program sends, once it is written. */
  async asked(method: string, nth: number): Promise<unknown> {
    let seen = 0;
    for (;; await this.#grown.promise, seen = 0) {
      const found = this.answers.find((line) => line["method"] === method && ++seen === nth);
      if (found !== undefined) return found["id"];
    }
  }

  async #find(fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.answers.find(fits);
      if (found !== undefined) return found;
      await this.#grown.promise;
    }
  }

  async #read(into: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
    const chunk = this.#chunks[0]!;
    const taken = chunk.subarray(0, into.length);
    into.set(taken);
    if (taken.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(taken.length);
    return taken.length;
  }

  async #write(bytes: Uint8Array): Promise<number> {
    const count = await this.onwrite(bytes);
    this.#written += decoder.decode(bytes.subarray(0, count), { stream: true });
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
    return count;
  }
}
