import { HustingsError } from "./errors.ts";
import { limits } from "./limits.ts";

const [quote, backslash] = [0x22, 0x5c];
const [openingBrace, closingBrace] = [0x7b, 0x7d];
const [openingBracket, closingBracket] = [0x5b, 0x5d];

/**
 * Finds where a JSON object ends that comes in pieces, without a length or a terminator. It only counts
 * brackets outside of strings; whether what lies between is JSON, `JSON.parse` says. No I/O. In UTF-8
 * no byte of a longer character is a quote or a bracket, so bytes are enough.
 *
 * | state | entered by | left by | ignores |
 * |---|---|---|---|
 * | between | start; the end of a string | a quote → string; the bracket that closes the first one → over | all else |
 * | string | a quote | a quote → between; a backslash → escaped | all else |
 * | escaped | a backslash in a string | any byte → string | |
 * | over | the last bracket | never | everything |
 */
export class JsonScanner {
  #state: "between" | "string" | "escaped" | "over" = "between";
  #depth = 0;

  /**
   * Takes the bytes that come next. Returns how many of them belong to the object once it has ended, and
   * undefined before. Throws `bad_request` for one that is nested deeper than `limits.legacyDepth`.
   */
  push(bytes: Uint8Array): number | undefined {
    for (let at = 0; at < bytes.length && this.#state !== "over"; at++) {
      this.#take(bytes[at]!);
      if (this.#isOver) return at + 1;
    }
    return undefined;
  }

  get #isOver(): boolean {
    return this.#state === "over";
  }

  #take(byte: number): void {
    if (this.#state === "escaped") this.#state = "string";
    else if (this.#state === "string") {
      if (byte === quote) this.#state = "between";
      else if (byte === backslash) this.#state = "escaped";
    } else if (byte === quote) this.#state = "string";
    else if (byte === openingBrace || byte === openingBracket) this.#descend();
    else if (byte === closingBrace || byte === closingBracket) this.#ascend();
  }

  #ascend(): void {
    this.#depth -= 1;
    if (this.#depth <= 0) this.#state = "over";
  }

  #descend(): void {
    this.#depth += 1;
    if (this.#depth <= limits.legacyDepth) return;
    throw new HustingsError(
      "bad_request",
      `The request is nested deeper than ${limits.legacyDepth} levels: send flatter data`,
    );
  }
}
