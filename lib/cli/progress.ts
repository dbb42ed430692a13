import type { Clock } from "../core/clock.ts";
import { limits } from "../core/limits.ts";
import { systemClock } from "../member/system_clock.ts";
import { columns } from "./columns.ts";
import { isDumb, writeError } from "./terminal.ts";

/** Where progress is shown; tests have their own. */
export interface ProgressPlace {
  readonly clock: Clock;
  /** Somebody looks, and a line can be erased. */
  isSeen(): boolean;
  write(text: string): Promise<void>;
}

const stderr: ProgressPlace = {
  clock: systemClock,
  isSeen: () => Deno.stderr.isTerminal() && !isDumb(),
  write: writeError,
};

/**
 * One line on stderr that tells what is waited for and for how long already; only on a terminal, and
 * only once that takes `limits.progressMs`.
 */
export class Progress {
  readonly #place: ProgressPlace;
  #stop = () => {};
  #shownColumns = 0;
  #writing: Promise<void> | undefined;

  constructor(place = stderr) {
    this.#place = place;
  }

  /** What is waited for from now on, instead of what was before, and for how long at most, in ms. */
  begin(text: string, atMostMs?: number): void {
    this.#stop();
    const { clock } = this.#place;
    if (!this.#place.isSeen()) return;
    const sinceMs = clock.monotonicMs();
    const most = atMostMs === undefined ? "" : ` of ${Math.round(atMostMs / 1000)} s`;
    const arm = () => {
      this.#stop = clock.after(limits.progressMs, () => {
        const seconds = Math.floor((clock.monotonicMs() - sinceMs) / 1000);
        this.#draw(`${text}: ${seconds} s${most}`);
        arm();
      });
    };
    arm();
  }

  /** Erases the line; resolves when the terminal can be written to. */
  async end(): Promise<void> {
    this.#stop();
    this.#stop = () => {};
    await this.#writing;
    if (this.#shownColumns === 0) return;
    // With the ^C that a terminal adds where somebody gives up.
    this.#shownColumns += "^C".length;
    this.#draw("");
    await this.#writing;
  }

  /** A terminal that was stopped (Ctrl-S) takes nothing: what is due then is left out. */
  #draw(text: string): void {
    if (this.#writing !== undefined) return;
    const rest = " ".repeat(Math.max(0, this.#shownColumns - columns(text)));
    this.#shownColumns = columns(text);
    // A closed stderr is no reason to end what goes on.
    this.#writing = this.#place.write(`\r${text}${rest}${text === "" ? "\r" : ""}`)
      .catch(() => {}).finally(() => this.#writing = undefined);
  }
}

/** What `work` resolves or rejects with; while it takes its time, `text` and the time are shown. */
export async function withProgress<T>(
  text: string,
  work: () => Promise<T>,
  options: { readonly atMostMs?: number | undefined; readonly place?: ProgressPlace } = {},
): Promise<T> {
  const progress = new Progress(options.place);
  progress.begin(text, options.atMostMs);
  try {
    return await work();
  } finally {
    await progress.end();
  }
}
