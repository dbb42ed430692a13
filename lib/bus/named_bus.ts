import type { Bus } from "./bus.ts";
import { busUrl } from "./bus_url.ts";
import type { BusUrl } from "./bus_url.ts";
import { LateBus } from "./late_bus.ts";

/**
 * The bus on a server, where the environment names one (`busUrl`); undefined for the bus of this machine.
 * What it needs loads only then. Never throws: what is wrong is what every call then rejects with.
 */
export function namedBus(): Bus | undefined {
  let named: BusUrl | undefined;
  try {
    named = busUrl();
  } catch (error) {
    return new LateBus(Promise.reject(error));
  }
  if (named === undefined) return undefined;
  const { url } = named;
  return new LateBus(import("./nats/open_nats.ts").then(({ openNats }) => openNats(url)));
}
