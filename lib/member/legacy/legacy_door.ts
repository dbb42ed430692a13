import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import type { LegacyRequest } from "../../core/legacy_fields.ts";
import { limits } from "../../core/limits.ts";
import type { LegacyDesk, LegacyReply } from "./legacy_desk.ts";
import { readLegacySetting } from "./legacy_setting.ts";
import type { LegacySetting } from "./legacy_setting.ts";
import { readRequest } from "./read_request.ts";
import { watchEnd } from "./watch_end.ts";
import type { End } from "./watch_end.ts";

export interface LegacyDoorOptions {
  /** The file with the user's setting. */
  readonly setting: string;
  readonly desk: LegacyDesk;
  readonly clock: Clock;
}

const openingBrace = 0x7b;
const encoder = new TextEncoder();

/**
 * Connections whose first byte is `{`: one request of a legacy script, one answer. No browser can make
 * one, as the first byte of whatever it sends is the letter of a method or no text at all.
 */
export class LegacyDoor {
  readonly #options: LegacyDoorOptions;
  /** Connections that are served, the oldest first. */
  readonly #open = new Set<Deno.Conn>();

  constructor(options: LegacyDoorOptions) {
    this.#options = options;
  }

  /**
   * Serves a connection on which `said` came so far, where that is a request of a legacy script and the
   * user has switched that on; says nothing otherwise. Resolves when the caller can close it.
   */
  async serve(conn: Deno.TcpConn, said: Uint8Array): Promise<void> {
    const setting = said[0] === openingBrace ? this.#setting() : undefined;
    if (setting === undefined) return;
    const [oldest] = this.#open;
    if (this.#open.size >= limits.legacyConnections) this.#close(oldest!);
    this.#open.add(conn);
    try {
      await this.#converse(conn, said, setting);
    } finally {
      this.#open.delete(conn);
    }
  }

  /** A file that cannot be used opens nothing; `hustings doctor` says what is wrong with it. */
  #setting(): LegacySetting | undefined {
    try {
      return readLegacySetting(this.#options.setting);
    } catch {
      return undefined;
    }
  }

  async #converse(conn: Deno.TcpConn, said: Uint8Array, setting: LegacySetting): Promise<void> {
    const request = await this.#read(conn, said);
    if (request === undefined) return;
    const end = watchEnd(conn);
    const deliver = (reply: LegacyReply) => this.#deliver(conn, end, reply);
    if (request instanceof HustingsError) {
      await deliver({ status: "error", message: request.message });
    } else await this.#options.desk.serve(request, setting, deliver);
  }

  /** The request, or what is wrong with it; undefined where the script is gone, or was too slow. */
  async #read(
    conn: Deno.Conn,
    said: Uint8Array,
  ): Promise<LegacyRequest | HustingsError | undefined> {
    const stop = this.#options.clock.after(limits.legacyMs, () => this.#close(conn));
    try {
      return await readRequest(conn, said);
    } catch (error) {
      return error instanceof HustingsError ? error : undefined;
    } finally {
      stop();
    }
  }

  /**
   * Writes the answer and waits until the script has closed. True when it closed in order, or keeps the
   * connection for longer than scripts do: it has what was written. One that hung up before, or left a
   * part of the answer unread, does not have it.
   */
  async #deliver(conn: Deno.TcpConn, end: End, reply: LegacyReply): Promise<boolean> {
    const bytes = encoder.encode(JSON.stringify(reply));
    // Who hung up while the answer was made, shows it by now.
    await this.#pause(0);
    // A script reads once, so its answer is one piece. Whoever has ended its side already may be gone:
    // the first piece brings a refusal then, and the second one fails by that.
    const pieces = end.came === undefined ? [bytes] : [bytes.subarray(0, -1), bytes.subarray(-1)];
    try {
      for (const piece of pieces) await writeAll(conn, piece);
      await conn.closeWrite();
    } catch {
      return false;
    }
    return await this.#outcome(end) !== "cut";
  }

  /** How the connection ended, or undefined when it has not after `limits.legacyMs`. */
  async #outcome(end: End): Promise<End["came"]> {
    let stop = () => {};
    const over = new Promise<undefined>((resolve) => {
      stop = this.#options.clock.after(limits.legacyMs, () => resolve(undefined));
    });
    return await Promise.race([end.coming, over]).finally(() => stop());
  }

  #pause(forMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.after(forMs, resolve));
  }

  #close(conn: Deno.Conn): void {
    this.#open.delete(conn);
    try {
      conn.close();
    } catch {
      // Its other side was faster.
    }
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
