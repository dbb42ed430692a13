import { delimiter } from "node:path";
import type { ClientPlaces, Machine } from "./client_places.ts";
import type { ConfigDisk } from "./config_disk.ts";

/** Those of `all` that are on this machine: something of theirs exists, or their program is on PATH. */
export function presentClients(
  disk: ConfigDisk,
  { os, env }: Machine,
  all: readonly ClientPlaces[],
): ClientPlaces[] {
  const directories = (env("PATH") ?? "").split(delimiter).filter(Boolean);
  const endings = os === "windows" ? [".exe", ".cmd", ".bat"] : [""];
  const isOnPath = (program: string) =>
    directories.some((directory) =>
      endings.some((ending) => disk.exists(`${directory}/${program}${ending}`))
    );
  return all.filter(({ signs, programs }) =>
    signs.some((path) => disk.exists(path)) || programs.some(isOnPath)
  );
}
