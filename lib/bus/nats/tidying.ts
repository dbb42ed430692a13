import type { Clock, Random } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import { CautiousWall } from "../../member/hub/cautious_wall.ts";
import type { Directory } from "./directory.ts";
import { ignoreLoss } from "./ignore_loss.ts";
import { inWindows } from "./in_windows.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import type { Mending } from "./mending.ts";
import type { MessageShelf } from "./message_shelf.ts";
import type { BoxRecord, NameRecord, OpenRecord } from "./records.ts";

export interface TidyingOptions {
  readonly link: Link;
  readonly directory: Directory;
  readonly shelf: MessageShelf;
  readonly clock: Clock;
  readonly random: Random;
  /** Sets right what others left half-way. */
  readonly mending: Pick<Mending, "mend">;
  /** Somebody is there under the name. */
  isHere(box: number): boolean;
}

/** Directory, `tidy`: when somebody began a round last. */
interface TidyRecord {
  readonly atMs: number;
}

/**
 * The clean-up of a realm. What is read, and what is unread for an agent that is not there, the server drops
 * by its age; here goes what is unread for nobody after `limits.keepMs`, and then addresses that lead to
 * nothing any more. One process does it, every `limits.tidyPauseMs`; the others see that it did.
 */
export class Tidying {
  readonly #options: TidyingOptions;
  readonly #mail: KeyedRecords<OpenRecord>;
  readonly #boxes: KeyedRecords<BoxRecord>;
  readonly #wall: CautiousWall;
  #stopTimer: () => void = () => {};
  #isOver = false;

  constructor(options: TidyingOptions) {
    this.#options = options;
    const { link, clock } = options;
    this.#mail = new KeyedRecords(link, link.names.mail);
    this.#boxes = new KeyedRecords(link, link.names.directory);
    this.#wall = new CautiousWall(clock);
  }

  /** Does it at times, from some minutes from now on, until `close`. */
  start(): void {
    const { clock, random } = this.#options;
    const pauseMs = limits.tidyPauseMs * (0.5 + random.fraction());
    this.#stopTimer = clock.after(pauseMs, () => {
      // Whoever comes next does what was left.
      this.tidy().catch(ignoreLoss).finally(() => {
        if (!this.#isOver) this.start();
      });
    });
  }

  close(): void {
    this.#isOver = true;
    this.#stopTimer();
  }

  /** One round, unless somebody began one lately. Rejects as `Link.run` does. */
  async tidy(): Promise<void> {
    const nowMs = this.#wall.nowMs();
    const { directory } = this.#options;
    let isMine = false;
    await directory.refresh();
    await directory.change<TidyRecord>("tidy", (now) => {
      isMine = now === undefined || Math.abs(nowMs - now.atMs) >= limits.tidyPauseMs;
      return isMine ? { atMs: nowMs } : now;
    });
    if (!isMine) return;
    await this.#options.mending.mend(nowMs);
    const old = directory.boxes().filter((id) => this.#isOld(id, nowMs));
    for (const id of old.slice(0, limits.tidyMessages)) await this.#tidyBox(id, nowMs);
    await this.#forgetForwards(nowMs);
    await this.#forgetStops(nowMs);
  }

  #isOld(id: number, nowMs: number): boolean {
    const { directory, isHere } = this.#options;
    const box = directory.box(id);
    if (box === undefined || box.instance !== undefined || isHere(id)) return false;
    return box.sinceMs <= nowMs - limits.keepMs;
  }

  async #tidyBox(id: number, nowMs: number): Promise<void> {
    const { directory } = this.#options;
    const boxes = [id, ...directory.box(id)?.also ?? []];
    if (directory.box(id)?.owner === undefined) {
      for (const each of boxes) await this.#expire(each, nowMs);
    }
    if (await this.#isUsed(boxes)) return;
    // Whoever puts something in from now on sees this, or is seen by the second look.
    await directory.change<BoxRecord>(
      `box.${id}`,
      (now) => now === undefined || !this.#isOld(id, nowMs) ? now : { ...now, closingMs: nowMs },
    );
    const closing = await this.#boxes.get(`box.${id}`);
    if (closing?.record.closingMs !== nowMs || await this.#isUsed(boxes)) return;
    await directory.transact(({ mailboxes }) => {
      // Taken back meanwhile, it stays.
      if (directory.box(id)?.closingMs === nowMs) mailboxes.remove(id, nowMs);
    });
  }

  /** What has waited for nobody for long enough goes. */
  async #expire(box: number, nowMs: number): Promise<void> {
    const { keys } = await this.#mail.keys(`open.${box}.>`);
    await inWindows(keys, async (key) => {
      const found = await this.#mail.get(key);
      if (found === undefined || found.record.atMs > nowMs - limits.keepMs) return;
      await this.#mail.remove(key, found.sequence);
    });
  }

  /** Something was sent to one of these boxes, or from it, that is not forgotten. */
  async #isUsed(boxes: readonly number[]): Promise<boolean> {
    const filters = boxes.flatMap((box) => [`*.${box}.*.*`, `*.*.${box}.*`]);
    const lists = await inWindows(filters, (filter) => this.#mail.keys(filter));
    return lists.some(({ keys }) => keys.length > 0);
  }

  async #forgetForwards(nowMs: number): Promise<void> {
    const { directory } = this.#options;
    const isOver = (record: NameRecord | undefined) => (record?.untilMs ?? Infinity) <= nowMs;
    const over = directory.keys("name.").filter((key) => isOver(directory.get<NameRecord>(key)));
    for (const key of over.slice(0, limits.tidyMessages)) {
      await directory.change<NameRecord>(key, (now) => isOver(now) ? undefined : now);
    }
  }

  /** Of conversations that are forgotten, it is forgotten, too, that they were stopped. */
  async #forgetStops(nowMs: number): Promise<void> {
    const { directory, shelf } = this.#options;
    for (const key of directory.keys("stopped.")) {
      const { atMs = nowMs } = directory.get<{ atMs?: number }>(key) ?? {};
      if (atMs > nowMs - limits.historyMs) continue;
      if (await shelf.get(Number(key.slice("stopped.".length))) !== undefined) continue;
      await directory.change(key, () => undefined);
    }
  }
}
