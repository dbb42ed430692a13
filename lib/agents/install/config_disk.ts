import { dirname, resolve } from "node:path";
import { replaceFile } from "../../store/replace_file.ts";

/** A file as it is on the disk. */
export interface StoredFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The permissions; null where the system has none. */
  readonly mode: number | null;
}

/** What the installation does with files. */
export interface ConfigDisk {
  /** The file at `path` or behind the link there; undefined where there is none. Throws what the system says. */
  read(path: string): StoredFile | undefined;
  /** Whether anything is there: a file, a directory or a link to one. */
  exists(path: string): boolean;
  /** Writes it whole or not at all, through a link, with `mode` where the system has such. */
  write(path: string, file: StoredFile): void;
  remove(path: string): void;
  /** Makes a directory with those above it that are missing; returns those that it made, outermost first. */
  makeDirectory(path: string, mode: number): string[];
  /** Removes a directory that is empty; leaves every other one. */
  removeEmptyDirectory(path: string): void;
}

/** Links behind links that are followed before it is a circle; Linux gives up after as many. */
const linksMax = 40;

/** The disk of this machine. */
export const systemDisk: ConfigDisk = {
  read(path) {
    return ifThere(() => {
      const bytes = Deno.readFileSync(path);
      return { bytes, mode: modeOf(Deno.statSync(path)) };
    });
  },
  exists: (path) => ifThere(() => Deno.lstatSync(path)) !== undefined,
  write(path, { bytes, mode }) {
    const target = behindLinks(path);
    const draft = `${target}.${crypto.randomUUID()}.tmp`;
    try {
      writeSynced(draft, bytes, mode);
      replaceFile(draft, target);
    } catch (error) {
      ifThere(() => Deno.removeSync(draft));
      throw error;
    }
  },
  remove: (path) => Deno.removeSync(path),
  makeDirectory(path, mode) {
    const missing: string[] = [];
    for (let at = path; !systemDisk.exists(at); at = dirname(at)) missing.unshift(at);
    for (const each of missing) Deno.mkdirSync(each, { mode });
    return missing;
  },
  removeEmptyDirectory(path) {
    try {
      Deno.removeSync(path);
    } catch {
      // Something else is in it by now, or it is gone.
    }
  },
};

function writeSynced(path: string, bytes: Uint8Array, mode: number | null): void {
  const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  try {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
  } finally {
    file.close();
  }
  // The mask of the process does not narrow what the file had.
  if (mode !== null) Deno.chmodSync(path, mode);
}

function modeOf({ mode }: Deno.FileInfo): number | null {
  return Deno.build.os === "windows" || mode === null ? null : mode & 0o777;
}

/** Where a write has to go so that a link stays one; also where the link leads to nothing yet. */
function behindLinks(path: string): string {
  let at = path;
  for (let count = 0; count < linksMax; count++) {
    const info = ifThere(() => Deno.lstatSync(at));
    if (!info?.isSymlink) return at;
    at = resolve(dirname(at), Deno.readLinkSync(at));
  }
  throw new Error(`${path} is a link that leads in a circle`);
}

function ifThere<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
