import { encodeFrame, FrameParser } from "../../lib/core/frame.ts";
import type { Reply } from "../../lib/core/wire.ts";
import { decodeReply } from "../../lib/core/wire.ts";
import { openAsCaller } from "../../lib/member/open_connection.ts";
import type { Credentials } from "../../lib/member/open_connection.ts";

/** Somebody who connects to a broker and says what a test lets it say. */
export class RawCaller implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #parser = new FrameParser();
  readonly #replies: Reply[] = [];
  #open = true;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async connect(port: number): Promise<RawCaller> {
    return new RawCaller(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** One that has proved that it holds the secret; undefined where the broker closed meanwhile. */
  static async proven(port: number, credentials: Credentials): Promise<RawCaller | undefined> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const { kind } = await openAsCaller(conn, port, credentials);
    if (kind === "answered") return new RawCaller(conn);
    conn.close();
    return undefined;
  }

  /** Writes bytes; what a closed connection does not take is dropped. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    } catch (error) {
      if (!isEnd(error)) throw error;
    }
  }

  /** Writes a body as a frame. */
  async frame(body: unknown): Promise<void> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    await this.write(encodeFrame(new TextEncoder().encode(text)));
  }

  /** Resolves with the next reply, or undefined when the connection ended before it. */
  async reply(): Promise<Reply | undefined> {
    while (this.#replies.length === 0) {
      const bytes = await this.read();
      if (bytes === undefined) return undefined;
      for (const body of this.#parser.push(bytes)) this.#replies.push(decodeReply(body) as Reply);
    }
    return this.#replies.shift();
  }

  /** Resolves with the bytes that come next, or undefined at the end of the connection. */
  async read(): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(65_536);
    try {
      const count = await this.#conn.read(buffer);
      return count === null ? undefined : buffer.subarray(0, count);
    } catch (error) {
      if (isEnd(error)) return undefined;
      throw error;
    }
  }

  /** Resolves with all bytes that come until the other side closes. */
  async readAll(): Promise<number[]> {
    const all: number[] = [];
    for (;;) {
      const bytes = await this.read();
      if (bytes === undefined) return all;
      all.push(...bytes);
    }
  }

  close(): void {
    if (this.#open) this.#conn.close();
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionAborted;
}
