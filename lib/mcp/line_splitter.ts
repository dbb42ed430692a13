/** One line of input, without its end, or the size of one that was too long to keep. */
export type Line =
  | { readonly kind: "line"; readonly bytes: Uint8Array }
  | { readonly kind: "too_long"; readonly byteLength: number };

const newline = 0x0a;
const nothing = new Uint8Array(0);

/**
 * Cuts a stream of bytes into lines, wherever its chunks begin and end. Of a line beyond `lineBytesMax`
 * nothing is kept: it comes out as `too_long` at its end, and the next line is read as usual. A line
 * that has only begun takes at most twice its length, however small its chunks are.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  /** Begins with what came of the current line; the rest is room for more. */
  #buffer: Uint8Array = nothing;
  #byteLength = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** Takes the next bytes (they may be reused afterwards) and returns the lines that they complete. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(newline, start);
      if (end === -1) break;
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#cut());
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** The input is over: returns what came after the last newline, if anything. */
  end(): Line[] {
    return this.#byteLength === 0 ? [] : [this.#cut()];
  }

  #keep(bytes: Uint8Array): void {
    const at = this.#byteLength;
    this.#byteLength += bytes.length;
    if (this.#byteLength > this.#lineBytesMax) {
      this.#buffer = nothing;
      return;
    }
    if (this.#byteLength > this.#buffer.length) {
      // The first part is often the whole line; what grows once may grow again.
      const size = at === 0 ? bytes.length : Math.min(2 * this.#byteLength, this.#lineBytesMax);
      const larger = new Uint8Array(size);
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, at);
  }

  #cut(): Line {
    const [buffer, byteLength] = [this.#buffer, this.#byteLength];
    this.#buffer = nothing;
    this.#byteLength = 0;
    if (byteLength > this.#lineBytesMax) return { kind: "too_long", byteLength };
    return { kind: "line", bytes: buffer.subarray(0, byteLength) };
  }
}
