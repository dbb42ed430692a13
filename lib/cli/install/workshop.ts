import { clientTitle } from "../../agents/find_client.ts";
import { workTreeOf } from "../../agents/find_repository.ts";
import { clientPlaces } from "../../agents/install/client_places.ts";
import type { ClientPlaces, Machine } from "../../agents/install/client_places.ts";
import { systemDisk } from "../../agents/install/config_disk.ts";
import type { ConfigDisk } from "../../agents/install/config_disk.ts";
import { InstallRecord } from "../../agents/install/install_record.ts";
import { ownMachine } from "../../agents/install/own_machine.ts";
import { HustingsError } from "../../core/errors.ts";
import { nearNames } from "../../core/names.ts";
import { stateDirectoryPath, stateFiles } from "../../member/state_directory.ts";
import type { StateDirectory } from "../../member/state_directory.ts";

/** What `install` and `uninstall` work with. */
export interface Workshop {
  readonly disk: ConfigDisk;
  readonly machine: Machine;
  readonly places: readonly ClientPlaces[];
  readonly state: StateDirectory;
  readonly record: InstallRecord;
}

/** Reads what there is. Throws `bad_request` where the environment names no home, or the record is damaged. */
export function openWorkshop(): Workshop {
  const machine = ownMachine();
  const state = stateFiles(stateDirectoryPath(machine));
  return {
    ...{ disk: systemDisk, machine, state },
    places: clientPlaces(machine, workTreeOf(Deno.cwd())),
    record: new InstallRecord(systemDisk, state.installed),
  };
}

/** The clients that `words` name, each once. Throws `bad_request` for a word that names none. */
export function namedClients(
  places: readonly ClientPlaces[],
  words: readonly string[],
): ClientPlaces[] {
  return [...new Set(words)].map((word) => {
    const found = places.find(({ client }) => client === word.toLowerCase());
    if (found !== undefined) return found;
    const names = places.map(({ client }) => client);
    const near = nearNames(word, names);
    const cure = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `use ${names.join(", ")}`;
    throw new HustingsError("bad_request", `There is no client '${word}' here: ${cure}`);
  });
}

/** What people call a client, and its name here. */
export function titleOf({ client }: ClientPlaces): string {
  return `${clientTitle(client)} (${client})`;
}
