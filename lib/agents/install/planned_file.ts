import { createHash } from "node:crypto";
import type { ClientFile, Level } from "./client_places.ts";
import type { StoredFile } from "./config_disk.ts";
import type { Path } from "./text_editor.ts";

/** A file of a client, and what of ours is in it. */
export interface LocatedFile {
  readonly client: string;
  readonly level: Level;
  readonly path: string;
  readonly format: ClientFile["format"];
  readonly list?: string;
  readonly hooks: boolean;
}

/** What is to happen with one file. */
export interface PlannedFile extends LocatedFile {
  /** Undefined where there is none. */
  readonly before?: StoredFile;
  /** Undefined where there is to be none. */
  readonly after?: Uint8Array<ArrayBuffer>;
  /** Objects and lists that are made in it. */
  readonly made: readonly Path[];
}

/** What becomes of a file. */
export type Change = "made" | "changed" | "removed" | "none";

/** What the plan makes of the file. */
export function changeOf({ before, after }: PlannedFile): Change {
  if (before === undefined) return after === undefined ? "none" : "made";
  if (after === undefined) return "removed";
  return sameBytes(before.bytes, after) ? "none" : "changed";
}

/** True for equal contents. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** SHA-256 in hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Where the copy of a file lies that was made before the first change. */
export function backupOf(path: string): string {
  return `${path}.hustings-backup`;
}
