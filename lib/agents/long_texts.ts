import { limits } from "../core/limits.ts";
import { entryPath } from "../member/state_directory.ts";
import { summaryOf } from "./summary_of.ts";

/** What a text needs of its message. */
interface Texted {
  readonly id: number;
  readonly text: string;
}

const encoder = new TextEncoder();
const ours = /^message-\d+\.txt(\.[0-9a-f-]+)?$/;

/**
 * The texts that are too long for a model's context: beyond `limits.inlineTextBytes` it is shown the first
 * sentences and the path of a file with the whole, which only the user can read.
 */
export class LongTexts {
  readonly #directory: string;

  /** `directory`: where the files go; it is made when the first one is. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** `message` as it is shown. Where no file can be written (a full disk), it is shown whole: nothing is lost. */
  shown<M extends Texted>(message: M): M {
    const bytes = encoder.encode(message.text);
    if (bytes.length <= limits.inlineTextBytes) return message;
    const path = this.#keep(message.id, bytes);
    if (path === undefined) return message;
    const size = `${Math.ceil(bytes.length / 1024)} KiB`;
    return {
      ...message,
      text: `${summaryOf(message.text)}\n[The beginning of ${size}; the whole text: ${path}]`,
    };
  }

  /** Removes the files of messages that the history has forgotten at `nowMs`. Never throws. */
  tidy(nowMs: number): void {
    try {
      for (const { name } of Deno.readDirSync(this.#directory)) {
        if (!ours.test(name)) continue;
        const path = this.#path(name);
        const writtenMs = Deno.lstatSync(path).mtime?.getTime() ?? nowMs;
        if (writtenMs < nowMs - limits.historyMs) Deno.removeSync(path);
      }
    } catch {
      // There is no such directory yet, or another process tidies it: what is left, the next one finds.
    }
  }

  /** Under its own name only when it is whole: another process may show the same message. */
  #keep(id: number, bytes: Uint8Array): string | undefined {
    const path = this.#path(`message-${id}.txt`);
    const draft = `${path}.${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      Deno.writeFileSync(draft, bytes, { mode: 0o600, createNew: true });
      Deno.renameSync(draft, path);
      return path;
    } catch {
      removeQuietly(draft);
      return undefined;
    }
  }

  #path(name: string): string {
    return entryPath(this.#directory, name);
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was not even begun.
  }
}
