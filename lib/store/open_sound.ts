import { Database, isDamage, isFull } from "./database.ts";
import { faultInside } from "./fault_inside.ts";
import { fileSize } from "./file_size.ts";
import { logFault } from "./log_fault.ts";
import { replaceFile } from "./replace_file.ts";
import type { Reserve } from "./reserve.ts";
import type { Salvaged } from "./salvage.ts";
import { applicationId, migrations } from "./schema.ts";
import { SqliteStore } from "./sqlite_store.ts";
import { readMark } from "./store_mark.ts";
import type { StoreMark } from "./store_mark.ts";

/** The files of a store and what it needs beside them. */
export interface StoreFiles {
  readonly store: string;
  readonly mark: string;
}

/**
 * Opens the store for a process that has it for itself (it holds the lock), after a look at its files.
 * Damaged ones are renamed and kept; what can be read of them comes into a new store, which tells of
 * it in its warnings. Throws as `SqliteStore.open` does for a disk that is full, for a database of
 * another program and for one of a newer build.
 *
 * What no look can find: the last second before a crash, where the log is cut exactly between two
 * commits or within the last one; and a store that was put back from an older copy with its mark.
 */
export function openSound(
  files: StoreFiles,
  reserve: Reserve,
  atMs: number,
): SqliteStore {
  finishReplacing(files.store);
  const mark = readMark(files.mark);
  const inside = () =>
    fileSize(files.store) ? reserve.lend(() => faultInside(files.store, mark), isFull) : undefined;
  const fault = faultOutside(files.store, mark) ?? logFault(`${files.store}-wal`) ?? inside();
  if (fault !== undefined && !isForeign(files.store, mark)) {
    replace(files, reserve, mark, fault, atMs);
  }
  return SqliteStore.open(files.store, { reserve, mark: files.mark });
}

/**
 * Opens the store for an heir, which followed the last broker until this moment, without a look through
 * its files: they were in use, a takeover must not wait for all of them to be read, and a damaged page
 * that is met later ends the epoch and has everything looked through. Changes nothing before a claim.
 * Undefined, with the files as they were, where `openSound` has more to do: a fault shows, a replacement
 * is under way, or another build has changed the schema.
 */
export function openAsHeir({ store, mark }: StoreFiles, reserve: Reserve): SqliteStore | undefined {
  const noted = readMark(mark);
  const isPlain = noted?.form === migrations.length && !noted.damaged &&
    faultOutside(store, noted) === undefined && fileSize(readyName(store)) === undefined;
  if (!isPlain) return undefined;
  try {
    const opened = SqliteStore.open(store, { reserve, mark });
    if (opened.behind(noted) === undefined) return opened;
    opened.closeAsItIs();
    return undefined;
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/**
 * What shows that the files of a store were damaged while a broker has them open, or undefined. They
 * are not opened: SQLite would make missing ones anew, and what that broker has of the old ones would
 * keep nobody from writing at the same time as it does.
 */
export function faultInUse({ store, mark }: StoreFiles): string | undefined {
  const isIndexWhole = (fileSize(`${store}-shm`) ?? 0) >= leastIndexBytes;
  return faultOutside(store, readMark(mark)) ??
    (isIndexWhole ? undefined : "the index of its log was gone or cut");
}

/** The index of a log grows by this much at once (sqlite.org/walformat.html). */
const leastIndexBytes = 32 * 1024;

/** A sound or damaged database of another program, where no store has been: it is not ours to move. */
function isForeign(path: string, mark: StoreMark | undefined): boolean {
  if (mark !== undefined || !fileSize(path)) return false;
  let db: Database | undefined;
  try {
    db = new Database(path, { readOnly: true });
    const id = Number(db.value("PRAGMA application_id"));
    return id !== applicationId && id !== 0;
  } catch {
    return false;
  } finally {
    db?.close();
  }
}

/** SQLite takes a shorter file for a new one, and removes the log beside it. */
const leastBytes = 512;

/** What the files show before SQLite has touched them. */
function faultOutside(path: string, mark: StoreMark | undefined): string | undefined {
  const log = `${path}-wal`;
  if (mark?.damaged) return "a part of it could not be read";
  const bytes = fileSize(path);
  if (bytes === undefined ? mark !== undefined : bytes < leastBytes && (bytes > 0 || mark)) {
    return bytes === undefined ? "its file was gone" : "its file was cut";
  }
  return mark !== undefined && !mark.clean && mark.log && !fileSize(log)
    ? "its log was gone"
    : undefined;
}

function replace(
  files: StoreFiles,
  reserve: Reserve,
  mark: StoreMark | undefined,
  fault: string,
  atMs: number,
): void {
  const { store } = files;
  const aside = asideName(store, atMs);
  const draft = `${store}.draft`;
  for (const part of parts) remove(draft + part);
  const made = SqliteStore.open(draft, { reserve });
  const saved = made.takeOver((fileSize(store) ?? 0) < leastBytes ? undefined : store, mark);
  made.notice(noticeOf(fault, fileSize(store) === undefined ? undefined : aside, saved), atMs);
  made.close();
  Deno.utimeSync(draft, atMs / 1000, atMs / 1000);
  replaceFile(draft, readyName(store));
  setAside(store, aside);
  replaceFile(readyName(store), store);
  remove(files.mark);
}

const parts = ["", "-wal", "-shm"];

/** A new store that is whole, under a name that says so until it has its own. */
function readyName(path: string): string {
  return `${path}.ready`;
}

/** A process may have ended between the steps of a replacement: the new store is whole already. */
function finishReplacing(path: string): void {
  if (fileSize(readyName(path)) === undefined) return;
  setAside(path, asideName(path, Deno.statSync(readyName(path)).mtime?.getTime() ?? 0));
  replaceFile(readyName(path), path);
}

/** The log first: a new database must never meet an old one's log. */
function setAside(path: string, aside: string): void {
  for (const part of parts.toReversed()) {
    if (fileSize(path + part) !== undefined) replaceFile(path + part, aside + part);
  }
}

/** A name that nothing has yet: nothing is overwritten. */
function asideName(path: string, atMs: number): string {
  const stamp = new Date(atMs).toISOString().replaceAll(/[:.]/g, "-");
  for (let n = 1;; n++) {
    const name = `${path}.damaged-${stamp}${n === 1 ? "" : `-${n}`}`;
    // By the database alone: a replacement that goes on finds the log under the name already.
    if (fileSize(name) === undefined) return name;
  }
}

function noticeOf(
  fault: string,
  aside: string | undefined,
  { messages, unread }: Salvaged,
): string {
  const kept = aside === undefined ? "" : ` The damaged files are kept as ${aside}.`;
  const saved = messages === 0
    ? "No message could be saved"
    : `${messages} messages were saved, ${unread} of them unread (they are marked as redelivered)`;
  return `The message store was damaged: ${fault}. ${saved}; later ones may be lost.${kept}`;
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was not there.
  }
}
