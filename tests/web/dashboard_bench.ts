import type { Handed, HistoryOptions, ObserveOptions, Outgoing } from "../../lib/bus/bus.ts";
import type { BusEvent, ObserveResult, PausedView } from "../../lib/core/bus_events.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import type { HelloResult, HistoryResult, Receipt } from "../../lib/core/types.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { DashboardServer } from "../../lib/web/dashboard_server.ts";
import { FindingsDesk } from "../../lib/web/findings_desk.ts";
import { Person } from "../../lib/web/person.ts";
import { ScriptedBus } from "../support/scripted_bus.ts";

/** A bus whose events a test makes: each is answered to one `observe`. */
export class WatchedBus extends ScriptedBus {
  readonly asked: (string | undefined)[] = [];
  readonly looked: HistoryOptions[] = [];
  readonly paused: unknown[] = [];
  readonly results: (ObserveResult | HustingsError)[] = [];
  #wake: () => void = () => {};
  #tellGivenUp: () => void = () => {};

  tell(...results: (ObserveResult | HustingsError)[]): void {
    this.results.push(...results);
    this.#wake();
  }

  /** Resolves when a page goes that waits for something to happen. */
  nextGivenUp(): Promise<void> {
    return new Promise((resolve) => this.#tellGivenUp = resolve);
  }

  override async observe(options: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult> {
    this.asked.push(options.cursor);
    while (this.results.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      if (!signal?.aborted) continue;
      this.#tellGivenUp();
      throw new HustingsError("cancelled", "given up");
    }
    const next = this.results.shift()!;
    if (next instanceof HustingsError) throw next;
    return next;
  }

  override join(): Promise<HelloResult> {
    return Promise.resolve({ name: "ada", unread: 0 });
  }

  override check(): Promise<Handed> {
    return new Promise(() => {});
  }

  override send(message: Outgoing): Promise<Receipt> {
    this.sent.push(message);
    const recipients = [{ name: "bob", presence: "waiting" as const }];
    return Promise.resolve({ id: 9, atMs: 1, recipients });
  }

  override history(options: HistoryOptions): Promise<HistoryResult> {
    this.looked.push(options);
    return Promise.resolve({ entries: [], older: false });
  }

  override pause(
    options: { readonly name: string; readonly paused: boolean },
  ): Promise<PausedView> {
    this.paused.push(options);
    const error = new HustingsError("no_recipient", `Nobody is called '${options.name}'`);
    return options.name === "ghost"
      ? Promise.reject(error)
      : Promise.resolve({ everyone: options.paused, names: [] });
  }
}

/** An event of the bus that says little. */
export const event: BusEvent = { kind: "stopped", atMs: 1, threads: [4] };

/** The HTTP side of a dashboard over a scripted bus: `await using` ends it. */
export class DashboardBench implements AsyncDisposable {
  readonly bus: WatchedBus;
  readonly server: DashboardServer;
  readonly key = "k".repeat(43);
  /** How often the doctor was asked. */
  examined = 0;

  private constructor(bus: WatchedBus, server: DashboardServer) {
    this.bus = bus;
    this.server = server;
  }

  static async start(): Promise<DashboardBench> {
    const bus = new WatchedBus();
    const person = new Person({
      openBus: () => bus,
      place: { directory: "/shop" },
      clock: systemClock,
    });
    const examine = () => {
      bench.examined += 1;
      return Promise.resolve([{ check: "store", level: "ok" as const, text: "It is well" }]);
    };
    const findings = new FindingsDesk(examine, systemClock);
    const desk = { bus, person, findings, clock: systemClock };
    const server = await DashboardServer.start({ ...desk, key: "k".repeat(43), port: 0 });
    const bench = new DashboardBench(bus, server);
    return bench;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** Asks as the page does. */
  async ask(path: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.origin}/api/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.key}`, origin: this.origin, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, value: await response.json() };
  }

  /** Follows as the page does. */
  async follow(cursor?: string): Promise<EventReader> {
    const place: Record<string, string> = cursor === undefined ? {} : { "last-event-id": cursor };
    const headers = { authorization: `Bearer ${this.key}`, ...place };
    return new EventReader(await fetch(`${this.origin}/api/events`, { headers }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

/** Server-sent events, one by one. */
export class EventReader {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(response: Response) {
    this.response = response;
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The lines of the next event, by their names; undefined at the end. */
  async next(): Promise<Record<string, string> | undefined> {
    while (!this.#rest.includes("\n\n")) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n\n");
    const lines = this.#rest.slice(0, end).split("\n");
    this.#rest = this.#rest.slice(end + 2);
    return Object.fromEntries(lines.map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }));
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}
