import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type { JSONRPCMessage, MessageExtraInfo, RequestId } from "@modelcontextprotocol/sdk/types";
// @ts-types="@modelcontextprotocol/sdk/types"
import { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import { limits } from "../core/limits.ts";
import type { Line } from "./line_splitter.ts";
import { LineSplitter } from "./line_splitter.ts";
import { mcpLimits } from "./mcp_limits.ts";
import { rpcCodes } from "./rpc_error.ts";
import { isAnswer, usableId, whyInvalid } from "./why_invalid.ts";

/** Where the bytes come from and go to: `Deno.stdin` and `Deno.stdout`. */
export interface ByteStreams {
  readonly input: { read(into: Uint8Array): Promise<number | null> };
  readonly output: { write(bytes: Uint8Array): Promise<number> };
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/**
 * MCP over stdin and stdout: one JSON-RPC message a line. A line that cannot be understood is
 * answered with an error that says why, and the next one is read as usual. Writes happen one after
 * the other and complete.
 *
 * It closes itself when the output breaks, and when the input is over: then it first lets the
 * requests under way be answered, for `limits.resignMs` at most.
 */
export class DenoStdioTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?:
    | (<T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void)
    | undefined;
  /** Sees each message before the protocol does, in the order in which they came. */
  onreceived?: ((message: JSONRPCMessage) => void) | undefined;
  /** The input is over: what waits should end now. */
  onend?: (() => void) | undefined;
  /** A response has left this process whole (`written`), or never will. */
  onresponse?: ((id: RequestId, written: boolean) => void) | undefined;

  readonly #streams: ByteStreams;
  readonly #splitter = new LineSplitter(mcpLimits.lineBytes);
  readonly #underWay = new Set<RequestId>();
  #writes: Promise<void> = Promise.resolve();
  #ended = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(streams: ByteStreams) {
    this.#streams = streams;
  }

  start(): Promise<void> {
    this.#read();
    return Promise.resolve();
  }

  /** Resolves once the whole line is written; rejects, after closing, when the output is broken. */
  async send(message: JSONRPCMessage): Promise<void> {
    const id = "method" in message ? undefined : message.id;
    let written = false;
    try {
      await this.#write(message);
      written = true;
    } finally {
      if (id !== undefined) {
        this.onresponse?.(id, written);
        this.#done(id);
      }
    }
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      clearTimeout(this.#patience);
      this.onclose?.();
    }
    return Promise.resolve();
  }

  #write(message: unknown): Promise<void> {
    const bytes = encoder.encode(`${JSON.stringify(message)}\n`);
    const write = this.#writes.then(() => this.#writeAll(bytes));
    this.#writes = write.catch((error) => {
      this.onerror?.(error);
      return this.close();
    });
    return write;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.#closed) throw new Error("The output is closed");
      at += await this.#streams.output.write(bytes.subarray(at));
    }
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(mcpLimits.chunkBytes);
    try {
      while (!this.#closed) {
        const count = await this.#streams.input.read(chunk);
        if (count === null) break;
        for (const line of this.#splitter.push(chunk.subarray(0, count))) this.#line(line);
      }
      for (const line of this.#splitter.end()) this.#line(line);
    } catch (error) {
      this.onerror?.(error as Error);
    }
    this.#end();
  }

  #end(): void {
    if (this.#closed) return;
    this.#ended = true;
    this.onend?.();
    if (this.#underWay.size === 0) this.#closeAfterWrites();
    else this.#patience = setTimeout(() => this.close(), limits.resignMs);
  }

  #done(id: RequestId): void {
    this.#underWay.delete(id);
    if (this.#ended && this.#underWay.size === 0) this.#closeAfterWrites();
  }

  #closeAfterWrites(): void {
    this.#writes.finally(() => this.close());
  }

  #line(line: Line): void {
    if (line.kind === "too_long") {
      const max = mcpLimits.lineBytes;
      return this.#refuse(
        rpcCodes.invalidRequest,
        null,
        `A line of ${line.byteLength} bytes was skipped: a message has at most ${max} bytes`,
      );
    }
    let value: unknown;
    try {
      const text = decoder.decode(line.bytes).trim();
      if (text === "") return;
      value = JSON.parse(text);
    } catch (error) {
      const why = error instanceof SyntaxError ? error.message : "it is not UTF-8";
      return this.#refuse(
        rpcCodes.parseError,
        null,
        `This line is not JSON (${why}): send each JSON-RPC message as one line of JSON`,
      );
    }
    // MCP 2025-03-26 demands that a batch is understood; each of its messages is answered by itself.
    if (Array.isArray(value) && value.length > 0) { for (const each of value) this.#message(each); }
    else this.#message(value);
  }

  #message(value: unknown): void {
    const parsed = JSONRPCMessageSchema.safeParse(value);
    if (!parsed.success) {
      if (isAnswer(value)) this.onerror?.(new Error("An answer came that is no JSON-RPC"));
      else this.#refuse(rpcCodes.invalidRequest, usableId(value), whyInvalid(value));
      return;
    }
    const message = parsed.data;
    if ("method" in message && "id" in message) {
      if (this.#underWay.has(message.id)) {
        const why = `A request with the id ${JSON.stringify(message.id)} is under way already`;
        return this.#refuse(rpcCodes.invalidRequest, message.id, why);
      }
      this.#underWay.add(message.id);
    }
    this.onreceived?.(message);
    this.onmessage?.(message);
    this.#cancelled(message);
  }

  /** A request that was cancelled is not answered: nothing is left to wait for. */
  #cancelled(message: JSONRPCMessage): void {
    if (!("method" in message) || message.method !== "notifications/cancelled") return;
    const id = message.params?.["requestId"];
    if (typeof id === "string" || typeof id === "number") this.#done(id);
  }

  #refuse(code: number, id: RequestId | null, message: string): void {
    this.onerror?.(new Error(message));
    this.#write({ jsonrpc: "2.0", id, error: { code, message } }).catch(() => {
      // The output is broken: #write has said so and closed.
    });
  }
}
