/** Programs that have nothing to do with the bus, by what they do with a connection. */
const manners = {
  /** A web server, as most programs on such ports are. */
  http: async (conn: Deno.Conn) => {
    await conn.read(new Uint8Array(1024));
    const answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
    await conn.write(new TextEncoder().encode(answer));
    conn.close();
  },
  silent: () => Promise.resolve(),
  echo: async (conn: Deno.Conn) => {
    const bytes = new Uint8Array(1024);
    for (let length; (length = await conn.read(bytes)) !== null;) {
      await conn.write(bytes.subarray(0, length));
    }
    conn.close();
  },
  closing: (conn: Deno.Conn) => Promise.resolve(conn.close()),
};
export type Manner = keyof typeof manners;

/** Another program on a port. `await using` ends it, with all its connections. */
export class PortHolder implements AsyncDisposable {
  /** How many connections it was offered. */
  accepted = 0;
  readonly #listener: Deno.TcpListener;
  readonly #connections: Deno.Conn[] = [];
  readonly #ended: Promise<void>;

  constructor(manner: Manner, port: number, hostname = "127.0.0.1") {
    this.#listener = Deno.listen({ hostname, port });
    this.#ended = this.#serve(manners[manner]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#connections) closeQuietly(conn);
    await this.#ended;
  }

  async #serve(answer: (conn: Deno.Conn) => Promise<void>): Promise<void> {
    const answers: Promise<void>[] = [];
    try {
      for await (const conn of this.#listener) {
        this.accepted += 1;
        this.#connections.push(conn);
        // The other side may hang up at any word.
        answers.push(answer(conn).catch(() => {}));
      }
    } finally {
      await Promise.all(answers);
    }
  }
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // Its manner, or the other side, was faster.
  }
}
