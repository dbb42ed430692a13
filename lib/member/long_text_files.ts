import { limits } from "../core/limits.ts";
import { replaceFile } from "../store/replace_file.ts";
import { entryPath } from "./state_directory.ts";

const ours = /^message-\d+\.txt(\.[0-9a-f-]+)?$/;

/** Files with the whole of texts that their readers get shortened, one a message; only the user can read them. */
export class LongTextFiles {
  readonly #directory: string;

  /** `directory`: where the files go; it is made when the first one is. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Keeps the text of message `id` and returns the path; undefined where no file can be written. It has its
   * own name only when it is whole: another process may keep the same message.
   */
  keep(id: number, bytes: Uint8Array): string | undefined {
    const path = this.#path(`message-${id}.txt`);
    const draft = `${path}.${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      Deno.writeFileSync(draft, bytes, { mode: 0o600, createNew: true });
      replaceFile(draft, path);
      return path;
    } catch {
      removeQuietly(draft);
      return undefined;
    }
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
