import { setImmediate } from "node:timers";
import type { Clock } from "../../lib/core/clock.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import type { HelloResult } from "../../lib/core/types.ts";
import type { HelloOperation, Operation, ResultOf } from "../../lib/core/operations.ts";
import type { Reply } from "../../lib/core/wire.ts";
import { Hub } from "../../lib/member/hub/hub.ts";
import type { Session } from "../../lib/member/hub/session.ts";
import { Journal } from "../../lib/store/journal.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";
import { ScriptedStore } from "./scripted_store.ts";

/** Resolves when no promise has anything left to do. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A broker's hub on a store in memory, under a clock that goes on only when it is turned. */
export class HubBench implements Disposable {
  readonly store: ScriptedStore;
  readonly time = new SimTime();
  readonly clock: Clock = this.time.clockOf(new SimProcess());
  hub: Hub;
  #uuids = 0;

  /** `path`: the store's file; without one it is in memory. */
  constructor(path?: string) {
    this.store = new ScriptedStore(path);
    this.hub = this.#hub();
  }

  /** A conversation with one more member, which has not said hello yet. */
  open(options: { local?: boolean } = {}): HubMember {
    return new HubMember(this, options);
  }

  /** A member that said hello: as `claude` in `/shop`, where nothing else is said. */
  async join(hello: Partial<HelloOperation> = {}, local = false): Promise<HubMember> {
    const member = this.open({ local });
    await member.hello(hello);
    return member;
  }

  uuid(): string {
    return `uuid-${++this.#uuids}`;
  }

  /** Lets time go on; all that falls due happens, and all that follows from it. */
  async turn(forMs: number): Promise<void> {
    const untilMs = this.time.nowMs + forMs;
    do await settled(); while (this.time.advance(untilMs));
    await settled();
  }

  /** Another broker takes the store over; the members of this one may come back. */
  takeOver(): void {
    this.hub.close();
    this.hub = this.#hub();
  }

  [Symbol.dispose](): void {
    this.hub.close();
    this.store.close();
  }

  #hub(): Hub {
    const epoch = this.store.claim({ port: 9, pid: 8, atMs: 7 });
    return new Hub({
      journal: new Journal(this.store, epoch, this.clock, () => {}),
      clock: this.clock,
      facts: {
        pid: 8,
        port: () => 9,
        epoch,
        sinceMs: this.clock.wallMs(),
        version: "1.2.3",
        home: "/home",
        sizeBytes: () => 4096,
        warnings: () => [],
      },
      lastInstances: this.store.instances(),
    });
  }
}

let processes = 0;

/** One member's side of a conversation with the hub. */
export class HubMember {
  readonly session: Session;
  readonly replies: Reply[] = [];
  /** The process that it is, until a hello says otherwise. */
  readonly instance = `process-${++processes}`;
  readonly #bench: HubBench;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  constructor(bench: HubBench, options: { local?: boolean }) {
    this.#bench = bench;
    this.session = bench.hub.open({ reply: (reply) => this.#take(reply) }, options);
  }

  /** The id of the last request that was made by `ask`. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Sends a request under `id` and resolves with its reply. */
  request(id: number, operation: Operation): Promise<Reply> {
    const reply = new Promise<Reply>((resolve) => this.#waiting.set(id, resolve));
    this.session.receive({ id, operation });
    return reply;
  }

  /** Resolves with the result; rejects with the error that the hub answered. */
  async ask<O extends Operation>(operation: O, id = ++this.#lastId): Promise<ResultOf<O>> {
    const reply = await this.request(id, operation);
    if ("ok" in reply) return reply.ok as ResultOf<O>;
    throw new HustingsError(reply.error.code, reply.error.message);
  }

  hello(changes: Partial<HelloOperation> = {}): Promise<HelloResult> {
    const { instance } = this;
    const who = { client: "claude", directory: "/shop", pid: 1, instance };
    return this.ask({ op: "hello", ...who, ...changes });
  }

  send(to: readonly string[], text = "hi", replyTo?: number) {
    const message = this.#bench.uuid();
    const answer = replyTo === undefined ? {} : { replyTo };
    return this.ask({ op: "send", message, to, text, ...answer });
  }

  check(waitMs = 0, replyTo?: number) {
    const filter = replyTo === undefined ? {} : { replyTo };
    return this.ask({ op: "check", waitMs, ...filter });
  }

  /** The texts that a check without a wait brings. */
  async texts(): Promise<string[]> {
    return (await this.check()).messages.map(({ text }) => text);
  }

  #take(reply: Reply): void {
    this.replies.push(reply);
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}
