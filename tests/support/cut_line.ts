/** A way to a port of this machine that can be cut: nothing comes through afterwards, either way. */
export class CutLine {
  readonly port: number;
  readonly #to: number;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  #isFrozen = false;

  constructor(to: number) {
    this.#to = to;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#serve();
  }

  /** Carries nothing any more and lets nobody in, but closes nothing: who is at the other end seems to hang. */
  freeze(): void {
    this.#isFrozen = true;
    this.#listener.close();
  }

  /** Closes what is open and refuses what comes; a second time it does nothing. */
  cut(): void {
    try {
      this.#listener.close();
    } catch {
      // It lets nobody in by now.
    }
    for (const conn of this.#open) closeQuietly(conn);
  }

  async #serve(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#carry(conn);
    } catch {
      // Cut while one was accepted.
    }
  }

  async #carry(near: Deno.TcpConn): Promise<void> {
    this.#open.add(near);
    try {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#to });
      this.#open.add(far);
      far.setNoDelay(true);
      near.setNoDelay(true);
      const ways = [this.#pump(near, far), this.#pump(far, near)];
      await Promise.race(ways);
      closeQuietly(far);
      this.#open.delete(far);
    } catch {
      // Nobody listens there at this moment: who called is told by the end of its connection.
    }
    closeQuietly(near);
    this.#open.delete(near);
  }

  async #pump(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (length === null) return;
        if (this.#isFrozen) continue;
        for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
      }
    } catch {
      // One of the two is gone: so is the way.
    }
  }
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}
