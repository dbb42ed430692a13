import crc32 from "crc/calculators/crc32";

const encoder = new TextEncoder();

/** CRC-32 of the UTF-8 bytes: finds a text that changed on disk, which SQLite itself does not. */
export function textChecksum(text: string): number {
  return crc32(encoder.encode(text)) >>> 0;
}
