import { delimiter } from "node:path";
import { workTreeOf } from "../../agents/find_repository.ts";
import { clientPlaces } from "../../agents/install/client_places.ts";
import { ownMachine } from "../../agents/install/own_machine.ts";
import { busUrl } from "../../bus/bus_url.ts";
import { busPorts } from "../../bus/bus_ports.ts";
import type { Credentials } from "../../member/open_connection.ts";
import { macOf } from "../../member/secret.ts";
import { stateDirectoryPath, stateFiles } from "../../member/state_directory.ts";
import { systemRandom } from "../../member/system_random.ts";
import { checkBroker } from "./check_broker.ts";
import { checkClients } from "./check_clients.ts";
import { checkLegacy } from "./check_legacy.ts";
import { checkSettings } from "./check_settings.ts";
import { checkState } from "./check_state.ts";
import { checkStore } from "./check_store.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";
import { lookAtPorts } from "./look_at_ports.ts";
import type { PortReport } from "./look_at_ports.ts";

/** Looks at everything that the bus needs on this machine. Changes nothing, and joins nothing. */
export async function examine(): Promise<Finding[]> {
  const clients = examineClients();
  try {
    return [...await examineBus(), ...clients];
  } catch (error) {
    // The environment names no place for the state, or no ports.
    return [...wrongEnvironment(error), ...clients];
  }
}

function examineClients(): Finding[] {
  try {
    const places = clientPlaces(ownMachine(), workTreeOf(currentDirectory()));
    return checkClients(places, (Deno.env.get("PATH") ?? "").split(delimiter));
  } catch (error) {
    return wrongEnvironment(error);
  }
}

function wrongEnvironment(error: unknown): Finding[] {
  const environment = new Findings("environment");
  environment.fault(error instanceof Error ? error.message : String(error));
  return environment.all;
}

async function examineBus(): Promise<Finding[]> {
  const env = (name: string) => Deno.env.get(name);
  const directory = stateFiles(stateDirectoryPath({ os: Deno.build.os, env }));
  const ports = busPorts(env("HUSTINGS_PORT"));
  const { findings, secret } = await checkState(directory);
  const named = busUrl();
  if (named !== undefined) {
    const { checkNats } = await import("./check_nats.ts");
    return [...findings, ...await checkNats(named), ...checkSettings(directory.settings)];
  }
  // Without the secret a broker cannot be told from a stranger, but what holds the ports can be seen.
  const mac = await macOf(secret ?? systemRandom.bytes(32));
  const credentials: Credentials = { mac, random: systemRandom };
  const reports = await lookAtPorts(ports, credentials);
  return [
    ...findings,
    ...checkBroker(directory, reports),
    ...checkStore(directory),
    ...checkSettings(directory.settings),
    ...checkLegacy(directory, portOf(reports)),
  ];
}

/** Where the broker is; the first port where there is none. */
function portOf(reports: readonly PortReport[]): number {
  return (reports.find(({ kind }) => kind === "broker") ?? reports[0]!).port;
}

function currentDirectory(): string {
  try {
    return Deno.cwd();
  } catch {
    return "/"; // it was removed
  }
}
