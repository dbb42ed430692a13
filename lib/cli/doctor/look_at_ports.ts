import { systemClock } from "../../member/system_clock.ts";
import { limits } from "../../core/limits.ts";
import type { StatusResult } from "../../core/types.ts";
import { look } from "../../member/look.ts";
import type { Credentials } from "../../member/open_connection.ts";
import { portHolder } from "../../member/port_holder.ts";
import type { PortHolder } from "../../member/port_holder.ts";
import { askStatus } from "./ask_status.ts";

/** What a look at one port found. */
export type PortReport =
  & { readonly port: number; readonly holder?: PortHolder }
  & (
    | { readonly kind: "free" }
    /** `status` is absent where the broker gave none. */
    | { readonly kind: "broker"; readonly epoch: number; readonly status?: StatusResult }
    | { readonly kind: "foreign"; readonly what: string }
    | { readonly kind: "silent" }
    /** Our broker, with no protocol in common. */
    | { readonly kind: "version"; readonly what: string }
  );

/** Looks at all ports at once, as a caller that wants to be no broker and no member. */
export function lookAtPorts(
  ports: readonly number[],
  credentials: Credentials,
): Promise<PortReport[]> {
  return Promise.all(ports.map((port) => lookAtPort(port, credentials)));
}

async function lookAtPort(port: number, credentials: Credentials): Promise<PortReport> {
  const { event, conn } = await look(port, false, limits.silentMs, {
    clock: systemClock,
    credentials,
  });
  const holder = portHolder(port);
  const place = { port, ...(holder === undefined ? {} : { holder }) };
  switch (event.kind) {
    case "answered": {
      const status = conn === undefined ? undefined : await askStatus(conn);
      const known = status === undefined ? {} : { status };
      return { ...place, kind: "broker", epoch: event.epoch, ...known };
    }
    case "foreign":
      return { ...place, kind: "foreign", what: event.what };
    case "silent":
      return { ...place, kind: "silent" };
    case "refused":
      return { ...place, kind: "version", what: event.error.message };
    default:
      return { ...place, kind: "free" };
  }
}
