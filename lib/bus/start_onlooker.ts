import { Patience } from "../member/patience.ts";
import type { StateDirectory } from "../member/state_directory.ts";
import { systemClock } from "../member/system_clock.ts";
import { systemRandom } from "../member/system_random.ts";
import { findBroker } from "./find_broker.ts";
import { Onlooker } from "./onlooker.ts";
import { watchEndpoint } from "./watch_endpoint.ts";

/** Begins to look on at the bus of `directory`, whose broker is on one of `ports`; makes no file there. */
export function startOnlooker(directory: StateDirectory, ports: readonly number[]): Onlooker {
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
