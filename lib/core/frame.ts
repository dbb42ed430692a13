import { HustingsError } from "./errors.ts";
import { invariant } from "./invariant.ts";
import { limits } from "./limits.ts";

const headBytes = 4;

/**
 * A frame: the length of the body as four bytes, the most significant first, then the body.
 * Throws `too_large` for a body beyond the limit.
 */
export function encodeFrame(body: Uint8Array): Uint8Array<ArrayBuffer> {
  if (body.length > limits.frameBytes) {
    throw new HustingsError(
      "too_large",
      `A frame of ${body.length} bytes is beyond the limit of ${limits.frameBytes}: send less at once`,
    );
  }
  const frame = new Uint8Array(headBytes + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, headBytes);
  return frame;
}

/**
 * Takes bytes as they come and gives whole frame bodies. No I/O; the state is in two buffers.
 *
 * | state | entered by | left by |
 * |---|---|---|
 * | head | start, end of a body | the fourth byte of a length |
 * | body | a length within the limit | its last byte |
 * | broken | a length beyond the limit, or 0 | never: `push` throws again |
 *
 * A body is allocated only as its bytes arrive, so that a length alone costs nothing.
 */
export class FrameParser {
  #head = new Uint8Array(headBytes);
  #headFilled = 0;
  #parts: Uint8Array[] = [];
  #bodyLength = -1;
  #bodyFilled = 0;
  #broken: HustingsError | undefined;

  /** Returns the bodies that `bytes` complete, in order. Throws a fatal `protocol` error on a length that lies. */
  push(bytes: Uint8Array): Uint8Array[] {
    if (this.#broken) throw this.#broken;
    const bodies: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      at = this.#bodyLength < 0 ? this.#takeHead(bytes, at) : this.#takeBody(bytes, at, bodies);
    }
    return bodies;
  }

  /** Bytes of a frame that has begun and not ended. */
  get pendingBytes(): number {
    return this.#bodyLength < 0 ? this.#headFilled : headBytes + this.#bodyFilled;
  }

  #takeHead(bytes: Uint8Array, from: number): number {
    let at = from;
    while (at < bytes.length && this.#headFilled < headBytes) {
      this.#head[this.#headFilled++] = bytes[at++]!;
    }
    if (this.#headFilled === headBytes) this.#startBody();
    return at;
  }

  #startBody(): void {
    const length = new DataView(this.#head.buffer).getUint32(0);
    if (length === 0 || length > limits.frameBytes) {
      this.#broken = new HustingsError(
        "protocol",
        `A frame says that it has ${length} bytes; allowed are 1 to ${limits.frameBytes}`,
        { fatal: true },
      );
      throw this.#broken;
    }
    this.#headFilled = 0;
    this.#bodyLength = length;
    this.#bodyFilled = 0;
  }

  #takeBody(bytes: Uint8Array, from: number, bodies: Uint8Array[]): number {
    const part = bytes.subarray(from, from + this.#bodyLength - this.#bodyFilled);
    this.#bodyFilled += part.length;
    invariant(this.#bodyFilled <= this.#bodyLength, "a body is never longer than its length");
    // The caller may use its buffer again, so a part that has to wait is copied.
    const done = this.#bodyFilled === this.#bodyLength;
    this.#parts.push(part.slice());
    if (done) {
      bodies.push(join(this.#parts, this.#bodyLength));
      this.#parts = [];
      this.#bodyLength = -1;
    }
    return from + part.length;
  }
}

function join(parts: Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
