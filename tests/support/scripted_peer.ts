/** What a scripted peer does with one caller. */
export type Manner = (conn: Deno.TcpConn, peer: ScriptedPeer) => Promise<void>;

/** A program that is not ours on a port: it treats its callers as a test says and notes what they say. */
export class ScriptedPeer implements AsyncDisposable {
  readonly port: number;
  /** All that each caller said. */
  readonly heard: Uint8Array[] = [];
  readonly #listener: Deno.TcpListener;
  readonly #conns = new Set<Deno.TcpConn>();
  readonly #served: Promise<void>[] = [];
  readonly #accepting: Promise<void>;

  constructor(port: number, manner: Manner) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.port = port;
    this.#accepting = this.#accept(manner);
  }

  /** Reads until `length` bytes came, or the end; all of it is noted. */
  async read(conn: Deno.TcpConn, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const buffer = new Uint8Array(65_536);
    let bytes = new Uint8Array(0);
    while (bytes.length < length) {
      const count = await conn.read(buffer).catch(() => null);
      if (count === null) break;
      bytes = joined(bytes, buffer.subarray(0, count));
    }
    this.heard.push(bytes);
    return bytes;
  }

  /** Hangs up on all callers and gives the port back. */
  close(): void {
    for (const conn of this.#conns) conn.close();
    this.#conns.clear();
    this.#listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.close();
    } catch {
      // The test closed it before.
    }
    await this.#accepting;
    await this.idle();
  }

  /** Resolves when all that called so far have gone. */
  async idle(): Promise<void> {
    await Promise.all(this.#served);
  }

  async #accept(manner: Manner): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#served.push(this.#serve(conn, manner));
    } catch {
      // The port was given back.
    }
  }

  async #serve(conn: Deno.TcpConn, manner: Manner): Promise<void> {
    this.#conns.add(conn);
    await manner(conn, this).catch(() => {});
    if (this.#conns.delete(conn)) conn.close();
  }
}

/** Sends back what it hears. */
export const echoes: Manner = async (conn, peer) => {
  for (;;) {
    const said = await peer.read(conn, 1);
    if (said.length === 0) break;
    await conn.write(said);
  }
};

/** Listens and says nothing. */
export const staysSilent: Manner = async (conn, peer) => {
  await peer.read(conn, Infinity);
};

/** Answers as web servers do to what they do not understand. */
export const answersHttp: Manner = async (conn, peer) => {
  await peer.read(conn, 1);
  await conn.write(
    new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
  );
};

/** Hangs up at once. */
export const hangsUp: Manner = () => Promise.resolve();

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
