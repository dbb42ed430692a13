import { openStateDirectory, stateDirectoryPath } from "../../member/state_directory.ts";
import { systemClock } from "../../member/system_clock.ts";
import { systemRandom } from "../../member/system_random.ts";
import type { Bus } from "../bus.ts";
import { NatsBus } from "./nats_bus.ts";
import { natsSetting } from "./nats_setting.ts";
import { ownMachine } from "./own_machine.ts";

/**
 * Opens the bus at `url`; it connects with the first call. Throws `bad_request` for a URL that cannot be
 * read, and for a state directory that is not the user's own.
 */
export function openNats(url: string): Bus {
  const setting = natsSetting(url);
  const env = (name: string) => Deno.env.get(name);
  // It may lie on a network: no store is in it.
  const directory = openStateDirectory(stateDirectoryPath({ os: Deno.build.os, env }), undefined);
  return new NatsBus({
    setting,
    clock: systemClock,
    random: systemRandom,
    pid: Deno.pid,
    machine: ownMachine(directory),
    home: directory.path,
    attend: directory.attend,
  });
}
