/** Something that speaks as a server of NATS does at first, and says of itself what a test wants. */
export class ScriptedNats implements Disposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();

  /** `info`: what it says of itself beside what each of them says; `greeting`: what it says instead. */
  constructor(info: Record<string, unknown>, greeting?: string) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    const all = {
      "server_id": "TEST",
      "server_name": "test",
      host: "127.0.0.1",
      ...this.#own(info),
    };
    this.#serve(greeting ?? `INFO ${JSON.stringify(all)}\r\n`);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#open) conn.close();
  }

  #own(info: Record<string, unknown>): Record<string, unknown> {
    return { port: this.port, headers: true, "max_payload": 1024 * 1024, proto: 1, ...info };
  }

  async #serve(greeting: string): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#greet(conn, greeting);
    } catch {
      // It was closed.
    }
  }

  /** Answers pings, and nothing else. */
  async #greet(conn: Deno.TcpConn, greeting: string): Promise<void> {
    this.#open.add(conn);
    const buffer = new Uint8Array(4096);
    try {
      await conn.write(new TextEncoder().encode(greeting));
      for (;;) {
        const length = await conn.read(buffer);
        if (length === null) break;
        const said = new TextDecoder().decode(buffer.subarray(0, length));
        const pongs = said.split("\r\n").filter((line) => line === "PING").map(() => "PONG\r\n");
        if (pongs.length > 0) await conn.write(new TextEncoder().encode(pongs.join("")));
      }
      conn.close();
    } catch {
      // The caller is gone, or this is.
    }
    this.#open.delete(conn);
  }
}
