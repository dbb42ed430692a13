import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import type { LegacyRequest } from "../../core/legacy_fields.ts";
import { limits } from "../../core/limits.ts";
import type { LegacyDesk } from "./legacy_desk.ts";
import type { LegacyReply } from "./legacy_desk_options.ts";
import { readLegacySetting } from "./legacy_setting.ts";
import type { LegacySetting } from "./legacy_setting.ts";
import type { StateDirectory } from "../state_directory.ts";
import { readRequest } from "./read_request.ts";
import { watchEnd } from "./watch_end.ts";
import type { End } from "./watch_end.ts";

export interface LegacyDoorOptions {
  /** Where the user's setting is. */
  readonly directory: StateDirectory;
  readonly desk: Pick<LegacyDesk, "serve">;
  readonly clock: Clock;
}

const openingBrace = 0x7b;
const encoder = new TextEncoder();
const newline = Uint8Array.of(0x0a);

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
      return readLegacySetting(this.#options.directory);
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
    try {
      // A script reads once, so its answer is one piece. Whoever ended its side before may only listen on.
      if (end.came !== undefined) {
        await writeAll(conn, bytes.subarray(0, -1));
        await writeAll(conn, bytes.subarray(-1));
      } else {
        await writeAll(conn, bytes);
        const came = await this.#outcome(end, limits.legacyHangUpMs);
        if (came === "cut") return false;
        if (came === "closed") return await writeAll(conn, newline);
      }
      await conn.closeWrite();
      return await this.#outcome(end, limits.legacyMs) !== "cut";
    } catch {
      return false;
    }
  }

  /** How the connection ended, or undefined when it has not within `forMs`. */
  async #outcome(end: End, forMs: number): Promise<End["came"]> {
    let stop = () => {};
    const over = new Promise<undefined>((resolve) => {
      stop = this.#options.clock.after(forMs, () => resolve(undefined));
    });
    return await Promise.race([end.coming, over]).finally(() => stop());
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

/**
 * Writes all of it; returns true. Throws where the other side has refused what was written before, which is
 * how a system answers for a process that had hung up by then: a second piece tells it from one that read
 * the first and hung up after that.
 */
async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<true> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  return true;
}
