import { decodeOperation } from "./decode_operation.ts";
import { errorCodes, HustingsError } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import type { Operation } from "./operations.ts";

/**
 * What members say to their broker. One frame holds one JSON object: a request (`id`, `op` and the
 * operation's fields), or, the other way, a reply (`id` and `ok` or `error`) or an event (`event`).
 * Repeating a request with its id changes nothing that the first one did.
 */
export interface Request {
  /** Unique in its instance, growing. */
  readonly id: number;
  readonly operation: Operation;
}

export type Reply =
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** What a broker says unasked: it goes, so race now instead of at the end of the connection. */
export type BrokerEvent = { readonly event: "resigning" };

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** A request as the body of a frame. */
export function encodeRequest(request: Request): Uint8Array {
  return encoder.encode(JSON.stringify({ id: request.id, ...request.operation }));
}

/** What a broker says, as the body of a frame. */
export function encodeReply(reply: Reply | BrokerEvent): Uint8Array {
  return encoder.encode(JSON.stringify(reply));
}

/**
 * Reads a member's frame. Throws a fatal `protocol` error when it is no JSON object with a number
 * as id (nobody could be answered), and a `bad_request` with `requestId` set when a field is wrong.
 */
export function decodeRequest(body: Uint8Array): Request {
  const object = decodeObject(body);
  const id = object["id"];
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0) {
    throw new HustingsError("protocol", "A request came without a whole number as its id", {
      fatal: true,
    });
  }
  try {
    return { id, operation: decodeOperation(object) };
  } catch (error) {
    throw new RequestError(id, error);
  }
}

/** A wrong field in a request that can be answered. The cause is the error to answer with. */
export class RequestError extends Error {
  override name = "RequestError";
  readonly requestId: number;

  constructor(requestId: number, cause: unknown) {
    super("A request cannot be carried out", { cause });
    this.requestId = requestId;
  }
}

/** Reads a broker's frame. Throws a fatal `protocol` error when it is neither a reply nor an event. */
export function decodeReply(body: Uint8Array): Reply | BrokerEvent {
  const object = decodeObject(body);
  if (object["event"] === "resigning") return { event: "resigning" };
  const id = object["id"];
  if (typeof id === "number" && "ok" in object) return { id, ok: object["ok"] };
  const error = object["error"];
  if (typeof id === "number" && typeof error === "object" && error !== null) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    const known = errorCodes.find((candidate) => candidate === code) ?? "internal";
    const said = typeof message === "string" ? message : "The broker gave no reason";
    return { id, error: { code: known, message: said } };
  }
  throw new HustingsError("protocol", "The broker sent what is neither a reply nor an event", {
    fatal: true,
  });
}

function decodeObject(body: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw new HustingsError("protocol", "A frame holds no JSON", { fatal: true, cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new HustingsError("protocol", "A frame holds JSON that is no object", { fatal: true });
}
