import { HustingsError } from "./errors.ts";
import { invariant } from "./invariant.ts";
import { limits } from "./limits.ts";

const headBytes = 4;

/** Room for a body whose end has not come yet; most bodies are smaller. */
const firstRoomBytes = 1024;

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
 * Room for a body grows with the bytes that have arrived, so that a length alone costs next to
 * nothing, and bytes that come one by one cost no more than twice what they are.
 */
export class FrameParser {
  #head = new Uint8Array(headBytes);
  #headFilled = 0;
  /** Begins with the bytes of the body that have come; as long as the body at its end. */
  #body: Uint8Array = new Uint8Array(0);
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
    this.#makeRoom();
    this.#body.set(part, this.#bodyFilled - part.length);
    if (this.#bodyFilled === this.#bodyLength) {
      bodies.push(this.#body);
      this.#body = new Uint8Array(0);
      this.#bodyLength = -1;
    }
    return from + part.length;
  }

  /** Makes the body long enough for the bytes that have come, and at least twice as long as it was. */
  #makeRoom(): void {
    if (this.#body.length >= this.#bodyFilled) return;
    const wanted = Math.max(this.#bodyFilled, 2 * this.#body.length, firstRoomBytes);
    const grown = new Uint8Array(Math.min(wanted, this.#bodyLength));
    grown.set(this.#body);
    this.#body = grown;
  }
}
