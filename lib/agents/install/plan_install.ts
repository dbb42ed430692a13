import { resolve } from "node:path";
import { stateDirectoryPath } from "../../member/state_directory.ts";
import { clients } from "../clients.ts";
import type { ClientFile, ClientPlaces, Level, Machine } from "./client_places.ts";
import type { ConfigDisk } from "./config_disk.ts";
import { decoded, encoded, inFile } from "./config_text.ts";
import { editors } from "./editors.ts";
import { addTo } from "./file_changes.ts";
import type { Wanted } from "./file_changes.ts";
import { hookEntries, hookLine } from "./hook_entries.ts";
import type { PlannedFile } from "./planned_file.ts";
import { serverEntry } from "./server_entry.ts";
import type { OwnCommand, ServerEnvironment } from "./server_entry.ts";

/** How to install. */
export interface InstallOptions {
  readonly level: Level;
  readonly hooks: boolean;
  /** Replace a server of another program that has our name. */
  readonly force: boolean;
}

/**
 * What would be changed in the files of one client so that it starts `command`. Reads only. Throws
 * `bad_request` with file, place and cure for a file that cannot be read or changed.
 */
export function planInstall(
  disk: ConfigDisk,
  machine: Machine,
  places: ClientPlaces,
  command: OwnCommand,
  { level, hooks, force }: InstallOptions,
): PlannedFile[] {
  const files = (places[level] ?? []).filter((file) => file.server !== undefined || hooks);
  const env = places.losesEnvironment ? serverEnvironment(machine) : {};
  return files.map((file) => {
    const path = pathOf(disk, file);
    const wanted = wantedIn(file, places.client, machine, command, env, hooks);
    const before = disk.read(path);
    const { after, made } = inFile(path, () => {
      const { text, mark } = before === undefined ? { text: "", mark: "" } : decoded(before.bytes);
      const added = addTo(editors[file.format], text, wanted, force);
      return { after: encoded(added.text, mark), made: added.made };
    });
    return {
      ...{ client: places.client, level, path, format: file.format, after, made },
      ...(file.server && { list: file.server.list }),
      hooks: wanted.hooks !== undefined,
      ...(before && { before }),
    };
  });
}

/** The path at which a file is, or will be. */
function pathOf(disk: ConfigDisk, { paths }: ClientFile): string {
  return paths.find((path) => disk.exists(path)) ?? paths.at(-1)!;
}

function wantedIn(
  { server, hooks }: ClientFile,
  short: string,
  { os }: Machine,
  command: OwnCommand,
  env: ServerEnvironment,
  withHooks: boolean,
): Wanted {
  const client = clients.find((each) => each.short === short && !each.probe)!;
  return {
    ...(server &&
      { server: { list: server.list, entry: serverEntry(server.entry, command, env) } }),
    ...(hooks && withHooks && {
      hooks: {
        client: short,
        form: hooks,
        entries: hookEntries(client, hooks, hookLine(client, command, os === "windows")),
      },
    }),
  };
}

/**
 * The variables without which a server that does not get its user's would look for the bus in another
 * place; none where all is in its usual one.
 */
function serverEnvironment({ os, env }: Machine): ServerEnvironment {
  const moving = ["HUSTINGS_HOME", "XDG_STATE_HOME"];
  const usual = (name: string) => moving.includes(name) ? undefined : env(name);
  const port = env("HUSTINGS_PORT");
  const home = moving.some((name) => env(name)) ? stateDirectoryPath({ os, env }) : undefined;
  const isMoved = home !== undefined && home !== usualPlace(os, usual);
  return {
    ...(isMoved && { HUSTINGS_HOME: resolve(home) }),
    ...(port && { HUSTINGS_PORT: port }),
  };
}

function usualPlace(os: Machine["os"], env: Machine["env"]): string | undefined {
  try {
    return stateDirectoryPath({ os, env });
  } catch {
    return undefined;
  }
}
