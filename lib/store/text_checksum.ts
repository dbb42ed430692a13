import crc32 from "crc/calculators/crc32";

/** CRC-32 of a text in UTF-8: finds one that changed on disk, which SQLite itself does not. */
export function textChecksum(bytes: Uint8Array): number {
  return crc32(bytes) >>> 0;
}
