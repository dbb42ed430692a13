import { dirname } from "node:path";
import { HustingsError } from "../../core/errors.ts";
import type { ConfigDisk } from "./config_disk.ts";
import type { InstalledFile, InstallRecord } from "./install_record.ts";
import { backupOf, changeOf, digestOf, sameBytes } from "./planned_file.ts";
import type { PlannedFile } from "./planned_file.ts";

/**
 * Does what was planned for one client's installation, with a copy of each file before its first change,
 * and notes it in `record`. Throws `bad_request` where a file cannot be written, or was changed since the
 * plan was made; the files of this plan are as they were then.
 */
export function carryOutInstall(
  disk: ConfigDisk,
  record: InstallRecord,
  plan: readonly PlannedFile[],
): void {
  carryOut(disk, plan, (file) => {
    const noted = installed(disk, record, file);
    disk.write(file.path, { bytes: file.after!, mode: modeFor(file) });
    record.note(noted);
  });
  record.save();
}

/** The same for taking it out again, with the copies and the directories that were made. */
export function carryOutUninstall(
  disk: ConfigDisk,
  record: InstallRecord,
  plan: readonly PlannedFile[],
): void {
  carryOut(disk, plan, ({ path, before, after }) => {
    if (after === undefined) disk.remove(path);
    else disk.write(path, { bytes: after, mode: before?.mode ?? null });
  });
  for (const { path, before } of plan) {
    const noted = record.of(path);
    record.forget(path);
    // Where the file itself is gone, the copy may be all that is left of it.
    const isKept = before === undefined || !noted?.backup || !disk.exists(backupOf(path));
    if (!isKept) disk.remove(backupOf(path));
    removeDirectories(disk, record, noted?.directories ?? []);
  }
  record.save();
}

/** One that is still of use for another file that was installed goes with that. */
function removeDirectories(
  disk: ConfigDisk,
  record: InstallRecord,
  directories: readonly string[],
): void {
  for (const made of directories.toReversed()) disk.removeEmptyDirectory(made);
  const left = directories.filter((made) => disk.exists(made));
  const heir = record.files.find(({ path }) => left.some((made) => path.startsWith(made)));
  if (heir !== undefined) record.note({ ...heir, directories: [...left, ...heir.directories] });
}

function carryOut(
  disk: ConfigDisk,
  plan: readonly PlannedFile[],
  act: (file: PlannedFile) => void,
): void {
  const done: PlannedFile[] = [];
  for (const file of plan.filter((each) => changeOf(each) !== "none")) {
    try {
      checkUnchanged(disk, file);
      done.push(file);
      act(file);
    } catch (error) {
      for (const each of done) undo(disk, each);
      throw explained(file.path, error);
    }
  }
}

function checkUnchanged(disk: ConfigDisk, { path, before }: PlannedFile): void {
  const now = disk.read(path);
  const isSame = now === undefined || before === undefined
    ? now === before
    : sameBytes(now.bytes, before.bytes);
  if (isSame) return;
  throw new HustingsError(
    "bad_request",
    `'${path}' was changed by another program at this moment: the files of its client are as they were, do it again`,
  );
}

function undo(disk: ConfigDisk, { path, before }: PlannedFile): void {
  try {
    if (before !== undefined) disk.write(path, before);
    else if (disk.exists(path)) disk.remove(path);
  } catch {
    // What could not be written can hardly be written back; the copy is beside it.
  }
}

function explained(path: string, error: unknown): unknown {
  if (error instanceof HustingsError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new HustingsError(
    "bad_request",
    `'${path}' cannot be written (${why}): the files of its client are as they were. See to whom the ` +
      "file and its directory belong, and whether another program makes it",
    { cause: error },
  );
}

/** New files of a user are for its owner alone: clients keep secrets in them. */
function modeFor({ before, level }: PlannedFile): number {
  return before?.mode ?? (level === "user" ? 0o600 : 0o644);
}

/** What is to be noted of a file that is about to be written; makes its directory and the copy. */
function installed(disk: ConfigDisk, record: InstallRecord, file: PlannedFile): InstalledFile {
  const { client, level, path, format, list, hooks, before, after, made } = file;
  const noted = before === undefined ? undefined : record.of(path);
  const directories = before === undefined
    ? disk.makeDirectory(dirname(path), level === "user" ? 0o700 : 0o755)
    : [];
  const isFirst = noted === undefined && before !== undefined && !disk.exists(backupOf(path));
  if (isFirst) disk.write(backupOf(path), before);
  const isOurs = noted !== undefined && digestOf(before!.bytes) === noted.sha256;
  const original = isFirst ? digestOf(before.bytes) : isOurs ? noted.original : undefined;
  return {
    ...{ client, level, path, format, sha256: digestOf(after!) },
    hooks: hooks || (noted?.hooks ?? false),
    ...(list !== undefined && { list }),
    ...(original !== undefined && { original }),
    created: noted?.created ?? before === undefined,
    backup: isFirst || (noted?.backup ?? false),
    made: [...noted?.made ?? [], ...made.map((each) => [...each])],
    directories: [...noted?.directories ?? [], ...directories],
  };
}
