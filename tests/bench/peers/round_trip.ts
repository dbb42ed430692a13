/** A connection on which one request at a time is written, and answered in one piece. */
export class RoundTrip {
  readonly #conn: Deno.TcpConn;
  readonly #buffer = new Uint8Array(64 * 1024);

  private constructor(conn: Deno.TcpConn) {
    conn.setNoDelay(true);
    this.#conn = conn;
  }

  static async open(port: number): Promise<RoundTrip> {
    return new RoundTrip(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Writes `request`, as it is, and resolves with the next bytes that come. */
  async ask(request: Uint8Array<ArrayBuffer>): Promise<string> {
    await this.#conn.write(request);
    return await this.next();
  }

  async next(): Promise<string> {
    const length = await this.#conn.read(this.#buffer);
    if (length === null) throw new Error("The peer closed the connection");
    return new TextDecoder().decode(this.#buffer.subarray(0, length));
  }

  close(): void {
    this.#conn.close();
  }
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
