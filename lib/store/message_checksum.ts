import crc32 from "crc/calculators/crc32";
import type { NewMessage } from "./store.ts";

const encoder = new TextEncoder();

/** What of a message never changes, but for its text. */
export type Envelope = Pick<NewMessage, "uuid" | "from" | "to" | "thread" | "replyTo" | "atMs">;

/** CRC-32 of a message and its text in UTF-8: finds one that changed on disk, which SQLite does not. */
export function messageChecksum(envelope: Envelope, text: Uint8Array): number {
  const { uuid, from, to, thread, replyTo, atMs } = envelope;
  const head = encoder.encode(JSON.stringify([uuid, from, to, thread, replyTo, atMs]));
  return crc32(text, crc32(head)) >>> 0;
}

/** The checksum of messages that the first form of the store holds: it covers the text alone. */
export function textChecksum(text: Uint8Array): number {
  return crc32(text) >>> 0;
}
