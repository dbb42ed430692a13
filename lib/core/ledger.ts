import type { HustingsError } from "./errors.ts";
import { invariant } from "./invariant.ts";
import type { Operation } from "./operations.ts";
import type { Reply, Request } from "./wire.ts";

interface Entry {
  readonly operation: Operation;
  /** When a wait ends, by the monotonic clock; absent where nothing waits. */
  readonly waitEndsMs: number | undefined;
  readonly settle: (reply: Reply) => void;
  readonly fail: (error: HustingsError) => void;
}

/**
 * The requests of one member that have no reply yet, in the order in which they were made. It
 * outlives connections: after a takeover all of them are sent again, with the same ids, in the same
 * order. What stays true: an entry is settled or failed once, and then gone.
 */
export class Ledger {
  #entries = new Map<number, Entry>();
  #nextId = 1;

  get size(): number {
    return this.#entries.size;
  }

  /** True while a request is open that does more than wait for longer than `forMs`. */
  isUrgent(nowMs: number, forMs: number): boolean {
    for (const { waitEndsMs } of this.#entries.values()) {
      if (waitEndsMs === undefined || waitEndsMs <= nowMs + forMs) return true;
    }
    return false;
  }

  /** Notes a request and returns it as it goes out now. */
  open(
    operation: Operation,
    nowMs: number,
    settle: (reply: Reply) => void,
    fail: (error: HustingsError) => void,
  ): Request {
    const id = this.#nextId++;
    const waitEndsMs = "waitMs" in operation ? nowMs + operation.waitMs : undefined;
    this.#entries.set(id, { operation, waitEndsMs, settle, fail });
    return { id, operation };
  }

  /** True while `id` has no reply. */
  isOpen(id: number): boolean {
    return this.#entries.has(id);
  }

  /** Settles the request that `reply` answers; a reply to nothing (a repeat's second one) is ignored. */
  close(reply: Reply): void {
    const entry = this.#entries.get(reply.id);
    if (entry === undefined) return;
    this.#entries.delete(reply.id);
    entry.settle(reply);
  }

  /** What to send to a new broker, oldest first; a wait goes out with what is left of it. */
  outstanding(nowMs: number): Request[] {
    const requests: Request[] = [];
    let last = 0;
    for (const [id, entry] of this.#entries) {
      invariant(id > last, "the ledger is in order");
      last = id;
      const { operation, waitEndsMs } = entry;
      if ("waitMs" in operation && waitEndsMs !== undefined) {
        const waitMs = Math.max(0, Math.round(waitEndsMs - nowMs));
        requests.push({ id, operation: { ...operation, waitMs } });
      } else requests.push({ id, operation });
    }
    return requests;
  }

  /** Gives one request up. */
  fail(id: number, error: HustingsError): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    entry.fail(error);
  }

  /** Gives all up: there is no bus. */
  failAll(error: HustingsError): void {
    for (const id of [...this.#entries.keys()]) this.fail(id, error);
  }
}
