import { exitCodes } from "../exit_codes.ts";
import { watchLimits } from "./watch_limits.ts";

const encoder = new TextEncoder();

/** The other screen, without wrapping at its edge, with pastes told from keys, and no cursor. */
const entering = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[?25l";
const leaving = "\x1b[0m\x1b[?2026l\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";

export interface TerminalOptions {
  /** It has another size now, or shows what another program wrote. */
  onChanged(): void;
  /** Ctrl-Z stops this process: others do not depend on it. */
  readonly mayStop: boolean;
}

/**
 * The terminal of this process as a whole screen. `leave` gives it back as it was, and is called on every
 * way out of the process that leaves time for it: an error that nobody catches and `Deno.exit` among them.
 */
export class TerminalScreen {
  readonly #onChanged: () => void;
  #isInside = false;
  #writing: Promise<void> = Promise.resolve();

  constructor({ onChanged, mayStop }: TerminalOptions) {
    this.#onChanged = onChanged;
    for (const way of ["unload", "error", "unhandledrejection"]) {
      globalThis.addEventListener(way, () => this.leave());
    }
    if (Deno.build.os === "windows") return;
    Deno.addSignalListener("SIGWINCH", () => this.#onChanged());
    if (mayStop) Deno.addSignalListener("SIGTSTP", () => this.#stop());
    Deno.addSignalListener("SIGQUIT", () => Deno.exit(exitCodes.interrupted));
    Deno.addSignalListener("SIGCONT", () => this.#goOn());
  }

  /** Columns and rows as they are now. */
  size(): { width: number; height: number } {
    try {
      const { columns, rows } = Deno.consoleSize();
      if (columns > 0 && rows > 0) return { width: columns, height: rows };
    } catch {
      // A terminal may not know.
    }
    return { width: watchLimits.columnsAssumed, height: watchLimits.rowsAssumed };
  }

  enter(): void {
    if (this.#isInside) return;
    this.#isInside = true;
    // Ctrl-C and Ctrl-Z stay signals, which reach all processes of the command; Windows cannot do that.
    Deno.stdin.setRaw(true, { cbreak: Deno.build.os !== "windows" });
    Deno.stdout.writeSync(encoder.encode(entering));
  }

  /** Gives the terminal back; does nothing where it has. Never throws: it may be gone. */
  leave(): void {
    if (!this.#isInside) return;
    this.#isInside = false;
    try {
      Deno.stdout.writeSync(encoder.encode(leaving));
      Deno.stdin.setRaw(false);
    } catch {
      // Who closed it needs nothing back.
    }
  }

  /** Resolves when what was written last has been taken, so that `leave` comes after it. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => {});
  }

  /** Writes `text`, unless the screen was left; rejects when the terminal is gone. */
  write(text: string): Promise<void> {
    if (!this.#isInside || text === "") return Promise.resolve();
    return this.#writing = writeAll(encoder.encode(text));
  }

  /** Bytes of the keys; ends when the terminal is gone. */
  async *input(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await Deno.stdin.read(buffer).catch(() => null);
      if (count === null) return;
      yield buffer.slice(0, count);
    }
  }

  /** Ctrl-Z: the shell gets its terminal back, and then this process stops. */
  async #stop(): Promise<void> {
    await this.settled();
    this.leave();
    Deno.kill(Deno.pid, "SIGSTOP");
  }

  /** `fg`, or somebody else's SIGCONT: what is on the screen is unknown. */
  async #goOn(): Promise<void> {
    await this.settled();
    this.#isInside = false;
    this.enter();
    this.#onChanged();
  }
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await Deno.stdout.write(rest));
}
