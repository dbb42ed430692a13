import type { Clock, Random } from "../../core/clock.ts";
import type { ObserveResult, PausedView, StoppedView } from "../../core/bus_events.ts";
import { decodeOperation } from "../../core/decode_operation.ts";
import { HustingsError } from "../../core/errors.ts";
import type { AdoptOperation } from "../../core/import_operations.ts";
import { limits } from "../../core/limits.ts";
import type { HelloOperation, RoomOperation } from "../../core/operations.ts";
import type { HelloResult, HistoryResult, ImportResult, ListResult } from "../../core/types.ts";
import type { Receipt, RenameResult, RoomResult, StatusResult } from "../../core/types.ts";
import type { WatchResult } from "../../core/types.ts";
import type {
  Bus,
  CheckOptions,
  Handed,
  HistoryOptions,
  Identity,
  IdentityChange,
} from "../bus.ts";
import type { ObserveOptions, PauseOptions, StopOptions } from "../bus.ts";
import type { ImportedMessage, ImportedName, ListOptions, Outgoing, WatchOptions } from "../bus.ts";
import { messageUuids } from "../message_uuids.ts";
import { AttendPost } from "./attend_post.ts";
import { NatsMember } from "./nats_member.ts";
import type { NatsSetting } from "./nats_setting.ts";
import { statusOfRealm } from "./nats_status.ts";
import { Realm } from "./realm.ts";

export interface NatsBusOptions {
  readonly setting: NatsSetting;
  readonly clock: Clock;
  readonly random: Random;
  readonly pid: number;
  /** This machine, as owners of names have it: `HOST#…`, where what follows the host tells homes apart. */
  readonly machine: string;
  /** The state directory of this user on this machine. */
  readonly home: string;
  /** The directory in which the hooks of its session find it; absent where it has none. */
  readonly attend?: string;
}

/** The bus on streams of a NATS server: no process leads, and each keeps the rules by compare-and-set. */
export class NatsBus implements Bus {
  readonly #options: NatsBusOptions;
  readonly #instance: string;
  #member: Promise<NatsMember> | undefined;
  #joined: Promise<HelloResult> | undefined;
  #identity: Identity | undefined;
  #hasLeft = false;
  #post: AttendPost | undefined;
  /** The conversation, where only a hook has told it. */
  #told: string | undefined;
  /** What ends the waits that are under way. */
  readonly #waiting = new Set<(reason: HustingsError) => void>();
  #markJoined: (joined: Promise<unknown>) => void = () => {};
  readonly #joinedOnce: Promise<unknown>;

  constructor(options: NatsBusOptions) {
    this.#options = options;
    this.#instance = messageUuids(options.clock, options.random)();
    this.#joinedOnce = new Promise((resolve) => this.#markJoined = resolve);
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

  async send(message: Outgoing): Promise<Receipt> {
    return await (await this.#called()).mail.send(message);
  }

  async check(options: CheckOptions, signal?: AbortSignal): Promise<Handed> {
    const member = await this.#called();
    return await this.#untilLeft(member.mail.check(options, signal));
  }

  async watch(options: WatchOptions, signal?: AbortSignal): Promise<WatchResult> {
    const member = await this.#ready();
    return await this.#untilLeft(member.mail.watch(options, signal));
  }

  async list(options: ListOptions = {}): Promise<ListResult> {
    return await (await this.#called()).list(options);
  }

  async rename(name: string): Promise<RenameResult> {
    const member = await this.#called();
    decodeOperation({ op: "rename", name });
    const result = await member.rename(name);
    this.#identity = { ...this.#identity!, name };
    this.#leaveNote(member);
    return result;
  }

  async room(room: string, inside: boolean): Promise<RoomResult> {
    const member = await this.#called();
    return await member.room(decodeOperation({ op: "room", room, inside }) as RoomOperation);
  }

  async history(options: HistoryOptions): Promise<HistoryResult> {
    const member = options.everyone ? await this.#open() : await this.#called();
    return await member.mail.history(options);
  }

  async observe(options: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult> {
    const member = await this.#open();
    return await this.#untilLeft(member.mail.observe(options, signal));
  }

  async pause(options: PauseOptions): Promise<PausedView> {
    return await (await this.#open()).mail.pause(options);
  }

  async stopThread(options: StopOptions): Promise<StoppedView> {
    return await (await this.#open()).mail.stopThread(options);
  }

  async import(message: ImportedMessage): Promise<ImportResult> {
    return await (await this.#ready()).mail.import(message);
  }

  async adopt(name: ImportedName): Promise<ImportResult> {
    const member = await this.#ready();
    return await member.adopt(decodeOperation({ op: "adopt", ...name }) as AdoptOperation);
  }

  async status(): Promise<StatusResult> {
    return await statusOfRealm(await this.#ready());
  }

  async leave(): Promise<void> {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    const never = Promise.reject(left());
    never.catch(() => {});
    this.#markJoined(never);
    for (const reject of this.#waiting) reject(left());
    this.#post?.close();
    const member = await this.#member?.catch(() => undefined);
    if (member === undefined) return;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const stop = this.#options.clock.after(limits.resignMs, resolve);
    // What it did not say in time, others see by themselves.
    await Promise.race([member.leave().catch(() => {}), over]);
    stop();
    await Promise.race([member.close(left()).catch(() => {}), over]);
  }

  async #hello(identity: Identity): Promise<HelloResult> {
    const hello = { op: "hello", instance: this.#instance, pid: this.#options.pid, ...identity };
    const member = await this.#open();
    const joined = await member.join(decodeOperation({ ...hello }) as HelloOperation);
    this.#leaveNote(member);
    return joined;
  }

  /** Hooks of the session find it from now on. Several processes of one name have none. */
  #leaveNote(member: NatsMember): void {
    const { attend: directory, clock } = this.#options;
    if (directory === undefined || this.#identity?.shared || this.#hasLeft) return;
    if (this.#post !== undefined) return this.#writeNote(member);
    this.#post = new AttendPost({
      directory,
      instance: this.#instance,
      clock,
      onTold: ({ activity, session }) => {
        if (session !== undefined) this.#told ??= session;
        // What the directory does not take now, the session's next hook tells again.
        member.hooked(activity, session).catch(() => {});
        this.#writeNote(member);
      },
    });
    member.mail.listen(() => this.#writeNote(member));
  }

  #writeNote(member: NatsMember): void {
    const { client, directory, session = this.#told, parent } = this.#identity!;
    const kin = { client, directory, session, parent };
    const { unread } = member.mail;
    member.presence.tell({ unread });
    this.#post?.say({ kin, unread, box: member.box, name: member.me().name });
  }

  /** The same connection for all calls; where there is none yet, each tries anew. */
  #open(): Promise<NatsMember> {
    if (this.#hasLeft) return Promise.reject(left());
    if (this.#member === undefined) {
      const member = this.#connect();
      this.#member = member;
      member.catch(() => this.#member = undefined);
    }
    return this.#member;
  }

  async #connect(): Promise<NatsMember> {
    const { setting, clock } = this.#options;
    const untilMs = clock.monotonicMs() + limits.busDownMs;
    for (;;) {
      try {
        const realm = await Realm.open(setting, this.#options);
        const options = { ...this.#options, instance: this.#instance };
        return await NatsMember.open(realm, options).catch(async (error) => {
          await realm.close();
          throw error;
        });
      } catch (error) {
        const isDown = error instanceof HustingsError && error.code === "bus_down";
        if (!isDown || this.#hasLeft || clock.monotonicMs() >= untilMs) throw error;
      }
      await new Promise<void>((resolve) => clock.after(limits.natsPauseMs, resolve));
    }
  }

  /** What a wait brings, which this process may end by going. */
  #untilLeft<T>(waited: Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.add(reject);
    waited.then(resolve, reject);
    return promise.finally(() => this.#waiting.delete(reject));
  }

  /** The member, once this process has its name. */
  async #ready(): Promise<NatsMember> {
    await this.#joinedOnce;
    const member = await this.#open();
    await member.settled();
    return member;
  }

  /** The same for what the model asked for itself. */
  async #called(): Promise<NatsMember> {
    const member = await this.#ready();
    member.called();
    return member;
  }
}

function left(): HustingsError {
  return new HustingsError("bus_down", "This process has left the bus");
}
