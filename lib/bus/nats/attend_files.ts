import type { Activity } from "../../core/types.ts";
import type { Kin } from "../../member/hub/kin_of.ts";
import { entryPath } from "../../member/state_directory.ts";
import { limits } from "../../core/limits.ts";
import { replaceFile } from "../../store/replace_file.ts";

/** What a member leaves in the state directory for the hooks of its session: `attend/<instance>.json`. */
export interface AttendNote {
  readonly instance: string;
  readonly kin: Kin;
  readonly name: string;
  readonly box: number;
  readonly unread: number;
}

/** What a hook leaves there for the member: `attend/<instance>.told`. */
export interface HookNote {
  readonly activity?: Activity;
  readonly session?: string;
}

const notes = ".json";
const told = ".told";

/** Writes what a member says of itself, for its user alone. Throws what the disk does. */
export function writeAttendNote(directory: string, note: AttendNote): void {
  Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  write(entryPath(directory, `${note.instance}${notes}`), JSON.stringify(note));
}

/** The member is there: hooks leave out what is older than `limits.natsLifeMs`. */
export function renewAttendNote(directory: string, instance: string): void {
  const now = new Date();
  Deno.utimeSync(entryPath(directory, `${instance}${notes}`), now, now);
}

/** The member is gone. */
export function removeAttendNote(directory: string, instance: string): void {
  for (const end of [notes, told]) removeIfThere(entryPath(directory, `${instance}${end}`));
}

/** What the members that are there have said of themselves; what those left that died goes. */
export function readAttendNotes(directory: string, nowMs: number): AttendNote[] {
  const found: AttendNote[] = [];
  for (const name of namesIn(directory)) {
    if (!name.endsWith(notes)) continue;
    const path = entryPath(directory, name);
    const note = readJson<AttendNote>(path);
    const writtenMs = modifiedMs(path);
    if (note === undefined || writtenMs === undefined) continue;
    if (writtenMs > nowMs - limits.natsLifeMs) found.push(note);
    else if (writtenMs < nowMs - limits.keepMs) removeAttendNote(directory, note.instance);
  }
  return found;
}

/** A hook tells the member what it shows of its session. */
export function writeHookNote(directory: string, instance: string, note: HookNote): void {
  write(entryPath(directory, `${instance}${told}`), JSON.stringify(note));
}

/** What a hook has told last; undefined where none has. */
export function readHookNote(directory: string, instance: string): HookNote | undefined {
  return readJson(entryPath(directory, `${instance}${told}`));
}

/** True for the path of what hooks tell the member `instance`. */
export function isHookNote(path: string, instance: string): boolean {
  return path.endsWith(`${instance}${told}`);
}

function write(path: string, text: string): void {
  const draft = `${path}.${crypto.randomUUID()}`;
  Deno.writeTextFileSync(draft, text, { mode: 0o600, createNew: true });
  replaceFile(draft, path);
}

/** A file that goes at this moment is one that is not there. */
function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path)) as T;
  } catch {
    return undefined;
  }
}

function modifiedMs(path: string): number | undefined {
  try {
    return Deno.statSync(path).mtime?.getTime();
  } catch {
    return undefined;
  }
}

function namesIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
