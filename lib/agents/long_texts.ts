import { limits } from "../core/limits.ts";
import { summaryOf } from "../core/summary_of.ts";
import { LongTextFiles } from "../member/long_text_files.ts";

/** What a text needs of its message. */
interface Texted {
  readonly id: number;
  readonly text: string;
}

const encoder = new TextEncoder();

/**
 * The texts that are too long for a model's context: beyond `limits.inlineTextBytes` it is shown the first
 * sentences and the path of a file with the whole, which only the user can read.
 */
export class LongTexts {
  readonly #files: LongTextFiles;

  /** `directory`: where the files go; it is made when the first one is. */
  constructor(directory: string) {
    this.#files = new LongTextFiles(directory);
  }

  /** `message` as it is shown. Where no file can be written (a full disk), it is shown whole: nothing is lost. */
  shown<M extends Texted>(message: M): M {
    const bytes = encoder.encode(message.text);
    if (bytes.length <= limits.inlineTextBytes) return message;
    const path = this.#files.keep(message.id, bytes);
    if (path === undefined) return message;
    const size = `${Math.ceil(bytes.length / 1024)} KiB`;
    return {
      ...message,
      text: `${summaryOf(message.text)}\n[The beginning of ${size}; the whole text: ${path}]`,
    };
  }

  /** Removes the files of messages that the history has forgotten at `nowMs`. Never throws. */
  tidy(nowMs: number): void {
    this.#files.tidy(nowMs);
  }
}
