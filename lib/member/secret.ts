import type { Random } from "../core/clock.ts";
import { HustingsError } from "../core/errors.ts";
import type { Mac } from "../core/handshake.ts";
import { checkOwn } from "./state_directory.ts";

const secretBytes = 32;

/**
 * The user's secret, made at the first call on this machine. Many processes may call at once: one
 * file wins, whole, and all read that one. Throws `bad_request` when the file is not the user's own,
 * open to others, a link, or has not 32 bytes.
 */
export function readSecret(path: string, random: Random): Uint8Array<ArrayBuffer> {
  if (!exists(path)) make(path, random);
  return readOwn(path);
}

/** The same for who only looks for a bus: undefined, and nothing made, where there is no secret yet. */
export function readSecretIfMade(path: string): Uint8Array<ArrayBuffer> | undefined {
  return exists(path) ? readOwn(path) : undefined;
}

function readOwn(path: string): Uint8Array<ArrayBuffer> {
  checkOwn(path, "file");
  const secret = Deno.readFileSync(path);
  if (secret.length === secretBytes) return secret;
  throw new HustingsError(
    "bad_request",
    `'${path}' has ${secret.length} bytes instead of ${secretBytes}: ` +
      "end all agents, remove the file, and the next one makes another",
  );
}

/** HMAC-SHA-256 with `secret`, for the handshake. */
export async function macOf(secret: Uint8Array<ArrayBuffer>): Promise<Mac> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  return async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Written whole under a name of its own first; a hard link then makes it appear at once, or not at all. */
function make(path: string, random: Random): void {
  const suffix = [...random.bytes(8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const draft = `${path}.${suffix}`;
  const file = Deno.openSync(draft, { write: true, createNew: true, mode: 0o600 });
  try {
    const secret = random.bytes(secretBytes);
    for (let at = 0; at < secret.length;) at += file.writeSync(secret.subarray(at));
    file.syncDataSync();
    Deno.linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  } finally {
    file.close();
    Deno.removeSync(draft);
  }
}
