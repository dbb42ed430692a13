import { HustingsError } from "../../core/errors.ts";
import { replaceFile } from "../../store/replace_file.ts";
import { checkOwn } from "../state_directory.ts";
import type { StateDirectory } from "../state_directory.ts";

/** How legacy scripts are served: anybody on this machine, or those who know a secret. */
export type LegacySetting =
  | { readonly mode: "open" }
  | { readonly mode: "secret"; readonly secret: string };

/**
 * The setting in the file of the state directory, which whoever is the broker reads for each such request: a change
 * needs no restart. Undefined where there is no file: they are not served. Throws `bad_request`, with
 * the cure, where the file is not the user's own, open to others, or says something else.
 */
export function readLegacySetting(
  { path: directory, legacy: path }: StateDirectory,
): LegacySetting | undefined {
  let text: string;
  try {
    // The directory was seen to be the user's own; a server may not ask who its user is by now.
    checkOwn(path, "file", Deno.build.os, () => Deno.lstatSync(directory).uid);
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const setting = settingIn(text);
  if (setting !== undefined) return setting;
  throw new HustingsError(
    "bad_request",
    `'${path}' does not say how legacy scripts are served, so they are not: ` +
      "write it anew with 'hustings legacy on', or 'hustings legacy off'",
  );
}

/** Writes the setting, whole or not at all, for its user alone; undefined switches off. Throws what the disk does. */
export function writeLegacySetting(path: string, setting: LegacySetting | undefined): void {
  if (setting !== undefined) {
    const draft = `${path}.${crypto.randomUUID()}`;
    Deno.writeTextFileSync(draft, `${JSON.stringify(setting)}\n`, { mode: 0o600, createNew: true });
    return replaceFile(draft, path);
  }
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function settingIn(text: string): LegacySetting | undefined {
  try {
    const { mode, secret } = JSON.parse(text) as Record<string, unknown>;
    if (mode === "open") return { mode };
    const fits = mode === "secret" && typeof secret === "string" && secret !== "";
    return fits ? { mode, secret } : undefined;
  } catch {
    return undefined;
  }
}
