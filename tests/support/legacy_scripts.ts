import { createHash } from "node:crypto";
import type { LegacySetting } from "../../lib/member/legacy/legacy_setting.ts";
import { writeLegacySetting } from "../../lib/member/legacy/legacy_setting.ts";
import { MemberBench } from "./member_bench.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

// deno-lint-ignore no-explicit-any -- what a test expects there, it says
export type LegacyAnswer = any;

const encoder = new TextEncoder();
/** How long such a script waits for an answer. */
const patienceMs = 5_000;

/** One request as these scripts make it: all of it in one go, one read of 65,536 bytes, and away. */
export async function askLegacy(port: number, request: unknown): Promise<LegacyAnswer> {
  const text = typeof request === "string" ? request : JSON.stringify(request);
  const answer = await exchange(port, (conn) => writeAll(conn, encoder.encode(text)));
  if (answer === undefined) throw new Error(`No answer to ${text.slice(0, 100)}`);
  return JSON.parse(answer);
}

/** Connects, lets `say` write, and reads once; undefined where the other side closes first. */
export async function exchange(
  port: number,
  say: (conn: Deno.TcpConn) => Promise<void>,
): Promise<string | undefined> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = setTimeout(() => conn.close(), patienceMs);
  try {
    await say(conn);
    const buffer = new Uint8Array(65_536);
    const count = await conn.read(buffer).catch(resetAsEnd);
    return count === null ? undefined : new TextDecoder().decode(buffer.subarray(0, count));
  } finally {
    clearTimeout(timer);
    conn.close();
  }
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

function resetAsEnd(error: unknown): null {
  if (error instanceof Deno.errors.ConnectionReset) return null;
  throw error;
}

/** The proof of a script that knows `secret`. */
export function proofOf(name: string, secret: string): string {
  return createHash("sha256").update(`${name}:${secret}`).digest("hex");
}

/**
 * The scripts of one account, by the description of their wire: `ipc_register.py` and those that act under
 * the session that it leaves in `~/.ipc-session`.
 */
export class LegacyScripts implements Disposable {
  readonly port: number;
  readonly #home = new TemporaryDirectory();

  constructor(port: number) {
    this.port = port;
  }

  async register(name: string, secret = ""): Promise<LegacyAnswer> {
    const proof = secret === "" ? "" : proofOf(name, secret);
    const answer = await this.raw({ action: "register", instance_id: name, auth_token: proof });
    if (answer.status === "ok") this.#keep(name, answer.session_token);
    return answer;
  }

  async send(to: string, content: string): Promise<LegacyAnswer> {
    return await this.act("send", { from_id: this.name, to_id: to, message: { content } });
  }

  /** The texts, as the script prints them. */
  async texts(): Promise<string[]> {
    const { messages } = await this.check();
    return messages.map(({ message }: LegacyAnswer) => message.content);
  }

  async check(): Promise<LegacyAnswer> {
    return await this.act("check", { instance_id: this.name });
  }

  async list(): Promise<LegacyAnswer> {
    return await this.act("list", { instance_id: this.name });
  }

  async rename(name: string): Promise<LegacyAnswer> {
    const answer = await this.act("rename", { old_id: this.name, new_id: name });
    if (answer.status === "ok") this.#keep(name, this.token);
    return answer;
  }

  /** An action with the token of the session. */
  act(action: string, fields: Record<string, unknown> = {}): Promise<LegacyAnswer> {
    return this.raw({ action, ...fields, session_token: this.token });
  }

  raw(request: unknown): Promise<LegacyAnswer> {
    return askLegacy(this.port, request);
  }

  get name(): string {
    return this.#session().instance_id;
  }

  get token(): string {
    return this.#session().session_token;
  }

  [Symbol.dispose](): void {
    this.#home[Symbol.dispose]();
  }

  #session(): { instance_id: string; session_token: string } {
    return JSON.parse(Deno.readTextFileSync(this.#home.at(".ipc-session")));
  }

  #keep(name: string, token: string): void {
    const text = JSON.stringify({ instance_id: name, session_token: token });
    Deno.writeTextFileSync(this.#home.at(".ipc-session"), text, { mode: 0o600 });
  }
}

/** A bus with an agent `claude`, which is the broker, and with legacy scripts as `setting` says; first: never set. */
export async function legacyBench(setting: LegacySetting | "first" = { mode: "open" }) {
  const bench = await MemberBench.create();
  if (setting !== "first") writeLegacySetting(bench.directory.legacy, setting);
  const agent = await bench.join("claude");
  const made: LegacyScripts[] = [];
  return {
    bench,
    agent,
    port: bench.port,
    /** The scripts of one more account, registered where a name is given. */
    async scripts(name?: string): Promise<LegacyScripts> {
      const scripts = new LegacyScripts(bench.port);
      made.push(scripts);
      if (name !== undefined) await scripts.register(name);
      return scripts;
    },
    async [Symbol.asyncDispose]() {
      for (const scripts of made) scripts[Symbol.dispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}
