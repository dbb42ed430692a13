import { encodeFrame, FrameParser } from "../core/frame.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";

/** Bytes joined into one write; above it joining costs more than it saves. */
const joinedBytes = 64 * 1024;

/**
 * A proven connection that carries frames both ways. Frames are written in order; a peer that does
 * not read until `limits.unsentBytes` wait for it is cut off.
 */
export class FramedConnection {
  readonly #conn: Deno.Conn;
  readonly #queue: Uint8Array<ArrayBuffer>[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(conn: Deno.TcpConn) {
    conn.setNoDelay(true);
    this.#conn = conn;
  }

  /** Reads until the end and calls `onBody` for each frame; resolves, once, when the connection is over. */
  async run(onBody: (body: Uint8Array) => void): Promise<void> {
    const parser = new FrameParser();
    const buffer = new Uint8Array(joinedBytes);
    try {
      for (;;) {
        const length = await this.#conn.read(buffer);
        if (length === null) break;
        for (const body of parser.push(buffer.subarray(0, length))) onBody(body);
      }
    } catch (error) {
      // A peer's fault, or its sudden end, closes this connection and nothing else.
      if (error instanceof InvariantViolation) throw error;
    }
    this.close();
  }

  /** Queues one frame; nothing happens on a closed connection. */
  send(body: Uint8Array): void {
    if (this.#closed) return;
    const frame = encodeFrame(body);
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    if (this.#queuedBytes > limits.unsentBytes) return this.close();
    this.#writing ??= this.#write();
  }

  /** Resolves when all that was sent has been given to the system. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  async #write(): Promise<void> {
    // Frames that one turn of the event loop brings leave together.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0 && !this.#closed) {
        const bytes = this.#takeJoined();
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
        this.#queuedBytes -= bytes.length;
      }
    } catch {
      this.close(); // the peer is gone; its requests come again on another connection
    }
    this.#writing = undefined;
  }

  #takeJoined(): Uint8Array<ArrayBuffer> {
    let bytes = this.#queue[0]!.length;
    let count = 1;
    while (count < this.#queue.length && bytes + this.#queue[count]!.length <= joinedBytes) {
      bytes += this.#queue[count++]!.length;
    }
    const frames = this.#queue.splice(0, count);
    if (count === 1) return frames[0]!;
    const joined = new Uint8Array(bytes);
    let at = 0;
    for (const frame of frames) {
      joined.set(frame, at);
      at += frame.length;
    }
    return joined;
  }
}
