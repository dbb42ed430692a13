import crc32 from "crc/calculators/crc32";
import type { Database } from "./database.ts";

const encoder = new TextEncoder();

/** CRC-32 of the schema as its file words it: a bit of it may change what every statement means. */
export function schemaChecksum(db: Database): number {
  const rows = db.all("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name");
  return crc32(encoder.encode(JSON.stringify(rows))) >>> 0;
}
