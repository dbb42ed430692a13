import mime from "mime";
import { dirname, isAbsolute, join, relative } from "node:path";
import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** A file as others get it. */
export interface SharedFile {
  /** The file itself, behind all links. */
  readonly path: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly text: string;
}

/** From where files may be shared, and from where never. */
export interface SharedPlaces {
  /** The agent's own directory, from which a relative path counts, first. */
  readonly directories: readonly string[];
  /** A person names the file: it may lie anywhere but in `never`. */
  readonly anywhere?: true;
  readonly never: string;
}

/**
 * Reads a text file for sharing. Throws `bad_request` where it is none, is no text, or lies outside
 * `directories` behind all links (unless it may lie anywhere), or in `never`; `too_large` beyond `limits.sharedFileBytes`. Each error names the path
 * and the cure.
 */
export function readSharedFile(
  path: string,
  places: SharedPlaces,
  { os, open } = thisMachine,
): SharedFile {
  checkLength(path);
  if (os === "windows") checkOwnMachine(path, places);
  const [own = "/"] = places.directories;
  const real = realPath(isAbsolute(path) ? path : join(own, path), path);
  checkPlace(real, path, places);
  if (!Deno.statSync(real).isFile) throw refusal(`'${path}' is no plain file`, "name a text file");
  using file = opened(open, real, path);
  checkSame(file, real, path, places);
  const bytes = readPlainFile(file, path);
  return { path: real, bytes: bytes.length, text: decode(bytes, path), mediaType: typeOf(real) };
}

/** What the platform does; tests have their own. */
export interface FileAccess {
  readonly os: typeof Deno.build.os;
  open(path: string): Deno.FsFile;
}

const thisMachine: FileAccess = {
  os: Deno.build.os,
  open: (path) => Deno.openSync(path, { read: true }),
};

/**
 * On Windows to look at `\\\\HOST\\share` is to log on to that host: a path that somebody has put into a
 * model's mouth must not be looked at, unless the agent works on that very share.
 */
function checkOwnMachine(path: string, { directories, anywhere }: SharedPlaces): void {
  if (anywhere) return;
  const plain = (text: string) => text.replaceAll("/", "\\").toLowerCase();
  if (!plain(path).startsWith("\\\\")) return;
  if (directories.some((directory) => plain(path).startsWith(`${plain(directory)}\\`))) return;
  throw refusal(`'${path}' lies on another machine`, "copy it into a directory of the project");
}

/**
 * Throws unless what was opened is what lies at `real`, and that where it may be shared from: a directory
 * on the way may have become a link after it was looked at. Without a way to open a file from an opened
 * directory this leaves to chance only who changes it back and forth in between.
 */
function checkSame(file: Deno.FsFile, real: string, named: string, places: SharedPlaces): void {
  const now = realPath(real, named);
  checkPlace(now, named, places);
  const [there, ours] = [Deno.statSync(now), file.statSync()];
  if (there.dev === ours.dev && there.ino === ours.ino) return;
  throw refusal(`'${named}' became another file while it was opened`, "try again");
}

/** What is no path at all is no text to repeat, either. */
function checkLength(path: string): void {
  if (path.length <= limits.pathLength) return;
  throw refusal(
    `A path of ${path.length} characters begins with '${path.slice(0, 60)}…' ` +
      `(${limits.pathLength} are the most)`,
    "give the path of a file",
  );
}

function realPath(path: string, named: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    throw refusal(`There is no file '${named}' (looked for as ${path})`, "give its whole path");
  }
}

function checkPlace(real: string, named: string, places: SharedPlaces): void {
  const { directories, never, anywhere } = places;
  const isBelow = (directory: string) => {
    try {
      const way = relative(Deno.realPathSync(directory), real);
      return way !== ".." && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
    } catch {
      return false; // a directory that is not there holds nothing
    }
  };
  if (isBelow(never)) {
    throw refusal(
      `'${named}' belongs to the bus itself`,
      "send what you want to say of it as text",
    );
  }
  if (anywhere) return;
  // Nobody works in the root of a file system: a client that was started there has no directory.
  const worked = directories.filter((directory) => !isRoot(directory));
  if (worked.some(isBelow)) return;
  throw refusal(
    `'${named}' (${real}) lies outside the directories that may be shared from ` +
      `(${worked.join(", ") || "none"})`,
    "copy it there, or let your user name its directory in HUSTINGS_SHARE",
  );
}

function isRoot(directory: string): boolean {
  try {
    const real = Deno.realPathSync(directory);
    return dirname(real) === real;
  } catch {
    return false;
  }
}

/** Judged by the opened file, so that nothing can take its place between. */
function readPlainFile(file: Deno.FsFile, named: string): Uint8Array {
  const { isFile, size } = file.statSync();
  if (!isFile) throw refusal(`'${named}' is no plain file`, "name a text file");
  const limit = limits.sharedFileBytes;
  const buffer = new Uint8Array(Math.min(size, limit) + 1);
  let length = 0;
  for (let count: number | null = 1; count && length < buffer.length; length += count ?? 0) {
    count = file.readSync(buffer.subarray(length));
  }
  if (length <= limit && size <= limit) return buffer.subarray(0, length);
  throw new HustingsError(
    "too_large",
    `'${named}' has ${size} bytes and at most ${limit} can be shared: send its path, or a part of it`,
  );
}

function opened(open: FileAccess["open"], real: string, named: string): Deno.FsFile {
  try {
    return open(real);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refusal(`'${named}' cannot be read (${why})`, "make it readable for you");
  }
}

function decode(bytes: Uint8Array, named: string): string {
  const fault = bytes.includes(0) ? "it has NUL bytes" : undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (fault === undefined) return text;
  } catch {
    // The reason is below.
  }
  const why = fault ?? "it is no UTF-8";
  throw refusal(
    `'${named}' is no text (${why})`,
    "send its path, and the others open it themselves",
  );
}

/** The type that the name says, where that is one of texts: the file itself is one in any case. */
function typeOf(path: string): string {
  const named = mime.getType(path) ?? "text/plain";
  return /^text\/|json|xml|yaml|toml|script|sql/.test(named) ? named : "text/plain";
}

function refusal(fault: string, cure: string): HustingsError {
  return new HustingsError("bad_request", `${fault}, so nothing was sent: ${cure}`);
}
