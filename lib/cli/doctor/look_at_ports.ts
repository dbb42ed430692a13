import { systemClock } from "../../member/system_clock.ts";
import { limits } from "../../core/limits.ts";
import type { StatusResult } from "../../core/types.ts";
import { look } from "../../member/look.ts";
import type { Credentials } from "../../member/open_connection.ts";
import { portHolders } from "../../member/port_holders.ts";
import type { PortHolder } from "../../member/port_holders.ts";
import { reservedPorts } from "../../member/reserved_ports.ts";
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
    /** Nobody has it, and nobody can have it. */
    | { readonly kind: "reserved" }
    /** Our broker, with no protocol in common. */
    | { readonly kind: "version"; readonly what: string }
  );

/** Looks at all ports at once, as a caller that wants to be no broker and no member. */
export async function lookAtPorts(
  ports: readonly number[],
  credentials: Credentials,
  askReserved: (ports: readonly number[]) => Promise<Set<number>> = reservedPorts,
): Promise<PortReport[]> {
  const looks = await Promise.all(ports.map((port) => lookAtPort(port, credentials)));
  const free = looks.filter(({ kind }) => kind === "free").map(({ port }) => port);
  const reserved = await askReserved(free);
  const reports = looks.map((report): PortReport =>
    reserved.has(report.port) ? { port: report.port, kind: "reserved" } : report
  );
  const taken = reports.filter(({ kind }) => kind !== "free" && kind !== "reserved")
    .map(({ port }) => port);
  if (taken.length === 0) return reports;
  const holders = await portHolders(taken);
  return reports.map((report) => {
    const holder = holders.get(report.port);
    return holder === undefined ? report : { ...report, holder };
  });
}

async function lookAtPort(port: number, credentials: Credentials): Promise<PortReport> {
  const { event, conn } = await look(port, false, limits.silentMs, {
    clock: systemClock,
    credentials,
  });
  switch (event.kind) {
    case "answered": {
      const status = conn === undefined ? undefined : await askStatus(conn);
      const known = status === undefined ? {} : { status };
      return { port, kind: "broker", epoch: event.epoch, ...known };
    }
    case "foreign":
      return { port, kind: "foreign", what: event.what };
    case "silent":
      return { port, kind: "silent" };
    case "refused":
      return { port, kind: "version", what: event.error.message };
    default:
      return { port, kind: "free" };
  }
}
