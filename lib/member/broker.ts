import type { Clock } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { version } from "../core/version.ts";
import { decodeRequest, encodeReply, RequestError } from "../core/wire.ts";
import type { Reply } from "../core/wire.ts";
import { Journal } from "../store/journal.ts";
import type { Hold } from "./claim.ts";
import { FramedConnection } from "./framed_connection.ts";
import { Hub } from "./hub/hub.ts";
import type { Session } from "./hub/session.ts";
import { openAsBroker } from "./open_connection.ts";
import type { Credentials } from "./open_connection.ts";
import type { Leadership, Uplink, UplinkEvents } from "./world.ts";

export interface BrokerOptions {
  readonly listener: Deno.TcpListener;
  readonly hold: Hold;
  readonly epoch: number;
  readonly pid: number;
  readonly home: string;
  readonly clock: Clock;
  readonly credentials: Credentials;
  /** Called once, when another broker has the store. */
  readonly onFenced: () => void;
}

/** The broker's sockets: it accepts, proves and serves; the hub decides. */
export class Broker implements Leadership {
  readonly #options: BrokerOptions;
  readonly #port: number;
  readonly #journal: Journal;
  readonly #hub: Hub;
  readonly #proven = new Set<FramedConnection>();
  readonly #unproven = new Set<Deno.TcpConn>();
  #closed = false;

  constructor(options: BrokerOptions) {
    const { epoch, clock, listener } = options;
    const { store } = options.hold;
    this.#options = options;
    this.#port = listener.addr.port;
    this.#journal = new Journal(store, epoch, options.onFenced);
    const lastInstances = store.instances();
    this.#hub = new Hub({
      journal: this.#journal,
      clock,
      lastInstances,
      facts: {
        pid: options.pid,
        port: this.#port,
        epoch,
        sinceMs: clock.wallMs(),
        version,
        home: options.home,
        sizeBytes: () => store.sizeBytes(),
      },
    });
  }

  /** Accepts until `close`. A failed accept (no descriptor left) costs one connection, not the bus. */
  async serve(): Promise<void> {
    while (!this.#closed) {
      let conn: Deno.TcpConn;
      try {
        conn = await this.#options.listener.accept();
      } catch {
        if (this.#closed) return;
        // Without a pause a full descriptor table would make this loop spin.
        await new Promise<void>((resolve) => this.#options.clock.after(limits.pauseMs, resolve));
        continue;
      }
      this.#admit(conn);
    }
  }

  openLocal({ onReply }: UplinkEvents): Uplink {
    const session = this.#hub.open({ reply: onReply }, { local: true });
    return { send: (request) => session.receive(request), close: () => session.end() };
  }

  close(options: { readonly fenced: boolean }): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    if (!options.fenced) this.#journal.close();
    this.#hub.close();
    const { hold, listener } = this.#options;
    hold.store.close();
    hold.lock.release();
    listener.close();
    for (const conn of this.#unproven) conn.close();
    this.#unproven.clear();
    return this.#dismiss();
  }

  /** The acknowledgements of the last commit leave first, then the word that the broker goes. */
  async #dismiss(): Promise<void> {
    await new Promise<void>((resolve) => this.#options.clock.after(0, resolve));
    const connections = [...this.#proven];
    const goodbye = encodeReply({ event: "resigning" });
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

  async #admit(conn: Deno.TcpConn): Promise<void> {
    const full = this.#unproven.size >= limits.unprovenConnections ||
      this.#proven.size + this.#unproven.size >= limits.connections;
    if (full || this.#closed) return conn.close();
    this.#unproven.add(conn);
    const proven = await this.#prove(conn);
    const wasOpen = this.#unproven.delete(conn);
    if (!wasOpen) return;
    if (!proven || this.#closed) return closeQuietly(conn);
    this.#serveMember(new FramedConnection(conn));
  }

  async #prove(conn: Deno.TcpConn): Promise<boolean> {
    const { clock, credentials, epoch } = this.#options;
    const stop = clock.after(limits.handshakeMs, () => {
      if (this.#unproven.delete(conn)) closeQuietly(conn);
    });
    try {
      return await openAsBroker(conn, { port: this.#port, epoch }, credentials);
    } catch {
      return false; // whoever it was is gone, or is no member: it gets no answer
    } finally {
      stop();
    }
  }

  async #serveMember(connection: FramedConnection): Promise<void> {
    this.#proven.add(connection);
    const session = this.#hub.open({ reply: (reply) => connection.send(fittingReply(reply)) });
    await connection.run((body) => this.#receive(session, body));
    this.#proven.delete(connection);
    if (!this.#closed) session.end();
  }

  /** A wrong field is answered; a peer that breaks the protocol throws, which closes its connection. */
  #receive(session: Session, body: Uint8Array): void {
    if (this.#closed) return;
    try {
      session.receive(decodeRequest(body));
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
