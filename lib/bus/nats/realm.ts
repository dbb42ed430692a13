import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { connect, errors } from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Clock, Random } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { connectOptions } from "./connect_options.ts";
import type { Link } from "./link.ts";
import {
  connectFault,
  isNobodyThere,
  isPassing,
  isStreamMissing,
  natsFault,
  notAllowed,
  withoutJetStream,
} from "./nats_fault.ts";
import type { NatsSetting } from "./nats_setting.ts";
import { outliveResets } from "./outlive_resets.ts";
import { checkFormat } from "./check_format.ts";
import { realmNames } from "./realm_names.ts";
import type { RealmNames } from "./realm_names.ts";
import { makeStream, realmStreams } from "./realm_streams.ts";
import { checkServer } from "./check_server.ts";
import { serverUrl } from "./server_url.ts";

export interface RealmOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Only look: what is missing on the server is not made. */
  readonly isGuest?: boolean;
}

/**
 * The connection to a bus on NATS, and what it rests on there. It comes back for ever, to any server of
 * the cluster.
 *
 * | state | entered by | left by |
 * |---|---|---|
 * | connected | opening, the client's `reconnect` | `disconnect` → lost; `close` → closed |
 * | lost | `disconnect` | `reconnect` → connected; `close` → closed |
 * | closed | `close` | never |
 */
export class Realm implements Link {
  readonly setting: NatsSetting;
  readonly names: RealmNames;
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly clock: Clock;
  readonly random: Random;
  crowd = 0;
  readonly #isGuest: boolean;
  #isPrepared = false;
  #state: "connected" | "lost" | "closed" = "connected";
  #underWay = new Set<(reason: Error) => void>();
  #waiting = new Set<() => void>();
  readonly #onReconnect = new Set<() => void>();
  /** When the server last did what it was asked for. */
  #succeededMs = 0;
  /** What the server does not allow: as long as it lasts, nothing that was asked for can be relied on. */
  #refusal: HustingsError | undefined;

  private constructor(
    setting: NatsSetting,
    nc: NatsConnection,
    jsm: JetStreamManager,
    { clock, random, isGuest = false }: RealmOptions,
  ) {
    this.setting = setting;
    this.names = realmNames(setting.realm);
    this.nc = nc;
    this.clock = clock;
    this.#isGuest = isGuest;
    this.random = random;
    this.js = jetstream(nc, { timeout: limits.natsRequestMs });
    this.jsm = jsm;
    this.#follow();
  }

  /**
   * Connects, once to each server, and makes what is missing there. Rejects with `bus_down` where none
   * can be reached, `not_admitted` where it does not let this program in or keeps nothing for it,
   * `version` where the server or this program is too old, and `bad_request` for files that cannot be read.
   */
  static async open(setting: NatsSetting, options: RealmOptions): Promise<Realm> {
    outliveResets();
    let nc: NatsConnection;
    try {
      nc = await connect(connectOptions(setting, options.random));
    } catch (error) {
      throw connectFault(error, setting);
    }
    const jsm = await jetstreamManager(nc, { timeout: limits.natsRequestMs, checkAPI: false });
    const realm = new Realm(setting, nc, jsm, options);
    try {
      await realm.#prepare();
      return realm;
    } catch (error) {
      await realm.close();
      throw error;
    }
  }

  get isConnected(): boolean {
    return this.#state === "connected";
  }

  /** The server's version, as in `2.10.4`; that of the last one while none is connected. */
  #version = "";
  get serverVersion(): string {
    return this.nc.info?.version ?? this.#version;
  }

  /** Calls `fn` each time the connection is back; returns what takes that back. */
  onReconnect(fn: () => void): () => void {
    this.#onReconnect.add(fn);
    return () => this.#onReconnect.delete(fn);
  }

  /**
   * Carries out a step that does no harm when it is repeated, again where the connection was lost, until
   * `limits.busDownMs` are over. Rejects with `bus_down` then, and with what the server refuses.
   */
  async run<T>(step: () => Promise<T>): Promise<T> {
    const fromMs = this.clock.monotonicMs();
    const untilMs = fromMs + limits.busDownMs;
    for (;;) {
      let why: unknown;
      try {
        await this.#connected(untilMs);
        if (this.#refusal !== undefined) throw this.#refusal;
        const result = await this.#try(step, untilMs);
        this.#succeededMs = this.clock.monotonicMs();
        return result;
      } catch (error) {
        const isLost = this.#isPrepared && !this.#isGuest && isStreamMissing(error);
        if (isLost) await this.#remake();
        else if (!isPassing(error)) throw natsFault(error, this.setting);
        why = error;
      }
      if (this.#state === "closed") throw left();
      if (this.clock.monotonicMs() >= untilMs) throw this.#down(why);
      if (this.isConnected) this.#tryAnother(fromMs);
      if (this.isConnected) await this.#pause();
    }
  }

  /** Of several servers, the one that this process came to may hang, or have no part in what is kept. */
  #tryAnother(fromMs: number): void {
    const nowMs = this.clock.monotonicMs();
    const isHanging = nowMs - Math.max(fromMs, this.#succeededMs) > limits.natsOtherServerMs;
    if (!isHanging || this.setting.servers.length < 2) return;
    this.#succeededMs = nowMs; // what the next one does is not known yet
    this.nc.reconnect().catch(() => {});
  }

  /** Lets go of it at once; what is under way rejects. */
  async close(): Promise<void> {
    this.#state = "closed";
    this.#abandon(new errors.ClosedConnectionError());
    this.#wake();
    await this.nc.close();
  }

  async #prepare(): Promise<void> {
    const info = this.nc.info;
    checkServer(info?.version ?? "", this.setting);
    this.#version = info?.version ?? "";
    await this.run(async () => {
      try {
        await this.jsm.getAccountInfo();
      } catch (error) {
        const isWithout = isNobodyThere(error) && info?.jetstream !== true;
        throw isWithout ? withoutJetStream(this.setting, "on it") : error;
      }
    });
    if (!this.#isGuest) {
      const isClustered = info?.cluster !== undefined;
      await Promise.all(
        realmStreams(this.names).map((each) =>
          this.run(() => makeStream(this.jsm, each, isClustered))
        ),
      );
    }
    await checkFormat(this, this.#isGuest);
    this.#isPrepared = true;
  }

  /** One try, which ends with the connection, and with the time. */
  #try<T>(step: () => Promise<T>, untilMs: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const leftMs = Math.max(1, untilMs - this.clock.monotonicMs());
    const stop = this.clock.after(leftMs, () => reject(new errors.TimeoutError()));
    this.#underWay.add(reject);
    step().then(resolve, reject);
    return promise.finally(() => {
      stop();
      this.#underWay.delete(reject);
    });
  }

  /** Resolves when the connection is there; rejects at `untilMs`. */
  async #connected(untilMs: number): Promise<void> {
    while (this.#state === "lost") {
      const leftMs = untilMs - this.clock.monotonicMs();
      if (leftMs <= 0) throw new errors.ConnectionError("the connection is lost");
      await this.#wait(leftMs);
    }
    if (this.#state === "closed") throw left();
  }

  /** Resolves when the connection changes, or after `leftMs`. */
  #wait(leftMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop();
        this.#waiting.delete(done);
        resolve();
      };
      const stop = this.clock.after(leftMs, done);
      this.#waiting.add(done);
    });
  }

  #pause(): Promise<void> {
    const delayMs = limits.natsPauseMs * (0.5 + this.random.fraction());
    return new Promise((resolve) => this.clock.after(delayMs, resolve));
  }

  async #follow(): Promise<void> {
    for await (const status of this.nc.status()) {
      const { type } = status;
      if (this.#state === "closed") return;
      if (type === "error") this.#noteRefusal(status.error);
      else if (type === "disconnect") {
        this.#state = "lost";
        this.#abandon(new errors.ConnectionError("the connection was lost"));
      } else if (type === "reconnect") {
        this.#state = "connected";
        this.#refusal = undefined;
        this.#version = this.nc.info?.version ?? this.#version;
        this.#wake();
        await this.#remake();
        for (const fn of this.#onReconnect) fn();
      }
    }
  }

  /** A subscription that is refused is heard of by this alone. */
  #noteRefusal(error: Error): void {
    if (!(error instanceof errors.PermissionViolationError)) return;
    this.#refusal = notAllowed(error, this.setting);
    this.#abandon(this.#refusal);
  }

  /** A server whose disk was lost has nothing of the realm: it is made anew, and joined anew then. */
  async #remake(): Promise<void> {
    if (this.#isGuest) return;
    const isClustered = this.nc.info?.cluster !== undefined;
    const all = realmStreams(this.names).map((each) => makeStream(this.jsm, each, isClustered));
    // What cannot be asked now is asked with the next connection.
    await Promise.allSettled(all);
  }

  #abandon(reason: Error): void {
    for (const reject of this.#underWay) reject(reason);
    this.#underWay.clear();
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  #down(why: unknown): HustingsError {
    const said = why instanceof Error && why.message !== "" ? why.message : "no answer";
    return new HustingsError(
      "bus_down",
      `The bus at ${serverUrl(this.setting)} has not answered for ${
        limits.busDownMs / 1000
      } s (${said}). ` +
        "What was acknowledged is on the server, and nothing of it is lost; what was not may or may not be " +
        "there, and to send it again is safe once history shows that it is not: try again in a moment",
      { cause: why },
    );
  }
}

function left(): HustingsError {
  return new HustingsError("bus_down", "This process has left the bus");
}
