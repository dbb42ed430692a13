import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import { Ledger } from "../core/ledger.ts";
import { settleBy } from "../core/settle_by.ts";
import type { Operation, ResultOf } from "../core/operations.ts";
import { followerUplink } from "../member/follower_uplink.ts";
import type { Uplink } from "../member/world.ts";

/**
 * Requests to one broker over a proven connection. It does not outlive that broker: when the connection
 * is over, or the broker silent for `limits.silentMs`, whatever its process does, every request rejects
 * with `bus_down`, for good.
 */
export class BrokerLine {
  readonly #clock: Clock;
  readonly #ledger = new Ledger();
  readonly #uplink: Uplink;
  #over = false;

  constructor(conn: Deno.TcpConn, clock: Clock) {
    this.#clock = clock;
    this.#uplink = followerUplink(conn, clock, {
      onReply: (reply) => this.#ledger.close(reply),
      onLost: () => this.#end(),
    }, {});
  }

  /** Sends one request; `reply` rejects with the broker's error. */
  request<O extends Operation>(operation: O): { id: number; reply: Promise<ResultOf<O>> } {
    const { promise, resolve, reject } = Promise.withResolvers<ResultOf<O>>();
    const now = this.#clock.monotonicMs();
    const request = this.#ledger.open(operation, now, settleBy<O>(resolve, reject), reject);
    if (this.#over) this.#ledger.fail(request.id, gone());
    else this.#uplink.send(request);
    return { id: request.id, reply: promise };
  }

  close(): void {
    this.#uplink.close();
    this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#ledger.failAll(gone());
  }
}

function gone(): HustingsError {
  return new HustingsError("bus_down", "The broker is gone; what it handed over is queued again");
}
