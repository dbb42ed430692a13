import { HustingsError } from "../core/errors.ts";
import type { Network } from "./network_file_system.ts";

/** The files of one user's bus. */
export interface StateDirectory {
  readonly path: string;
  readonly secret: string;
  readonly store: string;
  /** What the store held when its broker last noted it. */
  readonly mark: string;
  /** Space on the disk for acknowledgements. */
  readonly reserve: string;
  readonly lock: string;
  /** Who has the lock. */
  readonly holder: string;
  /** Where a broker was last published: a hint, never trusted without the handshake. */
  readonly endpoint: string;
  /** What the user has allowed; made by the user alone. */
  readonly settings: string;
  /** Whether legacy scripts are served, and their secret. */
  readonly legacy: string;
  /** The address of a bus beyond this machine, where the user has joined one. */
  readonly url: string;
  /** The directory in which members of such a bus are found by the hooks of their sessions. */
  readonly attend: string;
  /** What was installed into the clients' files. */
  readonly installed: string;
  /** The directory of texts that are too long for a model's context. */
  readonly texts: string;
}

/** What of the environment says where the state directory is. */
export interface Surroundings {
  readonly os: typeof Deno.build.os;
  env(name: string): string | undefined;
}

/**
 * The place of the state directory: `HUSTINGS_HOME`, else the platform's place for a user's state.
 * Throws `bad_request` when the environment names no home at all.
 */
export function stateDirectoryPath({ os, env }: Surroundings): string {
  const chosen = env("HUSTINGS_HOME");
  if (chosen) return chosen;
  if (os === "windows") {
    const local = env("LOCALAPPDATA");
    if (local) return `${local}\\hustings`;
    // Some clients pass on few variables: without this one their agents would be on a bus of their own.
    const profile = env("USERPROFILE");
    if (profile) return `${profile}\\AppData\\Local\\hustings`;
  } else {
    const home = env("HOME");
    const state = env("XDG_STATE_HOME");
    if (os === "darwin" && home) return `${home}/Library/Application Support/hustings`;
    if (os !== "darwin" && state?.startsWith("/")) return `${state}/hustings`;
    if (os !== "darwin" && home) return `${home}/.local/state/hustings`;
  }
  throw new HustingsError(
    "bad_request",
    "There is no place for the state of the bus: set HUSTINGS_HOME to a directory of your own",
  );
}

/**
 * Makes the directory where it is missing, with access for its owner alone, and names its files.
 * Throws `bad_request` when it is not the user's own or open to others, or lies on a network file
 * system by the word of `network` (`networkFileSystem`); nothing is changed then.
 */
export function openStateDirectory(path: string, network: Network): StateDirectory {
  checkLocal(path, network);
  try {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) {
      throw refusal(path, "cannot be made", "set HUSTINGS_HOME to a directory that can", cause);
    }
  }
  checkOwn(path, "directory");
  return stateFiles(path);
}

/** The path of an entry `name` of `directory`, as it is written on the platform `os`. */
export function entryPath(directory: string, name: string, os = Deno.build.os): string {
  return `${directory}${os === "windows" ? "\\" : "/"}${name}`;
}

/** The files of the state directory at `path`, whether they exist or not. */
export function stateFiles(path: string, os = Deno.build.os): StateDirectory {
  const file = (name: string) => entryPath(path, name, os);
  return {
    path,
    secret: file("secret"),
    store: file("messages.db"),
    mark: file("store.json"),
    reserve: file("reserve"),
    lock: file("broker.lock"),
    holder: file("holder.json"),
    endpoint: file("endpoint.json"),
    settings: file("settings.json"),
    legacy: file("legacy.json"),
    url: file("url"),
    attend: file("attend"),
    installed: file("installed.json"),
    texts: file("texts"),
  };
}

/**
 * Throws `bad_request`, with the cure, where `network` says that `path` lies on a network file system:
 * SQLite's locks and shared memory do not hold there, and two machines would be two brokers of one
 * store.
 */
export function checkLocal(path: string, network: Network): void {
  if (!network) return;
  const cure = "set HUSTINGS_HOME to a directory on a disk of this machine, for all agents";
  throw refusal(path, `lies on a network file system (${network})`, cure);
}

/**
 * Throws `bad_request`, with the cure, unless `path` is a directory or file of this user that nobody
 * else can use, and no link. On Windows the profile's own access list stands in for modes. `user` is
 * whose it must be, for who may not ask the system for that any more.
 */
export function checkOwn(
  path: string,
  kind: "directory" | "file",
  os = Deno.build.os,
  user: () => number | null = Deno.uid,
): void {
  const info = Deno.lstatSync(path);
  if (info.isSymlink) {
    throw refusal(path, "is a symbolic link", "replace it by what it points to");
  }
  if (kind === "directory" ? !info.isDirectory : !info.isFile) {
    throw refusal(path, `is no ${kind}`, "move it away");
  }
  if (os === "windows") return;
  const uid = user();
  if (info.uid !== uid) {
    throw refusal(
      path,
      `belongs to user ${info.uid}, not to you (${uid})`,
      `chown ${uid} '${path}'`,
    );
  }
  const open = (info.mode ?? 0) & 0o077;
  if (open !== 0) {
    const mode = ((info.mode ?? 0) & 0o777).toString(8);
    const cure = kind === "directory" ? "chmod 700" : "chmod 600";
    throw refusal(path, `is open to other users (mode ${mode})`, `${cure} '${path}'`);
  }
}

function refusal(path: string, fault: string, cure: string, cause?: unknown): HustingsError {
  return new HustingsError(
    "bad_request",
    `'${path}' ${fault}, so the bus does not use it: ${cure}`,
    {
      cause,
    },
  );
}
