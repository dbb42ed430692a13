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
  readonly never: string;
}

/**
 * Reads a text file for sharing. Throws `bad_request` where it is none, is no text, or lies outside
 * `directories` behind all links; `too_large` beyond `limits.sharedFileBytes`. Each error names the path
 * and the cure.
 */
export function readSharedFile(path: string, places: SharedPlaces): SharedFile {
  checkLength(path);
  const [own = "/"] = places.directories;
  const real = realPath(isAbsolute(path) ? path : join(own, path), path);
  checkPlace(real, path, places);
  const bytes = readPlainFile(real, path);
  return { path: real, bytes: bytes.length, text: decode(bytes, path), mediaType: typeOf(real) };
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

function checkPlace(real: string, named: string, { directories, never }: SharedPlaces): void {
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

/** Judged by the opened file, so that nothing can take its place between; a pipe is never opened. */
function readPlainFile(real: string, named: string): Uint8Array {
  if (!Deno.statSync(real).isFile) throw refusal(`'${named}' is no plain file`, "name a text file");
  using file = open(real, named);
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

function open(real: string, named: string): Deno.FsFile {
  try {
    return Deno.openSync(real, { read: true });
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
