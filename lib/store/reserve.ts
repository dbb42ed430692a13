/** Random bytes come in pieces of this size: more is refused at once. */
const pieceBytes = 64 * 1024;

/**
 * Disk space that is kept for what must go on when the disk is full: a file that only takes up room.
 * It is written out, not sparse, and of random bytes, so that a file system that packs does not pack
 * it away.
 */
export class Reserve {
  readonly #path: string;
  readonly #bytes: number;

  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  /** True while the file is there, whole. */
  get isHeld(): boolean {
    try {
      return Deno.statSync(this.#path).size >= this.#bytes;
    } catch {
      return false;
    }
  }

  /** Takes the space where it is not held yet; returns false, and takes nothing, where there is none. */
  hold(): boolean {
    if (this.isHeld) return true;
    const draft = `${this.#path}.draft`;
    try {
      this.#fill(draft);
      Deno.renameSync(draft, this.#path);
      return true;
    } catch {
      remove(draft);
      return false;
    }
  }

  /** Gives the space back to the disk; returns false where it was not held. */
  free(): boolean {
    return remove(this.#path);
  }

  /**
   * What `body` returns. Where it fails for want of space, by the word of `isFull`, frees what is held
   * and tries once more.
   */
  lend<T>(body: () => T, isFull: (error: unknown) => boolean): T {
    try {
      return body();
    } catch (error) {
      if (!isFull(error) || !this.free()) throw error;
      return body();
    }
  }

  #fill(path: string): void {
    using file = Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 });
    const piece = crypto.getRandomValues(new Uint8Array(pieceBytes));
    for (let left = this.#bytes; left > 0;) left -= file.writeSync(piece.subarray(0, left));
    // Some file systems find out only now that there is no room.
    file.syncDataSync();
  }
}

function remove(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}
