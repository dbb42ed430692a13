import { HustingsError } from "../core/errors.ts";
import { replaceFile } from "../store/replace_file.ts";
import { checkOwn, stateDirectoryPath, stateFiles } from "../member/state_directory.ts";
import type { StateDirectory } from "../member/state_directory.ts";

/** Where a bus beyond this machine is, and what says so. */
export interface BusUrl {
  readonly url: string;
  /** `HUSTINGS_URL`, or the path of the file. */
  readonly source: string;
}

/** What stands for the bus of this machine. */
export const localBus = "local";

/**
 * The address of the bus beyond this machine that the environment names: `HUSTINGS_URL`, or else what
 * `hustings join` has written. Undefined for the bus of this machine. Throws `bad_request`, with the cure, where
 * the file is not the user's own, open to others, or cannot be read.
 */
export function busUrl(): BusUrl | undefined {
  const env = (name: string) => Deno.env.get(name);
  const written = env("HUSTINGS_URL")?.trim();
  if (written === localBus) return undefined;
  if (written) return { url: written, source: "HUSTINGS_URL" };
  const directory = stateFiles(stateDirectoryPath({ os: Deno.build.os, env }));
  const url = joinedUrl(directory);
  return url === undefined ? undefined : { url, source: directory.url };
}

/** What `hustings join` has written into the state directory; throws as `busUrl` does. */
export function joinedUrl({ url: path }: StateDirectory): string | undefined {
  try {
    checkOwn(path, "file");
    return Deno.readTextFileSync(path).trim() || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof HustingsError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new HustingsError(
      "bad_request",
      `'${path}', which names the bus, cannot be read (${why}): join it anew with 'hustings join URL'`,
      { cause: error },
    );
  }
}

/** Writes it, whole or not at all, for its user alone; undefined takes it away. Throws what the disk does. */
export function writeJoinedUrl({ url: path }: StateDirectory, url: string | undefined): void {
  if (url !== undefined) {
    const draft = `${path}.${crypto.randomUUID()}`;
    Deno.writeTextFileSync(draft, `${url}\n`, { mode: 0o600, createNew: true });
    return replaceFile(draft, path);
  }
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
