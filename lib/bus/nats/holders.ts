import { RequestError } from "@nats-io/transport-node";
import type { Clock } from "../../core/clock.ts";
import { limits } from "../../core/limits.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import type { LiveRecord } from "./records.ts";

/** What was found out last about a process. */
interface Known {
  readonly askedMs: number;
  /** Since when nobody answers for it, without a break. */
  readonly silentMs: number | undefined;
}

/** Whether processes that were handed messages still run. */
export class Holders {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #live: KeyedRecords<LiveRecord>;
  readonly #known = new Map<string, Known>();

  constructor(link: Link, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#live = new KeyedRecords(link, link.names.live);
  }

  /**
   * True where the process is gone for good: the server knows of nobody who answers for it. One that
   * shares its name with others has `limits.returnMs` to connect again; of a name that one process
   * holds at a time, the present one does not wait for the last.
   */
  async isGone(instance: string, isShared: boolean): Promise<boolean> {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#known.get(instance);
    if (known?.silentMs === undefined && nowMs - (known?.askedMs ?? -Infinity) < limits.returnMs) {
      return false;
    }
    if (await this.#isThere(instance)) {
      this.#known.set(instance, { askedMs: nowMs, silentMs: undefined });
      return false;
    }
    const silentMs = known?.silentMs ?? nowMs;
    this.#known.set(instance, { askedMs: nowMs, silentMs });
    if (!isShared || nowMs - silentMs >= limits.returnMs) return true;
    return await this.#live.get(instance) === undefined;
  }

  /** A stopped process is connected and says nothing: then its record tells, which it has to renew. */
  async #isThere(instance: string): Promise<boolean> {
    const { nc, names } = this.#link;
    try {
      await nc.request(names.alive(instance), undefined, { timeout: limits.natsAliveMs });
      return true;
    } catch (error) {
      if (error instanceof RequestError && error.isNoResponders()) return false;
      return await this.#live.get(instance) !== undefined;
    }
  }
}
