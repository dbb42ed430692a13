import type { RequestId } from "@modelcontextprotocol/sdk/types";
import type { Handed } from "../bus/bus.ts";
import { invariant } from "../core/invariant.ts";
import { mcpLog } from "./mcp_log.ts";

interface Carried {
  readonly handed: Handed;
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/**
 * Messages on their way to the client inside a response. They are confirmed once that response was
 * written, and released (queued again) when it never will be: the client cancelled the request, so
 * that nobody answers it or reads the answer, or the output broke.
 */
export class Deliveries {
  readonly #carried = new Map<RequestId, Carried>();
  readonly #settling = new Set<Promise<void>>();

  /** The response to `id` is about to carry `handed`; `signal` fires when the client cancels it. */
  carry(id: RequestId, handed: Handed, signal: AbortSignal): void {
    if (signal.aborted) return this.release(handed);
    invariant(!this.#carried.has(id), "a request under way has its id for itself");
    const release = () => this.settle(id, false);
    this.#carried.set(id, { handed, signal, release });
    signal.addEventListener("abort", release, { once: true });
  }

  /** The response to `id` was written whole, or never will be. */
  settle(id: RequestId, written: boolean): void {
    const carried = this.#carried.get(id);
    if (carried === undefined) return;
    this.#carried.delete(id);
    carried.signal.removeEventListener("abort", carried.release);
    if (written) this.#track("confirm", carried.handed.confirm());
    else this.release(carried.handed);
  }

  /** Gives messages back that no response will carry. */
  release(handed: Handed): void {
    this.#track("release", handed.release());
  }

  /** Resolves when the bus has heard of every message what became of it. */
  async settled(): Promise<void> {
    await Promise.all(this.#settling);
  }

  /** A failure loses nothing: the broker queues again what nobody confirmed. */
  #track(what: string, done: Promise<void>): void {
    const tracked = done.catch((error) => mcpLog(`${what}: ${error}`)).finally(() =>
      this.#settling.delete(tracked)
    );
    this.#settling.add(tracked);
  }
}
