import type { IncomingMessage } from "node:http";
import { HustingsError } from "../core/errors.ts";
import { webLimits } from "./web_limits.ts";

/**
 * The JSON object in the body of a request. Rejects with `too_large` beyond `webLimits.bodyBytes`, of
 * which no more is kept, and with `bad_request` for what is no object.
 */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > webLimits.bodyBytes) {
      throw new HustingsError("too_large", `A request has at most ${webLimits.bodyBytes} bytes`);
    }
    chunks.push(chunk);
  }
  const text = new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
  const value = parsed(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new HustingsError("bad_request", "The body of a request is one JSON object");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
