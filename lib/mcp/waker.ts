import { announcement } from "../agents/announcement.ts";
import type { ClientProfile } from "../agents/clients.ts";
import { ownPlaces } from "../agents/program_call.ts";
import { queueForCodex } from "../agents/queue_for_codex.ts";
import type { Bus } from "../bus/bus.ts";
import { keepWatch } from "./keep_watch.ts";
import { mcpLog } from "./mcp_log.ts";

export interface WakerOptions {
  readonly bus: Bus;
  /** Announces over the client's channel who has written; resolves with false when it cannot. */
  readonly push: (from: readonly string[]) => Promise<boolean>;
  /** The session has a channel of this server. */
  readonly hasChannel: boolean;
  /** The PATH on which the client's command is. */
  readonly path: string;
  /** Fires when the client is gone. */
  readonly ending: AbortSignal;
}

/**
 * Wakes the idle session of this process, where its client can be woken from here: Codex by a message
 * that its own command queues, Claude Code over a channel. While it can, a watch is under way, and with
 * that others are told so; what fails ends the watch.
 */
export class Waker {
  readonly #options: WakerOptions;
  #woken: string | undefined;
  #former = new AbortController();

  constructor(options: WakerOptions) {
    this.#options = options;
  }

  /** The agent of `client` is on the bus, in the conversation `session` where that is known. */
  follow({ short, wake }: ClientProfile, session: string | undefined): void {
    if (short === "claude" && this.#options.hasChannel) this.#watch("channel", this.#options.push);
    if (wake === "queue" && session !== undefined) {
      this.#watch(session, (from) => queued(session, from, this.#options.path));
    }
  }

  /** Wakes `whom` from now on, instead of whom it woke before. */
  #watch(whom: string, announce: (from: readonly string[]) => Promise<boolean>): void {
    if (this.#woken === whom) return;
    this.#woken = whom;
    this.#former.abort();
    this.#former = new AbortController();
    const { bus, ending } = this.#options;
    keepWatch(bus, announce, AbortSignal.any([ending, this.#former.signal]));
  }
}

async function queued(thread: string, from: readonly string[], path: string): Promise<boolean> {
  const fault = await queueForCodex(thread, announcement(from), ownPlaces(path));
  if (fault !== undefined) mcpLog(`codex queue: ${fault}`);
  return fault === undefined;
}
