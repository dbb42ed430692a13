import { DatabaseSync } from "node:sqlite";
import { limits } from "../../core/limits.ts";
import { version } from "../../core/version.ts";
import { aboutStopped } from "../../member/ending_words.ts";
import { readEndpoint } from "../../member/endpoint_file.ts";
import type { Endpoint } from "../../member/endpoint_file.ts";
import type { PortHolder } from "../../member/port_holders.ts";
import { isStopped } from "../../member/is_stopped.ts";
import type { StateDirectory } from "../../member/state_directory.ts";
import { isBusy } from "../../store/database.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";
import type { PortReport } from "./look_at_ports.ts";

/** What was seen of the ports and of who serves there. */
export function checkBroker(directory: StateDirectory, ports: readonly PortReport[]): Finding[] {
  const broker = new Findings("broker");
  const stopped = stoppedBroker(directory, ports);
  const answered = ports.find((report) => report.kind === "broker");
  if (stopped !== undefined) sayStopped(broker, stopped, answered !== undefined);
  if (answered !== undefined) sayBroker(broker, answered);
  else if (stopped === undefined) sayNone(broker, ports);
  const lock = new Findings("lock");
  checkLock(lock, directory, answered !== undefined || stopped !== undefined);
  return [...ports.flatMap(portFindings), ...broker.all, ...lock.all];
}

function portFindings(report: PortReport): Finding[] {
  const findings = new Findings(`port ${report.port}`);
  const by = holderText(report.holder);
  switch (report.kind) {
    case "free":
      break; // not worth a line
    case "broker":
      findings.ok(`Our broker is here${by}`);
      break;
    case "foreign":
      findings.note(`It is held by ${report.what}${by}: the bus goes to another of its ports`);
      break;
    case "silent":
      findings.note(
        `Who holds it accepts and says nothing${by}, a stopped broker perhaps: the bus goes to another port`,
      );
      break;
    case "reserved":
      findings.note(
        "Windows keeps it to itself: the bus goes to another of its ports",
        seeReserved,
      );
      break;
    case "version":
      findings.fault(report.what);
  }
  return findings.all;
}

const seeReserved = "'netsh interface ipv4 show excludedportrange protocol=tcp' shows all such " +
  "ports; HUSTINGS_PORT, the same for all agents, leads around them";

function holderText(holder: PortHolder | undefined): string {
  if (holder === undefined) return "";
  const { uid, pid, program } = holder;
  const user = uid === undefined ? [] : [`user ${uid}`];
  if (pid === undefined) return ` (${user}; which process, the system does not tell you)`;
  return ` (${
    [`process ${pid}`, ...(program === undefined ? [] : [program]), ...user].join(", ")
  })`;
}

function sayBroker(findings: Findings, report: Extract<PortReport, { kind: "broker" }>): void {
  const { epoch, port, status } = report;
  if (status?.broker === undefined) {
    findings.note(
      `It answers on port ${port} in epoch ${epoch}, but tells nothing more: its build is an older one`,
      "start that agent again with this build",
    );
    return;
  }
  const { name, pid, version: its } = status.broker;
  const who = name === "" ? `process ${pid}` : `'${name}', process ${pid}`;
  findings.ok(`It answers: ${who}, port ${port}, epoch ${epoch}, version ${its}`);
  if (its === version) return;
  findings.note(
    `The broker's version is ${its}, this build is ${version}; they speak one protocol`,
    "start the older agent again once it has the newer build",
  );
}

function sayStopped(findings: Findings, { pid, port }: Endpoint, isPassedOver: boolean): void {
  const cure = aboutStopped(pid);
  if (isPassedOver) {
    findings.note(`Process ${pid}, a former broker, is stopped; the bus goes on without it`, cure);
    return;
  }
  const seconds = limits.silentMs / 1000;
  findings.fault(
    `Process ${pid} on port ${port}, the broker, is stopped. Calls of the agents take ${seconds} s ` +
      "longer, once, until one of them takes over",
    cure,
  );
}

function sayNone(findings: Findings, ports: readonly PortReport[]): void {
  if (ports.some((report) => report.kind === "free")) {
    findings.note("There is none, as no agent runs: the first one that starts becomes it");
    return;
  }
  findings.fault(
    `No port is left for the bus: all of ${ports[0]?.port} to ${
      ports.at(-1)?.port
    } are taken by others`,
    "end one of these programs, or set HUSTINGS_PORT to the first of ten free ports for all agents",
  );
}

/**
 * The process that said that it is the broker, where it is stopped: by the word of the system, or,
 * where that does not tell, because it is silent on its port while somebody has the lock.
 */
function stoppedBroker(
  { endpoint, holder, lock }: StateDirectory,
  ports: readonly PortReport[],
): Endpoint | undefined {
  return [endpoint, holder].map(readEndpoint).find((said) => {
    if (said === undefined) return false;
    const stopped = isStopped(said);
    if (stopped !== undefined) return stopped;
    return isHeld(lock) && ports.some(({ port, kind }) => port === said.port && kind === "silent");
  });
}

function checkLock(findings: Findings, directory: StateDirectory, isExplained: boolean): void {
  if (!isHeld(directory.lock)) return;
  const holder = readEndpoint(directory.holder);
  const who = holder === undefined ? "somebody" : `process ${holder.pid}`;
  if (isExplained) return findings.ok(`It is held by ${who}`);
  findings.fault(
    `It is held by ${who}, and no broker of this directory can be reached here: that one is just ` +
      "starting, or lives in a container or behind other ports (HUSTINGS_PORT)",
    "try again in a moment; otherwise give each container a HUSTINGS_HOME of its own, and all " +
      "agents the same HUSTINGS_PORT",
  );
}

/** Reads, which who holds the lock does not allow; takes nothing. */
function isHeld(path: string): boolean {
  let file: DatabaseSync;
  try {
    file = new DatabaseSync(path, { readOnly: true });
  } catch {
    return false; // there is none yet
  }
  try {
    // Deno waits five seconds for a file that it only reads.
    file.exec("PRAGMA busy_timeout = 0");
    file.prepare("SELECT count(*) FROM sqlite_schema").get();
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    file.close();
  }
}
