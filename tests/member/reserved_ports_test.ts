import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Election } from "../../lib/core/election.ts";
import { limits } from "../../lib/core/limits.ts";
import { lookAtPorts } from "../../lib/cli/doctor/look_at_ports.ts";
import { checkBroker } from "../../lib/cli/doctor/check_broker.ts";
import { look } from "../../lib/member/look.ts";
import { writeEndpoint } from "../../lib/member/endpoint_file.ts";
import { macOf } from "../../lib/member/secret.ts";
import { SocketWorld } from "../../lib/member/socket_world.ts";
import { stateFiles } from "../../lib/member/state_directory.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { freePorts } from "../support/free_ports.ts";
import { SeededRandom } from "../support/seeded.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

// A port that Windows keeps to itself cannot be bound (error 10013), and nobody listens there.

const credentials = { mac: await macOf(new Uint8Array(32)), random: new SeededRandom(1) };

/** A look at a port that the system lets nobody bind. */
async function lookAtReserved(port: number, os: typeof Deno.build.os) {
  const listen = () => {
    throw new Deno.errors.PermissionDenied("os error 10013");
  };
  const options = { clock: systemClock, credentials, listen, os };
  return (await look(port, true, limits.glanceMs, options)).event;
}

Deno.test("a port that the system lets nobody bind is told as such, with where to see more", async () => {
  const [port] = freePorts(1);
  const onWindows = await lookAtReserved(port!, "windows");
  ok(onWindows.kind === "foreign");
  deepEqual([onWindows.port, onWindows.what], [port, "reserved by the system"]);
  match(onWindows.cure!, /^'netsh interface ipv4 show excludedportrange protocol=tcp' shows/);
  const elsewhere = await lookAtReserved(port!, "linux");
  ok(elsewhere.kind === "foreign");
  match(elsewhere.cure!, /below 1024/);
});

Deno.test("the race goes on from reserved ports, and says what they are when there is no other", () => {
  const ports = Array.from({ length: limits.portCount }, (_, index) => 9876 + index);
  const election = new Election(ports);
  const cure = "'netsh …' shows them";
  const reserved = (port: number) =>
    election.handle({ kind: "foreign", port, what: "reserved by the system", cure });
  let effects = election.handle({ kind: "start" });
  for (const port of ports) {
    deepEqual(effects, [{ kind: "look", port, bind: true }]);
    effects = reserved(port);
  }
  const [stop] = effects;
  ok(stop?.kind === "stop");
  equal(stop.error.code, "bus_down");
  match(stop.error.message, /9876: reserved by the system; .*9885: reserved by the system/);
  match(
    stop.error.message,
    /HUSTINGS_PORT to the first of ten free ports for all agents; 'netsh …'/,
  );
  equal(stop.error.message.split(cure).length, 2, "it is said once");
});

Deno.test("doctor tells reserved ports from free ones, and finds that none is left", async () => {
  using place = new TemporaryDirectory();
  const ports = freePorts(2);
  const said = async (reserved: readonly number[]) => {
    const askReserved = () => Promise.resolve(new Set(reserved));
    const reports = await lookAtPorts(ports, credentials, askReserved);
    return checkBroker(stateFiles(place.path), reports);
  };
  const [note, broker] = await said(ports.slice(0, 1));
  deepEqual([note?.check, note?.level], [`port ${ports[0]}`, "note"]);
  match(`${note?.text} ${note?.mend}`, /^Windows keeps it to itself.*netsh interface ipv4 show/);
  match(broker!.text, /There is none, as no agent runs/);
  const findings = await said(ports);
  const fault = findings.find(({ check }) => check === "broker");
  equal(fault?.level, "fault");
});

Deno.test("a hint at the first port is not called on Windows, where that takes long when nobody listens", () => {
  using place = new TemporaryDirectory();
  const directory = stateFiles(place.path);
  const hint = (os: typeof Deno.build.os, port: number) => {
    writeEndpoint(directory.endpoint, { port, pid: 7, epoch: 1 });
    const options = { directory, pid: 8, firstPort: 9876, clock: systemClock, credentials, os };
    return new SocketWorld(options).hint();
  };
  deepEqual([hint("linux", 9876), hint("darwin", 9876), hint("windows", 9876)], [
    9876,
    9876,
    undefined,
  ]);
  equal(hint("windows", 9878), 9878);
});
