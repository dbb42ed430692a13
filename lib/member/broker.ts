import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { version } from "../core/version.ts";
import { decodeRequest, encodeReply, RequestError } from "../core/wire.ts";
import type { Reply } from "../core/wire.ts";
import { Journal } from "../store/journal.ts";
import { publish } from "./claim.ts";
import type { Hold } from "./claim.ts";
import { FramedConnection } from "./framed_connection.ts";
import { Hub } from "./hub/hub.ts";
import type { Session } from "./hub/session.ts";
import { LegacyDesk } from "./legacy/legacy_desk.ts";
import { LegacyDoor } from "./legacy/legacy_door.ts";
import { LongTextFiles } from "./long_text_files.ts";
import { openAsBroker } from "./open_connection.ts";
import type { Caller, Credentials } from "./open_connection.ts";
import { ownNetwork } from "./own_network.ts";
import type { StateDirectory } from "./state_directory.ts";
import { loopback } from "./loopback.ts";
import { StoreLock } from "./store_lock.ts";
import { startUpkeep } from "./start_upkeep.ts";
import type { Leadership, Uplink, UplinkEvents } from "./world.ts";

export interface BrokerOptions {
  readonly listener: Deno.TcpListener;
  readonly hold: Hold;
  readonly epoch: number;
  readonly pid: number;
  readonly directory: StateDirectory;
  readonly firstPort: number;
  readonly clock: Clock;
  readonly credentials: Credentials;
  /** Called once, when another broker has the store. */
  readonly onFenced: () => void;
  /** Called when another process asks to be the broker instead: `close` tells that one first then. */
  readonly onHandover?: (() => void) | undefined;
}

/** The broker's sockets: it accepts, proves and serves; the hub decides. */
export class Broker implements Leadership {
  readonly #options: BrokerOptions;
  readonly #stopUpkeep: () => void;
  #listener: Deno.TcpListener;
  readonly #journal: Journal;
  readonly #hub: Hub;
  readonly #proven = new Set<FramedConnection>();
  /** Connections of newcomers, and of legacy scripts, which prove nothing. */
  readonly #unproven = new Set<Deno.TcpConn>();
  readonly #legacyDoor: LegacyDoor;
  /** Resolves when the listener is closed and nobody accepts on it any more. */
  #serving: Promise<void>;
  #closed = false;
  /** Who is to be the next broker, where one has asked for it. */
  #heir: FramedConnection | undefined;
  /** Undefined until it was asked for. */
  #network: { readonly name: string | undefined } | undefined;

  constructor(options: BrokerOptions) {
    const { epoch, clock, listener } = options;
    const { store } = options.hold;
    this.#options = options;
    this.#listener = listener;
    this.#journal = new Journal(store, epoch, clock, options.onFenced);
    const lastInstances = store.instances();
    this.#hub = new Hub({
      journal: this.#journal,
      clock,
      lastInstances,
      facts: {
        pid: options.pid,
        port: () => this.#listener.addr.port,
        epoch,
        sinceMs: clock.wallMs(),
        version,
        home: options.directory.path,
        sizeBytes: () => store.sizeBytes(),
        warnings: () => store.warnings(clock.wallMs()),
      },
    });
    const { directory, credentials } = options;
    const files = new LongTextFiles(directory.texts);
    const desk = new LegacyDesk({
      ...{ hub: this.#hub, journal: this.#journal, clock, credentials, files },
    });
    this.#legacyDoor = new LegacyDoor({ directory, desk, clock });
    this.#serving = this.#serve(listener);
    this.#stopUpkeep = startUpkeep(clock, (paused) => this.#lookAfter(paused));
  }

  openLocal({ onReply }: UplinkEvents): Uplink {
    const session = this.#hub.open({ reply: onReply }, { local: true });
    return { send: (request) => session.receive(request), close: () => session.end() };
  }

  close(options: { readonly fenced: boolean }): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    if (!options.fenced) this.#journal.close();
    this.#stopUpkeep();
    this.#hub.close();
    const { hold } = this.#options;
    hold.store.close();
    hold.lock?.release();
    this.#listener.close();
    for (const conn of this.#unproven) closeQuietly(conn);
    this.#unproven.clear();
    return this.#dismiss();
  }

  /**
   * Accepts as long as `listener` is the broker's. A failed accept (no descriptor left) costs the
   * stranger that has been there longest, not the bus.
   */
  async #serve(listener: Deno.TcpListener): Promise<void> {
    while (!this.#closed && this.#listener === listener) {
      let conn: Deno.TcpConn;
      try {
        conn = await listener.accept();
      } catch {
        if (this.#closed || this.#listener !== listener) return;
        this.#dropStranger();
        // Without a pause a full descriptor table would make this loop spin.
        await new Promise<void>((resolve) => this.#options.clock.after(limits.pauseMs, resolve));
        continue;
      }
      this.#admit(conn, listener.addr.port);
    }
  }

  #lookAfter(paused: boolean): void {
    const { hold } = this.#options;
    hold.store.keepMark();
    this.#hub.tidy();
    // Whoever was stopped may have been passed over: it must not wait for a request to notice.
    if (paused) this.#journal.run(() => {}).catch(() => {});
    if (hold.lock === undefined) this.#takeLock();
    if (this.#network === undefined) this.#tellNetwork();
    if (this.#listener.addr.port !== this.#options.firstPort) this.#moveHome();
  }

  /**
   * Tells others in which network this broker listens: not at its claim, for which they wait, and not
   * where a newer one has said where it is.
   */
  #tellNetwork(): void {
    const { hold, epoch } = this.#options;
    this.#network = { name: ownNetwork() };
    try {
      if (hold.store.reign().epoch === epoch) this.#publish();
    } catch {
      // What is wrong with the store shows where it is used.
    }
  }

  /** Whom this broker passed over had it; it is free once that process has noticed or ended. */
  #takeLock(): void {
    const { hold, directory } = this.#options;
    try {
      hold.lock = StoreLock.take(directory.lock);
    } catch {
      return; // a disk that refuses it now may take it at the next look
    }
    if (hold.lock !== undefined) this.#publish();
  }

  /**
   * Moves the bus to the first port once that is free: newcomers are accepted there from now on;
   * who is connected stays connected, and no request notices.
   */
  #moveHome(): void {
    const { hold, epoch, firstPort } = this.#options;
    let listener: Deno.TcpListener;
    try {
      listener = Deno.listen({ hostname: loopback, port: firstPort });
    } catch {
      return; // still taken
    }
    try {
      hold.store.moved(epoch, firstPort);
    } catch {
      // Passed over, or a full disk: this broker stays where it is, or learns of its end by this.
      listener.close();
      this.#journal.run(() => {}).catch(() => {});
      return;
    }
    const former = this.#listener;
    this.#listener = listener;
    this.#publish();
    former.close();
    this.#serving = this.#serve(listener);
  }

  #publish(): void {
    const { directory, pid, epoch, hold } = this.#options;
    const { port } = this.#listener.addr;
    const network = this.#network?.name;
    const endpoint = { port, pid, epoch, ...(network === undefined ? {} : { network }) };
    try {
      publish(directory, endpoint, hold.lock !== undefined);
    } catch {
      // A hint that a full disk did not take: who follows an older one finds this broker by its port.
    }
  }

  /**
   * The acknowledgements of the last commit leave first; then, with the port given back (the system
   * has it once the last accept ended), the word that the broker goes.
   */
  async #dismiss(): Promise<void> {
    await new Promise<void>((resolve) => this.#options.clock.after(0, resolve));
    await this.#serving;
    const goodbye = encodeReply({ event: "resigning" });
    if (this.#heir !== undefined) await this.#tellHeir(this.#heir, goodbye);
    const connections = [...this.#proven];
    for (const connection of connections) connection.send(goodbye);
    const written = Promise.all(connections.map((connection) => connection.flushed()));
    let stop = () => {};
    const enough = new Promise<void>((resolve) => {
      stop = this.#options.clock.after(limits.resignMs / 2, resolve);
    });
    await Promise.race([written, enough]);
    stop();
    for (const connection of connections) connection.close();
  }

  /** The port is free: who asked for it binds it before the others know. */
  async #tellHeir(heir: FramedConnection, goodbye: Uint8Array): Promise<void> {
    this.#proven.delete(heir);
    heir.send(goodbye);
    await new Promise<void>((resolve) => this.#options.clock.after(limits.headStartMs, resolve));
    heir.close();
  }

  async #admit(conn: Deno.TcpConn, port: number): Promise<void> {
    const full = this.#unproven.size >= limits.unprovenConnections ||
      this.#proven.size + this.#unproven.size >= limits.connections;
    const isPlace = !full || this.#dropStranger();
    if (!isPlace || this.#closed) return conn.close();
    this.#unproven.add(conn);
    const caller = await this.#prove(conn, port);
    const isStranger = caller?.kind === "stranger";
    if (isStranger && !this.#closed) await this.#legacyDoor.serve(conn, caller.said);
    const wasOpen = this.#unproven.delete(conn);
    if (!wasOpen) return;
    if (caller?.kind !== "member" || this.#closed) return closeQuietly(conn);
    this.#serveMember(new FramedConnection(conn));
  }

  /**
   * Closes the connection that has gone longest without a proof; false where there is none. A member
   * proves itself in a millisecond, so whoever opens connections to keep others out loses its own.
   */
  #dropStranger(): boolean {
    const [oldest] = this.#unproven;
    if (oldest === undefined) return false;
    this.#unproven.delete(oldest);
    closeQuietly(oldest);
    return true;
  }

  async #prove(conn: Deno.TcpConn, port: number): Promise<Caller | undefined> {
    const { clock, credentials, epoch } = this.#options;
    const stop = clock.after(limits.handshakeMs, () => {
      if (this.#unproven.delete(conn)) closeQuietly(conn);
    });
    try {
      return await openAsBroker(conn, { port, epoch }, credentials);
    } catch {
      return undefined; // whoever it was is gone, or is no member: it gets no answer
    } finally {
      stop();
    }
  }

  async #serveMember(connection: FramedConnection): Promise<void> {
    this.#proven.add(connection);
    const session = this.#hub.open({ reply: (reply) => connection.send(fittingReply(reply)) });
    await connection.run((body) => this.#receive(session, connection, body));
    this.#proven.delete(connection);
    if (!this.#closed) session.end();
  }

  /** For a process that is no agent and speaks for none. */
  #handOver(connection: FramedConnection, id: number): void {
    const { onHandover } = this.#options;
    connection.send(encodeReply({ id, ok: { yields: onHandover !== undefined } }));
    if (onHandover === undefined) return;
    this.#heir = connection;
    onHandover();
  }

  /** A wrong field is answered; a peer that breaks the protocol throws, which closes its connection. */
  #receive(session: Session, connection: FramedConnection, body: Uint8Array): void {
    if (this.#closed) return;
    try {
      const request = decodeRequest(body);
      const isNobody = session.membership === undefined;
      if (request.operation.op === "handover" && isNobody) this.#handOver(connection, request.id);
      else session.receive(request);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const { cause } = error;
      if (!(cause instanceof HustingsError)) throw cause;
      session.refuse(error.requestId, cause);
    }
  }
}

/** The body of a reply; one that no frame can carry says so instead. */
function fittingReply(reply: Reply): Uint8Array {
  const body = encodeReply(reply);
  if (body.length <= limits.frameBytes) return body;
  const message = `The answer has ${body.length} bytes, and at most ${limits.frameBytes} can be ` +
    "sent: ask for less at once";
  return encodeReply({ id: reply.id, error: { code: "too_large", message } });
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // The peer's end, or the deadline, was faster.
  }
}
