import { natsMissing } from "./nats_server.ts";

/** Registers a test that needs a server of NATS; where there is none it is skipped, and its title says so. */
export function onNats(title: string, fn: () => Promise<void>, missing = natsMissing): void {
  const ignore = missing !== undefined;
  Deno.test({ name: ignore ? `${title} (not tried: ${missing})` : title, ignore, fn });
}
