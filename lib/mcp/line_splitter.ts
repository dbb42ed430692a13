/** One line of input, without its end, or the size of one that was too long to keep. */
export type Line =
  | { readonly kind: "line"; readonly bytes: Uint8Array }
  | { readonly kind: "too_long"; readonly byteLength: number };

const newline = 0x0a;

/**
 * Cuts a stream of bytes into lines, wherever its chunks begin and end. Of a line beyond `lineBytesMax`
 * nothing is kept: it comes out as `too_long` at its end, and the next line is read as usual.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #parts: Uint8Array[] = [];
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
    if (bytes.length === 0) return;
    this.#byteLength += bytes.length;
    if (this.#byteLength > this.#lineBytesMax) this.#parts = [];
    else this.#parts.push(bytes.slice());
  }

  #cut(): Line {
    const [parts, byteLength] = [this.#parts, this.#byteLength];
    this.#parts = [];
    this.#byteLength = 0;
    if (byteLength > this.#lineBytesMax) return { kind: "too_long", byteLength };
    const bytes = new Uint8Array(byteLength);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { kind: "line", bytes };
  }
}
