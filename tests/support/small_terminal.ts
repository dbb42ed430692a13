import stringWidth from "string-width";

/**
 * A terminal that knows what a view may write and nothing else: it throws at any other sequence, and at a
 * control character. Shows what stands on it, and in which style.
 */
export class SmallTerminal {
  readonly width: number;
  /** Row after row; the right half of a wide sign is empty. */
  readonly signs: string[];
  readonly #styles: string[];
  #row = 0;
  #column = 0;
  #style = "0";
  cursor = true;
  readonly #widthOf: (sign: string) => number;

  /** One of so many columns and rows, that takes each sign for as wide as `widthOf` has it. */
  constructor(width: number, height: number, widthOf: (sign: string) => number = stringWidth) {
    this.width = width;
    this.#widthOf = widthOf;
    this.signs = new Array(width * height).fill(" ");
    this.#styles = new Array(width * height).fill("0");
  }

  /** Rows of signs; the right half of a wide one is empty. */
  get rows(): string[] {
    return this.#chunks(this.signs).map((row) => row.join(""));
  }

  /** The styles of one row. */
  stylesOf(row: number): string[] {
    return this.#chunks(this.#styles)[row]!;
  }

  write(text: string): void {
    // deno-lint-ignore no-control-regex
    const parts = text.match(/\x1b\[[?]?[\d;]*[A-Za-z]|[^\x1b]|\x1b/gu) ?? [];
    let run = "";
    for (const part of parts) {
      if (part.startsWith("\x1b")) {
        this.#print(run);
        run = "";
        this.#obey(part);
      } else run += part;
    }
    this.#print(run);
  }

  #obey(sequence: string): void {
    // deno-lint-ignore no-control-regex
    const [, parameters = "", last] = /^\x1b\[([?\d;]*)([A-Za-z])$/.exec(sequence) ?? [];
    if (last === "H") {
      [this.#row, this.#column] = parameters.split(";").map((each) => Number(each) - 1) as [
        number,
        number,
      ];
    } else if (last === "m") this.#style = parameters;
    else if (last === "J" && parameters === "2") {
      this.signs.fill(" ");
      this.#styles.fill("0");
    } else if (parameters === "?25") this.cursor = last === "h";
    else if (parameters !== "?2026") {
      throw new Error(`Unknown sequence ${JSON.stringify(sequence)}`);
    }
  }

  #print(text: string): void {
    if (/\p{Cc}/u.test(text)) throw new Error(`A control in ${JSON.stringify(text)}`);
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const at = this.#row * this.width + this.#column;
      const width = this.#widthOf(segment);
      this.signs[at] = segment;
      this.#styles[at] = this.#style;
      if (width === 2) this.signs[at + 1] = "";
      if (width === 2) this.#styles[at + 1] = this.#style;
      this.#column += width;
    }
  }

  #chunks<T>(all: readonly T[]): T[][] {
    return Array.from(
      { length: all.length / this.width },
      (_, row) => all.slice(row * this.width, (row + 1) * this.width),
    );
  }
}
