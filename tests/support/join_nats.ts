import type { Bus } from "../../lib/bus/bus.ts";
import { openNats } from "./nats_bus.ts";

/** A member in this process of the bus at `url`, under this name and no other. */
export async function joinNats(url: string, name: string): Promise<Bus> {
  const bus = openNats(url);
  await bus.join({ client: "test", directory: `/test/${name}`, name, must: true });
  return bus;
}
