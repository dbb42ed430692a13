import { Patience } from "../member/patience.ts";
import { stateDirectoryPath, stateFiles } from "../member/state_directory.ts";
import { systemClock } from "../member/system_clock.ts";
import { systemRandom } from "../member/system_random.ts";
import type { Bus } from "./bus.ts";
import { busPorts } from "./bus_ports.ts";
import { findBroker } from "./find_broker.ts";
import { MemberBus } from "./member_bus.ts";
import { Onlooker } from "./onlooker.ts";
import { watchEndpoint } from "./watch_endpoint.ts";

/**
 * Opens the bus that the environment names (`HUSTINGS_HOME`, `HUSTINGS_PORT`) for who looks on: it finds
 * the broker, and the next one when that goes, takes no part in the race, and makes no file. While there is
 * no broker its calls wait, as those of every bus do. Never throws: what is wrong with the environment is
 * what every call then rejects with.
 */
export function openView(): Bus {
  return new MemberBus({
    member: Promise.try(startOnlooker),
    clock: systemClock,
    random: systemRandom,
    pid: Deno.pid,
  });
}

function startOnlooker(): Onlooker {
  const env = (name: string) => Deno.env.get(name);
  const directory = stateFiles(stateDirectoryPath({ os: Deno.build.os, env }));
  const ports = busPorts(env("HUSTINGS_PORT"));
  const patience = new Patience({ directory, clock: systemClock });
  const options = { directory, ports, clock: systemClock, random: systemRandom };
  const onlooker = new Onlooker({
    clock: systemClock,
    random: systemRandom,
    find: () => findBroker(options),
    signposts: () => watchEndpoint(directory),
    sight: (epoch) => ({
      isRunning: () => patience.isRunning(epoch),
      isPassedOver: () => patience.isPassedOver(epoch),
    }),
  });
  onlooker.start();
  return onlooker;
}
