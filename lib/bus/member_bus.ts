import type { Clock, Random } from "../core/clock.ts";
import type { ObserveResult, PausedView, StoppedView } from "../core/bus_events.ts";
import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { CheckResult, HelloResult, HistoryResult, ListResult } from "../core/types.ts";
import type {
  ImportResult,
  Receipt,
  RenameResult,
  RoomResult,
  StatusResult,
  WatchResult,
} from "../core/types.ts";
import type { CheckOperation, Operation, ResultOf } from "../core/operations.ts";
import type { Caller } from "./caller.ts";
import type { Bus, CheckOptions, Handed, HistoryOptions, Identity, IdentityChange } from "./bus.ts";
import type { ImportedMessage, ImportedName, ListOptions, Outgoing, WatchOptions } from "./bus.ts";
import type { ObserveOptions, PauseOptions, StopOptions } from "./bus.ts";
import { messageUuids } from "./message_uuids.ts";
import { wholeWaitMs } from "./whole_wait_ms.ts";

export interface MemberBusOptions {
  /** Who asks for it, once that can be had; a rejection is what every call then says. */
  readonly member: Promise<Caller>;
  readonly clock: Clock;
  readonly random: Random;
  readonly pid: number;
}

/** The bus on the elected broker of this machine, for a member or for one that looks on. */
export class MemberBus implements Bus {
  readonly #member: Promise<Caller>;
  readonly #pid: number;
  readonly #newUuid: () => string;
  /** This process: the same in each hello, so that a repeat is known as one. */
  readonly #instance: string;
  #joined: Promise<HelloResult> | undefined;
  #identity: Identity | undefined;
  readonly #abandoned = new Set<number>();
  #markJoined: (joined: Promise<HelloResult>) => void = () => {};
  readonly #joinedOnce: Promise<HelloResult>;

  constructor({ member, clock, random, pid }: MemberBusOptions) {
    this.#member = member;
    this.#pid = pid;
    this.#newUuid = messageUuids(clock, random);
    this.#instance = this.#newUuid();
    this.#joinedOnce = new Promise((resolve) => this.#markJoined = resolve);
    // Whoever calls is told; until then nobody is there to be told.
    member.catch(() => {});
    this.#joinedOnce.catch(() => {});
  }

  /** A second call returns what the first one brought; after a failure it tries again. */
  join(identity: Identity): Promise<HelloResult> {
    if (this.#joined === undefined) {
      this.#identity = identity;
      const joined = this.#hello(identity);
      this.#joined = joined;
      joined.then(() => this.#markJoined(joined), () => this.#joined = undefined);
    }
    return this.#joined;
  }

  async present(change: IdentityChange): Promise<HelloResult> {
    await this.#ready();
    const identity = { ...this.#identity!, ...change };
    this.#identity = identity;
    return await this.#hello(identity);
  }

  send(message: Outgoing): Promise<Receipt> {
    return this.#request({ op: "send", message: this.#newUuid(), ...message });
  }

  async check(options: CheckOptions, signal?: AbortSignal): Promise<Handed> {
    const waitMs = wholeWaitMs(options.waitMs, limits.waitMs);
    const member = await this.#ready();
    if (signal?.aborted) throw cancelled();
    const { id, result } = this.#requestCheck(member, { ...options, waitMs });
    const found = await ended(result, member, id, signal);
    const ids = found.messages.map((message) => message.id);
    const release = async () => {
      if (ids.length > 0) await this.#release(member, id);
    };
    if (signal?.aborted) {
      await release();
      throw cancelled();
    }
    const confirm = async () => {
      if (ids.length > 0) await member.request({ op: "ack", messages: ids }).reply;
    };
    return { ...found, confirm, release };
  }

  async watch(options: WatchOptions, signal?: AbortSignal): Promise<WatchResult> {
    const waitMs = wholeWaitMs(options.waitMs, limits.watchMs);
    const member = await this.#ready();
    if (signal?.aborted) throw cancelled();
    const { id, reply } = member.request({ op: "watch", after: options.after, waitMs });
    const seen = await ended(reply, member, id, signal);
    if (signal?.aborted) throw cancelled();
    return seen;
  }

  list(options: ListOptions = {}): Promise<ListResult> {
    return this.#request({ op: "list", ...options });
  }

  async rename(name: string): Promise<RenameResult> {
    const result = await this.#request({ op: "rename", name });
    (await this.#member).renamed(result.name);
    return result;
  }

  room(room: string, inside: boolean): Promise<RoomResult> {
    return this.#request({ op: "room", room, inside });
  }

  async history(options: HistoryOptions): Promise<HistoryResult> {
    if (options.everyone) return await this.#view({ op: "history", ...options });
    return await this.#request({ op: "history", ...options });
  }

  import(message: ImportedMessage): Promise<ImportResult> {
    return this.#request({ op: "import", ...message });
  }

  adopt(name: ImportedName): Promise<ImportResult> {
    return this.#request({ op: "adopt", ...name });
  }

  status(): Promise<StatusResult> {
    return this.#request({ op: "status" });
  }

  async observe(options: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult> {
    const waitMs = wholeWaitMs(options.waitMs, limits.waitMs);
    const member = await this.#member;
    if (signal?.aborted) throw cancelled();
    const { id, reply } = member.request({ op: "observe", ...options, waitMs });
    const seen = await ended(reply, member, id, signal);
    if (signal?.aborted) throw cancelled();
    return seen;
  }

  pause(options: PauseOptions): Promise<PausedView> {
    return this.#view({ op: "pause", ...options });
  }

  stopThread(options: StopOptions): Promise<StoppedView> {
    return this.#view({ op: "stop", ...options });
  }

  async leave(): Promise<void> {
    const member = await this.#member.catch(() => undefined);
    await member?.leave();
    const never = Promise.reject(new HustingsError("bus_down", "This process has left the bus"));
    never.catch(() => {});
    this.#markJoined(never);
  }

  /**
   * A check may fail after it was handed messages: its reply was lost and the repeat refused. They
   * were never seen, so the next check gives them back.
   */
  #requestCheck(
    member: Caller,
    options: CheckOptions,
  ): { id: number; result: Promise<CheckResult> } {
    const abandoned = [...this.#abandoned].slice(0, limits.requestsUnderWay);
    const operation: CheckOperation = {
      op: "check",
      ...options,
      ...(abandoned.length > 0 ? { abandoned } : {}),
    };
    const { id, reply } = member.request(operation);
    const result = reply.then((found) => {
      for (const each of abandoned) this.#abandoned.delete(each);
      return found;
    }, (error) => {
      this.#abandoned.add(id);
      throw error;
    });
    return { id, result };
  }

  async #release(member: Caller, request: number): Promise<void> {
    try {
      await member.request({ op: "release", request }).reply;
    } catch (error) {
      this.#abandoned.add(request);
      throw error;
    }
  }

  async #hello(identity: Identity): Promise<HelloResult> {
    const member = await this.#member;
    return await member.join({
      op: "hello",
      instance: this.#instance,
      pid: this.#pid,
      ...identity,
    });
  }

  /** The member, once this process has its name. */
  async #ready(): Promise<Caller> {
    const member = await this.#member;
    await this.#joinedOnce;
    return member;
  }

  /** What needs no name. */
  async #view<O extends Operation>(operation: O): Promise<ResultOf<O>> {
    return await (await this.#member).request(operation).reply;
  }

  async #request<O extends Operation>(operation: O): Promise<ResultOf<O>> {
    return await (await this.#ready()).request(operation).reply;
  }
}

/** What the wait `id` brings; `signal` ends it early. */
async function ended<T>(
  result: Promise<T>,
  member: Caller,
  id: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const cancel = () => void member.request({ op: "cancel", request: id }).reply.catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  return await result.finally(() => signal?.removeEventListener("abort", cancel));
}

function cancelled(): HustingsError {
  return new HustingsError("cancelled", "The wait was given up; what it brought is queued again");
}
