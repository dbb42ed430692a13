import { HustingsError } from "./errors.ts";
import { shown } from "./fields.ts";
import type { LegacyContent } from "./legacy_content.ts";

/** A request of a legacy script, before anything in it was looked at. */
export type LegacyRequest = Readonly<Record<string, unknown>>;

/**
 * The value of a key that must be there. Throws `bad_request` with the key in single quotes otherwise:
 * so scripts have always been told.
 */
export function neededValue(request: LegacyRequest, key: string): unknown {
  if (Object.hasOwn(request, key)) return request[key];
  throw new HustingsError("bad_request", `'${key}'`);
}

/** The same for a text. */
export function neededText(request: LegacyRequest, key: string): string {
  const value = neededValue(request, key);
  if (typeof value === "string") return value;
  throw new HustingsError("bad_request", `'${key}' must be a string: it is ${shown(value)}`);
}

/** The `message` of a request: an object whose `content` is a text. Throws `bad_request` otherwise. */
export function neededContent(request: LegacyRequest): LegacyContent {
  const message = neededValue(request, "message");
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    throw new HustingsError(
      "bad_request",
      `'message' must be an object with 'content': it is ${shown(message)}`,
    );
  }
  const fields = message as LegacyRequest;
  const content = neededText(fields, "content");
  return Object.hasOwn(fields, "data") ? { content, data: fields["data"] } : { content };
}
