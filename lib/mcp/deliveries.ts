import type { RequestId } from "@modelcontextprotocol/sdk/types";
import type { Handed } from "../bus/bus.ts";
import { invariant } from "../core/invariant.ts";
import type { CheckResult } from "../core/types.ts";
import { mcpLog } from "./mcp_log.ts";

interface Carried {
  readonly handed: Handed;
  /** It is known what became of the response. */
  readonly over: () => void;
  written: boolean;
}

/**
 * Messages on their way to the client inside a response. They are confirmed once that response was
 * written and the client has read it, and released (queued again) when it never will: the client
 * cancelled the request, and so throws the response away, or the output broke.
 *
 * A response and a cancel may pass each other. That is why a written response is not enough: the
 * client is asked for a sign of life after it, and a cancel that was under way comes before that sign.
 * Some clients also send a cancel for what they have read just now: what was given back after its
 * response was written is shown once more, marked, and not a third time.
 */
export class Deliveries {
  readonly #allRead: () => Promise<void>;
  readonly #carried = new Map<RequestId, Carried>();
  readonly #settling = new Set<Promise<void>>();
  /** Messages that were given back although their response was written. */
  readonly #doubtful = new Set<number>();

  /** `allRead` resolves when the client has read what was written to it so far, and never rejects. */
  constructor(allRead: () => Promise<void>) {
    this.#allRead = allRead;
  }

  /** `handed` with those messages marked that the client may have read before. */
  marked(handed: Handed): CheckResult {
    const { messages, more, sent } = handed;
    const mark = { redelivered: true } as const;
    return {
      messages: messages.map((each) => this.#doubtful.has(each.id) ? { ...each, ...mark } : each),
      more,
      ...(sent === undefined ? {} : { sent }),
    };
  }

  /** The response to `id` is about to carry `handed`; `signal` fires when it will not be sent. */
  carry(id: RequestId, handed: Handed, signal: AbortSignal): void {
    if (signal.aborted) return this.release(handed);
    invariant(!this.#carried.has(id), "a request under way has its id for itself");
    const release = () => this.cancelled(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    // A client may have read a response, and ask for the next thing, before its write is known to be over.
    this.#track("response", promise);
    const over = () => {
      signal.removeEventListener("abort", release);
      resolve();
    };
    this.#carried.set(id, { handed, over, written: false });
    signal.addEventListener("abort", release, { once: true });
  }

  /** The response to `id` was written whole, or never will be. */
  settle(id: RequestId, written: boolean): void {
    const carried = this.#carried.get(id);
    if (carried === undefined) return;
    if (!written) return this.cancelled(id);
    carried.over();
    carried.written = true;
    this.#track(
      "sign of life",
      this.#allRead().then(() => {
        if (this.#carried.get(id) !== carried) return; // a cancel came first
        this.#carried.delete(id);
        this.#confirm(carried.handed);
      }),
    );
  }

  /** The client has cancelled request `id`. */
  cancelled(id: RequestId): void {
    const carried = this.#carried.get(id);
    if (carried === undefined) return;
    this.#carried.delete(id);
    carried.over();
    const { handed, written } = carried;
    if (!written) return this.release(handed);
    const again = handed.messages.some((message) => this.#doubtful.has(message.id));
    for (const message of handed.messages) this.#doubtful.add(message.id);
    if (again) this.#confirm(handed);
    else this.release(handed);
  }

  /** Gives messages back that no response will carry. */
  release(handed: Handed): void {
    this.#track("release", handed.release());
  }

  /** Resolves when the bus has heard of every message what became of it. */
  async settled(): Promise<void> {
    while (this.#settling.size > 0) await Promise.all(this.#settling);
  }

  #confirm(handed: Handed): void {
    this.#track("confirm", handed.confirm());
  }

  /** A failure loses nothing: the broker queues again what nobody confirmed. */
  #track(what: string, done: Promise<void>): void {
    const tracked = done.catch((error) => mcpLog(`${what}: ${error}`)).finally(() =>
      this.#settling.delete(tracked)
    );
    this.#settling.add(tracked);
  }
}
