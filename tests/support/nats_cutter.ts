/** What becomes of the request at which the way is cut, and of its answer. */
export type Cut = "before the request" | "before its answer";

/**
 * A way to a server of NATS that is cut once, at the nth request that asks for an answer: before it gets to
 * the server, or before its answer gets back. After that a new connection comes through.
 */
export class NatsCutter implements Disposable {
  readonly port: number;
  readonly #to: number;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  #plan: { left: number; readonly cut: Cut; readonly part?: string } | undefined;
  #isShut: PromiseWithResolvers<void> | undefined;
  /** The connection through which it was cut is over. */
  readonly #ended = Promise.withResolvers<void>();
  /** Requests since `cutAt` was called. */
  requests = 0;
  /** What was asked in the request at which it was cut. */
  cutSubject: string | undefined;

  constructor(to: number) {
    this.#to = to;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#serve();
  }

  /** Plans the cut at the first request from now on with this in its subject, and lets nobody back until `open`. */
  cutOn(part: string, cut: Cut): void {
    this.#plan = { left: 1, cut, part };
    this.#isShut = Promise.withResolvers<void>();
  }

  /** Lets new connections through again. */
  open(): void {
    this.#isShut?.resolve();
    this.#isShut = undefined;
  }

  /** Plans the cut at the `nth` request from now on, the first being 1; with 0 it only counts. */
  cutAt(nth: number, cut: Cut): void {
    this.requests = 0;
    this.#plan = nth === 0 ? undefined : { left: nth, cut };
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#open) closeQuietly(conn);
  }

  /** Resolves once it was cut. */
  get wasCut(): Promise<void> {
    return this.#ended.promise;
  }

  async #serve(): Promise<void> {
    for await (const near of this.#listener) {
      await this.#passage();
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#to });
      for (const conn of [near, far]) {
        conn.setNoDelay(true);
        this.#open.add(conn);
      }
      const line = { near, far, isCut: false, awaited: undefined };
      this.#carryRequests(line);
      this.#carryAnswers(line);
    }
  }

  async #carryRequests(line: Line): Promise<void> {
    const frames = new Frames();
    await pump(line.near, async (bytes) => {
      for (const frame of frames.take(bytes)) {
        if (frame.reply !== undefined && this.#isCutAt(frame, line)) return;
        await writeAll(line.far, frame.bytes);
      }
    });
    this.#end(line);
  }

  /** True where the way is cut at this request. */
  #isCutAt({ subject, reply }: Frame, line: Line): boolean {
    this.requests += 1;
    if (this.#plan === undefined || subject?.includes(this.#plan.part ?? "") !== true) return false;
    if (--this.#plan.left > 0) return false;
    this.cutSubject = subject;
    const { cut } = this.#plan;
    this.#plan = undefined;
    if (cut === "before the request") {
      this.#end(line);
      return true;
    }
    line.awaited = reply;
    return false;
  }

  async #carryAnswers(line: Line): Promise<void> {
    const frames = new Frames();
    await pump(line.far, async (bytes) => {
      for (const frame of frames.take(bytes)) {
        // The answer comes to the address that stands in the request.
        if (line.awaited !== undefined && frame.subject === line.awaited) this.#end(line);
        if (line.isCut) return;
        await writeAll(line.near, frame.bytes);
      }
    });
    this.#end(line);
  }

  /** Resolves once a new connection may pass. */
  async #passage(): Promise<void> {
    if (this.cutSubject !== undefined) await this.#isShut?.promise;
  }

  #end(line: Line): void {
    if (this.cutSubject !== undefined) this.#ended.resolve();
    line.isCut = true;
    for (const conn of [line.near, line.far]) {
      closeQuietly(conn);
      this.#open.delete(conn);
    }
  }
}

interface Line {
  readonly near: Deno.TcpConn;
  readonly far: Deno.TcpConn;
  isCut: boolean;
  awaited: string | undefined;
}

/** One message of the protocol, as it came. */
interface Frame {
  readonly bytes: Uint8Array;
  readonly subject: string | undefined;
  readonly reply: string | undefined;
}

/** Takes the stream of one side apart. */
class Frames {
  #rest = new Uint8Array();

  *take(bytes: Uint8Array): Generator<Frame> {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    let at = 0;
    for (;;) {
      const end = all.indexOf(10, at);
      if (end === -1) break;
      const words = new TextDecoder().decode(all.subarray(at, end)).trim().split(/\s+/);
      const { subject, reply, length } = read(words);
      const next = end + 1 + length;
      if (next > all.length) break;
      yield { bytes: all.slice(at, next), subject, reply };
      at = next;
    }
    this.#rest = all.slice(at);
  }
}

/** Subject, reply and length of what follows the line, with its end. */
function read([kind = "", ...words]: string[]): {
  readonly subject: string | undefined;
  readonly reply: string | undefined;
  readonly length: number;
} {
  const sizes = { PUB: 1, HPUB: 2, MSG: 1, HMSG: 2 }[kind.toUpperCase()];
  if (sizes === undefined) return { subject: undefined, reply: undefined, length: 0 };
  const length = Number(words.at(-1)) + 2;
  const hasId = kind.toUpperCase().endsWith("MSG");
  const reply = words.slice(hasId ? 2 : 1, -sizes)[0];
  return { subject: words[0], reply, length };
}

async function pump(
  from: Deno.TcpConn,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (;;) {
      const length = await from.read(buffer);
      if (length === null) return;
      await take(buffer.subarray(0, length));
    }
  } catch {
    // One of the two is gone: so is the way.
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}
