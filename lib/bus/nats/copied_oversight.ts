import type { Clock } from "../../core/clock.ts";
import type { Oversight, Reign } from "../../store/store.ts";
import type { DirectoryCopy } from "./directory_copy.ts";

/** Directory, `stopped.<thread>`, and `paused`. */
interface HeldUp {
  readonly atMs: number;
}

const stopped = "stopped.";

/** What a person holds up, in a directory's copy. No process leads a bus on NATS, so that there are no reigns. */
export class CopiedOversight implements Oversight {
  readonly #copy: DirectoryCopy;
  readonly #clock: Clock;

  constructor(copy: DirectoryCopy, clock: Clock) {
    this.#copy = copy;
    this.#clock = clock;
  }

  reigns(): (Reign & { readonly sinceMs: number })[] {
    return [];
  }

  isEveryonePaused(): boolean {
    return this.#copy.get("paused") !== undefined;
  }

  pauseEveryone(paused: boolean): void {
    if (paused === this.isEveryonePaused()) return;
    this.#copy.put("paused", paused ? { atMs: this.#clock.wallMs() } : undefined);
  }

  stopped(): number[] {
    const found = this.#copy.keys(stopped).map((key) => ({
      thread: Number(key.slice(stopped.length)),
      atMs: (this.#copy.get(key) as HeldUp).atMs,
    }));
    return found.sort((a, b) => b.atMs - a.atMs).map(({ thread }) => thread);
  }

  isStopped(thread: number): boolean {
    return this.#copy.get(`${stopped}${thread}`) !== undefined;
  }

  stop(thread: number, atMs: number): void {
    if (!this.isStopped(thread)) this.#copy.put(`${stopped}${thread}`, { atMs } satisfies HeldUp);
  }

  resume(thread: number): boolean {
    const was = this.isStopped(thread);
    if (was) this.#copy.put(`${stopped}${thread}`, undefined);
    return was;
  }

  /** Those of old conversations go with the messages: `tidy` looks which are left. */
  forgetStopped(): number {
    return 0;
  }
}
