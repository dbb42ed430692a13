import { statfsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { limits } from "../../core/limits.ts";
import type { StateDirectory } from "../../member/state_directory.ts";
import { applicationId } from "../../store/schema.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";
import { fileSize } from "../../store/file_size.ts";

/** The first SQLite without the fault of its write-ahead log (sqlite.org/wal.html#walresetbug). */
const soundSqlite = [3, 51, 3] as const;

/** An SQLite file begins with a head of 100 bytes (sqlite.org/fileformat.html). */
const headBytes = 100;
const headMark = "SQLite format 3\0";
const applicationIdAt = 68;

/** Looks at the store, its disk and the library that reads it; opens nothing, as that would write. */
export function checkStore(directory: StateDirectory): Finding[] {
  const store = new Findings("store");
  checkFile(store, directory.store);
  checkLibrary(store);
  const disk = new Findings("disk");
  checkDisk(disk, directory.path);
  return [...store.all, ...disk.all];
}

function checkFile(findings: Findings, path: string): void {
  const size = fileSize(path);
  if (size === undefined) return findings.note("There is none yet: the first broker makes it");
  const logBytes = fileSize(`${path}-wal`) ?? 0;
  const fault = size === 0 ? "is empty" : headFault(path, logBytes > 0);
  if (fault !== undefined && (size > 0 || logBytes === 0)) {
    return findings.fault(
      `'${path}' ${fault}`,
      "end all agents and move it away, together with the files beside it whose names begin alike; " +
        "the next broker makes a new one",
    );
  }
  findings.ok(`${kib(size)} and ${kib(logBytes)} of log, in '${path}'`);
}

/** A store that was never moved out of its log has no mark of ours in its own head yet. */
function headFault(path: string, hasLog: boolean): string | undefined {
  const head = new Uint8Array(headBytes);
  try {
    using file = Deno.openSync(path);
    file.readSync(head);
  } catch (error) {
    return `cannot be read (${error instanceof Error ? error.message : error})`;
  }
  const mark = new TextDecoder().decode(head.subarray(0, headMark.length));
  if (mark !== headMark) return "is damaged, or no database at all";
  const id = new DataView(head.buffer).getUint32(applicationIdAt);
  const isOurs = id === applicationId || (id === 0 && hasLog);
  return isOurs ? undefined : "is a database of another program";
}

function checkLibrary(findings: Findings): void {
  const memory = new DatabaseSync(":memory:");
  const version = String(memory.prepare("SELECT sqlite_version() AS version").get()?.["version"]);
  memory.close();
  const parts = version.split(".").map(Number);
  const at = soundSqlite.findIndex((part, index) => parts[index] !== part);
  if (at === -1 || parts[at]! > soundSqlite[at]!) return findings.ok(`SQLite is ${version}`);
  findings.note(
    `SQLite is ${version}: before ${soundSqlite.join(".")} a rare fault of its log can damage a ` +
      "store while two processes write it, as they may for a moment when a broker is passed over",
    "use a build of hustings with a newer SQLite",
  );
}

function checkDisk(findings: Findings, path: string): void {
  let freeBytes: number;
  try {
    const { bavail, bsize } = statfsSync(path);
    freeBytes = bavail * bsize;
  } catch {
    return; // there is no directory yet, or the system does not tell
  }
  const text = `${Math.floor(freeBytes / 1024 ** 2)} MiB are free`;
  if (freeBytes >= limits.lowDiskBytes) return findings.ok(text);
  findings.fault(`Only ${text}: soon no message can be sent`, "free some space on this disk");
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`;
}
