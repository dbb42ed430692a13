import { limits } from "../../core/limits.ts";
import { ignoreLoss } from "./ignore_loss.ts";
import type { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import { changedLive } from "./live_change.ts";
import type { LiveChange } from "./live_change.ts";
import type { LiveRecord } from "./records.ts";

export interface LiveTellingOptions {
  readonly link: Pick<Link, "clock" | "random" | "crowd" | "onReconnect">;
  readonly records: Pick<KeyedRecords<LiveRecord>, "put">;
  readonly instance: string;
  /** What is told first. */
  readonly first: LiveRecord;
  /** Called before each sign of life that is given for the time only. */
  onRenew(): void;
}

const encoder = new TextEncoder();

/**
 * What one process tells all others of itself: anew whenever it changes, and from time to time. In a crowd a
 * change is told late; whoever asks is answered with what is true at that moment.
 */
export class LiveTelling {
  readonly #options: LiveTellingOptions;
  #own: LiveRecord;
  #toldMs = -Infinity;
  /** What was told last. */
  #told = "";
  /** Others may have something else than that: not to tell would leave it standing. */
  #isUnsure = false;
  #telling: Promise<unknown> | undefined;
  #isPlanned = false;
  #isOver = false;
  #stopTimer: () => void = () => {};
  #unlisten: () => void = () => {};

  constructor(options: LiveTellingOptions) {
    this.#options = options;
    this.#own = options.first;
  }

  get own(): LiveRecord {
    return this.#own;
  }

  /** Resolves once others can see it, and goes on until `end`. Rejects as `Link.run` does. */
  async start(): Promise<void> {
    // What was told before may be lost with the disk of the server.
    this.#unlisten = this.#options.link.onReconnect(() => {
      this.#isUnsure = true;
      this.#plan();
    });
    await this.now();
    this.#renewLater();
  }

  /** For who asks whether the process is there. */
  answer(): Uint8Array {
    if (this.#told !== contentOf(this.#own)) this.#isUnsure = true;
    return encoder.encode(JSON.stringify(this.#own));
  }

  /** Changes what is told, and tells it: at once, within `limits.natsTellMs`, or in a crowd later. */
  tell(change: LiveChange): void {
    const isSame = Object.entries(change).every(([key, value]) =>
      this.#own[key as keyof LiveRecord] === value
    );
    if (isSame) return;
    const { changes = 0 } = this.#own;
    this.#own = { ...changedLive(this.#own, change), changes: changes + 1 };
    this.#plan();
  }

  /** Resolves once others can see what this process tells at this moment. Rejects as `Link.run` does. */
  async now(): Promise<void> {
    const { link, records, instance } = this.#options;
    this.#own = { ...this.#own, atMs: link.clock.wallMs(), renewMs: this.#renewMs };
    this.#toldMs = link.clock.monotonicMs();
    this.#told = contentOf(this.#own);
    this.#isUnsure = false;
    this.#telling = records.put(instance, this.#own, {});
    await this.#telling;
  }

  /** Tells no more. */
  end(): void {
    this.#isOver = true;
    this.#stopTimer();
    this.#unlisten();
  }

  /** Resolves when the last of it was written. Rejects as `Link.run` does. */
  async written(): Promise<void> {
    await this.#telling;
  }

  #plan(): void {
    if (this.#isPlanned || this.#isOver) return;
    this.#isPlanned = true;
    this.#options.link.clock.after(this.#pauseMs, () => {
      this.#isPlanned = false;
      const isNews = this.#isUnsure || this.#told !== contentOf(this.#own);
      if (isNews && !this.#isOver) this.now().catch(ignoreLoss);
    });
  }

  get #pauseMs(): number {
    const { link } = this.#options;
    const dueMs = this.#toldMs + limits.natsTellMs - link.clock.monotonicMs();
    const crowdMs = Math.min(link.crowd ** 2 * limits.natsTellPairMs, this.#renewMs);
    const lateMs = crowdMs > limits.natsTellMs ? crowdMs * link.random.fraction() : 0;
    return Math.max(0, dueMs, lateMs);
  }

  #renewLater(): void {
    if (this.#isOver) return;
    this.#stopTimer = this.#options.link.clock.after(this.#renewMs, () => {
      this.#options.onRenew();
      this.now().catch(ignoreLoss).finally(() => this.#renewLater());
    });
  }

  /** All signs of life come to everybody: the more there are, the seldomer each gives one. */
  get #renewMs(): number {
    const shareMs = this.#options.link.crowd * limits.natsRenewShareMs;
    return Math.min(limits.natsLifeMsMax / 4, Math.max(limits.natsRenewMs, shareMs));
  }
}

/** What others learn from a record, without what only says when. */
function contentOf({ atMs: _at, renewMs: _renew, changes: _changes, ...rest }: LiveRecord): string {
  return JSON.stringify(Object.entries(rest).sort());
}
