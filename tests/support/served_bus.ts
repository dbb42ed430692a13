import type { CheckOptions, Handed } from "../../lib/bus/bus.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import type { Message } from "../../lib/core/types.ts";
import { serveMcp } from "../../lib/mcp/serve_mcp.ts";
import { ScriptedBus, ScriptedHanded } from "./scripted_bus.ts";
import { ScriptedStreams } from "./scripted_streams.ts";

export const hello: Message = {
  id: 5,
  from: "rob",
  to: ["bob"],
  atMs: 0,
  text: "hello",
  thread: 5,
};

export interface Result {
  readonly content: readonly { readonly text: string }[];
  readonly isError?: true;
}

/** The server in this process, between scripted streams and a scripted bus. */
export function serving(bus: ScriptedBus) {
  const streams = new ScriptedStreams();
  const over = serveMcp(bus, { streams });
  return { streams, over };
}

export function initialize(client = "claude-code") {
  const clientInfo = { name: client, version: "1" };
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
  return { jsonrpc: "2.0", id: 1, method: "initialize", params };
}

/** What a client says once it is ready. */
export const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };

export function call(id: number, name: string, args: unknown = {}, meta = {}) {
  const params = { name, arguments: args, _meta: meta };
  return { jsonrpc: "2.0", id, method: "tools/call", params };
}

export function cancel(requestId: number) {
  return { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } };
}

export function textOf(answer: Record<string, unknown>): string {
  return (answer["result"] as Result).content[0]!.text;
}

/** A bus on which a check waits until the test lets it go or the check is given up. */
export class WaitingBus extends ScriptedBus {
  readonly waiting: Promise<CheckOptions>;
  #begin!: (options: CheckOptions) => void;
  bring!: (handed: Handed) => void;

  constructor() {
    super();
    this.waiting = new Promise((resolve) => this.#begin = resolve);
  }

  override check(options: CheckOptions, signal: AbortSignal): Promise<Handed> {
    return new Promise((resolve, reject) => {
      this.bring = resolve;
      signal.addEventListener("abort", () => {
        reject(new HustingsError("cancelled", "The wait was given up"));
      });
      this.#begin(options);
    });
  }
}

/** A bus on which one check brings one message. */
export class BringingBus extends ScriptedBus {
  readonly handed = new ScriptedHanded(hello);

  override check(): Promise<Handed> {
    return Promise.resolve(this.handed);
  }
}
