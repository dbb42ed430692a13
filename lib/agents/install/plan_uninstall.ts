import type { ClientPlaces, Level, ServerForm } from "./client_places.ts";
import type { ConfigDisk, StoredFile } from "./config_disk.ts";
import { decoded, encoded, inFile } from "./config_text.ts";
import { editors } from "./editors.ts";
import { holdsOurs, removeFrom } from "./file_changes.ts";
import type { Traces } from "./file_changes.ts";
import type { InstalledFile, InstallRecord } from "./install_record.ts";
import { backupOf, digestOf } from "./planned_file.ts";
import type { LocatedFile, PlannedFile } from "./planned_file.ts";

/**
 * What would be changed to take what is ours out of the files of one client: of those at `levels`, and
 * where these are the user's, of those in any project that `record` knows. Reads only. Throws `bad_request`
 * with file, place and cure for a file that cannot be read or changed.
 */
export function planUninstall(
  disk: ConfigDisk,
  record: InstallRecord,
  places: ClientPlaces,
  levels: readonly Level[],
): PlannedFile[] {
  const usual = levels.flatMap((level) => locatedAt(disk, places, level));
  const paths = new Set(usual.map(({ path }) => path));
  const noted = levels.includes("user") ? record.files : [];
  const others = noted.filter(({ client, path }) => client === places.client && !paths.has(path));
  return [...usual, ...others.map(located)].flatMap((file) =>
    planned(disk, file, record.of(file.path)) ?? []
  );
}

function locatedAt(disk: ConfigDisk, places: ClientPlaces, level: Level): LocatedFile[] {
  return (places[level] ?? []).flatMap(({ paths, format, server, hooks }) =>
    paths.filter((path) => disk.exists(path)).map((path) => ({
      ...{ client: places.client, level, path, format, hooks: hooks !== undefined },
      ...(server && { list: server.list }),
    }))
  );
}

function located({ client, level, path, format, list, hooks }: InstalledFile): LocatedFile {
  return { client, level, path, format, hooks, ...(list !== undefined && { list }) };
}

function planned(
  disk: ConfigDisk,
  file: LocatedFile,
  noted: InstalledFile | undefined,
): PlannedFile | undefined {
  const before = disk.read(file.path);
  if (before === undefined) return noted && { ...file, made: [] };
  const whole = noted && asItWas(disk, noted, before);
  if (whole !== undefined) return { ...file, before, made: [], ...whole };
  const traces: Traces = {
    ...(file.list !== undefined && { list: file.list as ServerForm["list"] }),
    ...(file.hooks && { hooksOf: file.client }),
  };
  return inFile(file.path, () => {
    const editor = editors[file.format];
    const { text, mark } = decoded(before.bytes);
    if (!holdsOurs(editor, text, traces)) {
      return noted && { ...file, before, after: before.bytes, made: [] };
    }
    const rest = removeFrom(editor, text, traces, noted?.made);
    // opencode writes the name of its schema into a file that it finds without one.
    const left = Object.keys(editor.parse(rest) as object).filter((key) => key !== "$schema");
    const after = noted?.created && left.length === 0 ? {} : { after: encoded(rest, mark) };
    return { ...file, before, made: [], ...after };
  });
}

/** What the file was before, byte for byte, where nobody has changed it since; undefined otherwise. */
function asItWas(
  disk: ConfigDisk,
  { path, sha256, created, original }: InstalledFile,
  { bytes }: StoredFile,
): { after?: Uint8Array<ArrayBuffer> } | undefined {
  if (digestOf(bytes) !== sha256) return undefined;
  if (created) return {};
  const backup = original === undefined ? undefined : disk.read(backupOf(path));
  if (backup === undefined || digestOf(backup.bytes) !== original) return undefined;
  return { after: backup.bytes };
}
