import type { Clock, Random } from "../core/clock.ts";
import { limits } from "../core/limits.ts";
import type { HelloOperation, Operation, ResultOf } from "../core/operations.ts";
import type { HelloResult } from "../core/types.ts";
import { Calls } from "../member/calls.ts";
import { followerUplink } from "../member/follower_uplink.ts";
import type { BrokerSight } from "../member/follower_uplink.ts";
import type { Caller } from "./caller.ts";
import type { FoundBroker } from "./find_broker.ts";

/** Tells that a broker has said where it is. */
export interface Signposts {
  /** Resolves at the next word of one; never where there is none. */
  next(): Promise<void>;
  close(): void;
}

export interface OnlookerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Looks for the broker once. */
  readonly find: () => Promise<FoundBroker | undefined>;
  /** Begins to look out for the next one; undefined where that is not possible. */
  readonly signposts: () => Signposts | undefined;
  /** What can be seen of the broker of an epoch without asking it. */
  readonly sight: (epoch: number) => BrokerSight;
}

/**
 * Follows the bus without a part in its race: it binds no port, claims nothing and is never the broker.
 *
 * | state | entered by | left by | ignores |
 * |---|---|---|---|
 * | seeking | `start`; the loss of its broker | a broker that is found → following; none → resting; `leave` → over | |
 * | resting | a look that found none | a signpost, a request or the end of the pause → seeking; `leave` → over | |
 * | following | a broker that was found | its loss → seeking; `leave` → over | |
 * | over | `leave` | never | everything |
 */
export class Onlooker implements Caller {
  readonly #options: OnlookerOptions;
  readonly #calls: Calls;
  #isOver = false;
  #hasten: () => void = () => {};

  constructor(options: OnlookerOptions) {
    this.#options = options;
    this.#calls = new Calls({
      clock: options.clock,
      onWaiting: () => this.#hasten(),
      isBrokerSlow: () => false,
    });
  }

  /** Begins to look for the broker. Requests may be made before; they wait. */
  start(): void {
    this.#seek();
  }

  join(hello: HelloOperation): Promise<HelloResult> {
    return this.#calls.join(hello);
  }

  renamed(name: string): void {
    this.#calls.renamed(name);
  }

  /** Asks whoever is the broker, as `Calls` does. */
  request<O extends Operation>(operation: O): { id: number; reply: Promise<ResultOf<O>> } {
    return this.#calls.request(operation);
  }

  /** Goes; its name, where it has one, is free by then, unless the broker takes too long for that. */
  async leave(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#calls.isKnown) {
      const bye = this.request({ op: "bye" }).reply.then(() => {}, () => {});
      await Promise.race([bye, this.#after(limits.resignMs / 2).over]);
    }
    this.#calls.end();
    this.#hasten();
  }

  async #seek(): Promise<void> {
    // Before the first look: what is put up after it is not missed then.
    const signposts = this.#isOver ? undefined : this.#options.signposts();
    let pauseMs: number = limits.lostPauseMs;
    while (!this.#isOver) {
      const found = await this.#options.find();
      if (found !== undefined && !this.#isOver) this.#follow(found);
      else found?.conn.close();
      if (found !== undefined || this.#isOver) break;
      const longestMs = signposts === undefined ? limits.unmarkedPauseMs : limits.lostPauseMsMax;
      await this.#rest(Math.min(pauseMs, longestMs), signposts);
      pauseMs *= 2;
    }
    signposts?.close();
  }

  #follow({ conn, epoch }: FoundBroker): void {
    const uplink = followerUplink(conn, this.#options.clock, {
      onReply: (reply) => this.#calls.replied(reply),
      onLost: () => {
        this.#calls.lost();
        this.#seek();
      },
    }, this.#options.sight(epoch));
    this.#calls.connected(uplink);
  }

  /** Resolves after the pause, or when there is a reason to look sooner. */
  async #rest(pauseMs: number, signposts: Signposts | undefined): Promise<void> {
    const pause = this.#after(pauseMs * (0.5 + this.#options.random.fraction() / 2));
    const asked = new Promise<void>((resolve) => this.#hasten = resolve);
    await Promise.race([pause.over, asked, ...(signposts === undefined ? [] : [signposts.next()])]);
    pause.stop();
    this.#hasten = () => {};
  }

  #after(delayMs: number): { readonly over: Promise<void>; readonly stop: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { over: promise, stop: this.#options.clock.after(delayMs, resolve) };
  }
}
