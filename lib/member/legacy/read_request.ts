import { HustingsError } from "../../core/errors.ts";
import { JsonScanner } from "../../core/json_scanner.ts";
import type { LegacyRequest } from "../../core/legacy_fields.ts";
import { limits } from "../../core/limits.ts";

/** What the program of those scripts read at most: few requests are longer. */
const firstRoomBytes = 4096;

const decoder = new TextDecoder("utf-8", { fatal: true });
const blank = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Reads the one JSON object of a legacy request, of which `said` came already, in however many pieces.
 * Throws `bad_request` for what is no such object or has something behind it, and `too_large` beyond
 * `limits.legacyRequestBytes`; otherwise what the connection throws.
 */
export async function readRequest(conn: Deno.Conn, said: Uint8Array): Promise<LegacyRequest> {
  const scanner = new JsonScanner();
  let buffer = new Uint8Array(firstRoomBytes);
  buffer.set(said);
  let filled = said.length;
  let end = scanner.push(said);
  while (end === undefined) {
    if (filled === limits.legacyRequestBytes) throw tooLarge();
    if (filled === buffer.length) buffer = grown(buffer);
    const count = await conn.read(buffer.subarray(filled));
    if (count === null) throw refusal("The request ends in the middle of its JSON object");
    const within = scanner.push(buffer.subarray(filled, filled + count));
    if (within !== undefined) end = filled + within;
    filled += count;
  }
  if (!buffer.subarray(end, filled).every((byte) => blank.has(byte))) {
    throw refusal("Something stands behind the JSON object of the request: send one a connection");
  }
  return parsed(buffer.subarray(0, end));
}

function grown(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(Math.min(2 * buffer.length, limits.legacyRequestBytes));
  longer.set(buffer);
  return longer;
}

function parsed(bytes: Uint8Array): LegacyRequest {
  try {
    return JSON.parse(decoder.decode(bytes)) as LegacyRequest;
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "JSON" : "UTF-8";
    throw refusal(`The request is no ${why}`, cause);
  }
}

function tooLarge(): HustingsError {
  return new HustingsError(
    "too_large",
    `The request is longer than ${limits.legacyRequestBytes} bytes: ` +
      "put the text into a file and send its path",
  );
}

function refusal(message: string, cause?: unknown): HustingsError {
  return new HustingsError("bad_request", message, { cause });
}
