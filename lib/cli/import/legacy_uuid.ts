import type { LegacyMessage } from "./legacy_store.ts";

/**
 * The UUID of a message of claude-ipc-mcp (version 8 of RFC 9562: made from a hash): the same whenever its
 * row is imported, so that it comes once.
 */
export async function legacyUuid(
  { id, from, to, timestamp, content }: LegacyMessage,
): Promise<string> {
  const told = JSON.stringify(["claude-ipc-mcp", id, from, to, timestamp, content]);
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(told));
  const bytes = new Uint8Array(hash, 0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
