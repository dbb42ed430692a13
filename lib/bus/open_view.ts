import { stateDirectoryPath, stateFiles } from "../member/state_directory.ts";
import { systemClock } from "../member/system_clock.ts";
import { systemRandom } from "../member/system_random.ts";
import type { Bus } from "./bus.ts";
import { busPorts } from "./bus_ports.ts";
import { MemberBus } from "./member_bus.ts";
import { namedBus } from "./named_bus.ts";
import { startOnlooker } from "./start_onlooker.ts";

/**
 * Opens the bus that the environment names for who looks on: on the one of this machine it finds
 * the broker, and the next one when that goes, takes no part in the race, and makes no file. While there is
 * no broker its calls wait, as those of every bus do. Never throws: what is wrong with the environment is
 * what every call then rejects with.
 */
export function openView(): Bus {
  const env = (name: string) => Deno.env.get(name);
  return namedBus() ?? new MemberBus({
    member: Promise.try(() => {
      const directory = stateFiles(stateDirectoryPath({ os: Deno.build.os, env }));
      return startOnlooker(directory, busPorts(env("HUSTINGS_PORT")));
    }),
    clock: systemClock,
    random: systemRandom,
    pid: Deno.pid,
  });
}
