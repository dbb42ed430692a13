import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import { Ledger } from "../core/ledger.ts";
import { limits } from "../core/limits.ts";
import type { HelloOperation, Operation, ResultOf } from "../core/operations.ts";
import { settleBy } from "../core/settle_by.ts";
import type { HelloResult } from "../core/types.ts";
import type { Reply, Request } from "../core/wire.ts";
import type { Uplink } from "./world.ts";

export interface CallsOptions {
  readonly clock: Clock;
  /** Called when there is something to ask, and no broker. */
  readonly onWaiting: () => void;
  /** Whether there is a broker that is waited for: then calls go on waiting. */
  readonly isBrokerSlow: () => boolean;
}

/**
 * What one process asks of the bus, over the change of its brokers: who it is, and each request until it has
 * its reply. A new broker is told the first again, and asked all that is open.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #ledger = new Ledger();
  #uplink: Uplink | undefined;
  #hello: HelloOperation | undefined;
  /** The last hello failed: say it again before the next request. */
  #mustPresent = false;
  #stopPatience: (() => void) | undefined;
  #isOver = false;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** True while a request is open that does more than wait for longer than `forMs`. */
  isUrgent(forMs: number): boolean {
    return this.#ledger.isUrgent(this.#options.clock.monotonicMs(), forMs);
  }

  /** A broker is there, and knows who this is. */
  get isKnown(): boolean {
    return this.#uplink !== undefined && this.#hello !== undefined;
  }

  /** Presents this process, now and to each later broker. */
  async join(hello: HelloOperation): Promise<HelloResult> {
    const result = await this.request(hello).reply;
    this.#hello = { ...hello, name: result.name, must: false };
    return result;
  }

  /** The name to ask a later broker for. */
  renamed(name: string): void {
    if (this.#hello !== undefined) this.#hello = { ...this.#hello, name };
  }

  /**
   * Sends a request, and again to the next broker as long as it has no reply. `reply` rejects with
   * the broker's error, or with `bus_down` when there was no broker for `limits.busDownMs` or this
   * process has left.
   */
  request<O extends Operation>(operation: O): { id: number; reply: Promise<ResultOf<O>> } {
    let id = 0;
    const reply = new Promise<ResultOf<O>>((resolve, reject) => {
      const now = this.#options.clock.monotonicMs();
      const request = this.#ledger.open(operation, now, settleBy<O>(resolve, reject), reject);
      id = request.id;
      if (this.#isOver) return this.#ledger.fail(id, hasLeft());
      if (this.#mustPresent) this.#present();
      if (this.#uplink !== undefined) this.#send(this.#uplink, request);
      else this.#await();
    });
    return { id, reply };
  }

  /** A new broker: this process presents itself again, then repeats what has no reply. */
  connected(uplink: Uplink): void {
    this.#endPatience();
    const outstanding = this.#ledger.outstanding(this.#options.clock.monotonicMs());
    this.#uplink = uplink;
    this.#present();
    for (const request of outstanding) this.#send(uplink, request);
  }

  /** The broker's answer to a request. */
  replied(reply: Reply): void {
    this.#ledger.close(reply);
  }

  /** The broker is gone: what is open waits for the next one. */
  lost(): void {
    this.#uplink = undefined;
    if (this.#ledger.size > 0) this.#await();
  }

  /** There is no bus, for the reason `error`: nothing that is open waits any longer. */
  fail(error: HustingsError): void {
    this.#endPatience();
    this.#ledger.failAll(error);
  }

  /** Closes the way to the broker. Nothing can be asked any more. */
  end(): void {
    this.#isOver = true;
    this.#uplink?.close();
    this.#uplink = undefined;
    this.fail(hasLeft());
  }

  /** A request that no frame can carry fails, here and now: it would fail with every broker. */
  #send(uplink: Uplink, request: Request): void {
    try {
      uplink.send(request);
    } catch (error) {
      if (!(error instanceof HustingsError)) throw error;
      this.#ledger.fail(request.id, error);
    }
  }

  /**
   * Says hello where this process was a member before. A broker that cannot take it (a full disk)
   * can do nothing else for it: all calls fail with its reason, and the next call tries again.
   */
  #present(): void {
    const hello = this.#hello;
    this.#mustPresent = false;
    if (hello === undefined) return;
    this.request(hello).reply.then(({ name }) => this.renamed(name), (error) => {
      this.#mustPresent = true;
      this.#ledger.failAll(error);
    });
  }

  /** Calls wait for the next broker, but not for ever. */
  #await(): void {
    if (this.#stopPatience === undefined) this.#waitPatiently();
    this.#options.onWaiting();
  }

  #waitPatiently(): void {
    this.#stopPatience = this.#options.clock.after(limits.busDownMs, () => {
      // There is a bus, and it will answer.
      if (this.#options.isBrokerSlow()) return this.#waitPatiently();
      this.#stopPatience = undefined;
      this.#ledger.failAll(noBroker());
    });
  }

  #endPatience(): void {
    this.#stopPatience?.();
    this.#stopPatience = undefined;
  }
}

function hasLeft(): HustingsError {
  return new HustingsError("bus_down", "This process has left the bus");
}

function noBroker(): HustingsError {
  return new HustingsError(
    "bus_down",
    `No broker could be reached for ${limits.busDownMs / 1000} s. Nothing was lost: ` +
      "what had a receipt is on disk; try again, and see 'hustings status'",
  );
}
