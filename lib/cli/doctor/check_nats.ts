import type { BusUrl } from "../../bus/bus_url.ts";
import { natsSetting } from "../../bus/nats/nats_setting.ts";
import { Realm } from "../../bus/nats/realm.ts";
import type { LiveRecord } from "../../bus/nats/records.ts";
import { serverUrl } from "../../bus/nats/server_url.ts";
import { toHustingsError } from "../../core/errors.ts";
import { systemClock } from "../../member/system_clock.ts";
import { systemRandom } from "../../member/system_random.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";

/** How far a machine's clock may be off before waits, ages and names are judged wrongly, in ms. */
const clockMs = 2_000;

/** Looks at the bus on a server that `named` leads to. Changes nothing there. */
export async function checkNats(named: BusUrl): Promise<readonly Finding[]> {
  const server = new Findings("server");
  let realm: Realm | undefined;
  try {
    const setting = natsSetting(named.url);
    server.note(
      `The agents meet at ${
        serverUrl(setting)
      }, by the word of ${named.source}; the bus of this machine is not used`,
    );
    const sinceMs = performance.now();
    realm = await Realm.open(setting, {
      ...{ clock: systemClock, random: systemRandom },
      isGuest: true,
    });
    sayServer(server, realm, performance.now() - sinceMs);
    await sayStreams(server, realm);
    await sayRights(server, realm);
    await sayClocks(server, realm);
  } catch (error) {
    server.fault(toHustingsError(error).message);
  } finally {
    await realm?.close();
  }
  return server.all;
}

function sayServer(server: Findings, { nc, serverVersion }: Realm, tookMs: number): void {
  const { server_name: name = "", cluster } = nc.info ?? {};
  const where = cluster === undefined ? "no cluster" : `cluster ${cluster}`;
  server.ok(
    `It answers in ${
      Math.round(tookMs)
    } ms: ${name}, NATS ${serverVersion}, ${where}, with JetStream`,
  );
  if (cluster === undefined) {
    server.note(
      "It is alone: while it is down the bus is, and what lies there is lost with its disk",
      "run three servers in a cluster, where that matters",
    );
  }
  const [major = 0, minor = 0] = serverVersion.split(".").map(Number);
  const cure = major > 2 || minor >= 10
    ? "write 'sync_interval: always' into its 'jetstream' block, where a power cut of all servers at once matters"
    : "update it to 2.10 or later and write 'sync_interval: always' into its 'jetstream' block, where a power cut matters";
  server.note(
    "It does not tell when it writes to its disk: by itself every two minutes, so that a power cut, not the " +
      "end of its process, can take what was acknowledged since",
    cure,
  );
}

async function sayStreams(server: Findings, realm: Realm): Promise<void> {
  const { names, jsm, nc } = realm;
  const buckets = [names.directory, names.live, names.mail].map((name) => `KV_${name}`);
  const missing: string[] = [];
  const single: string[] = [];
  for (const name of [names.messages, ...buckets]) {
    const info = await realm.run(() =>
      jsm.streams.info(name).catch((error) => {
        if (error instanceof Error && error.message === "stream not found") return undefined;
        throw error;
      })
    );
    if (info === undefined) missing.push(name);
    else if (info.config.num_replicas < 2) single.push(name);
  }
  if (missing.length > 0) {
    server.note(`Not there yet: ${missing.join(", ")}; the first agent that joins makes them`);
  } else server.ok("All of its four streams are there");
  if (nc.info?.cluster !== undefined && single.length > 0) {
    server.note(
      `In a cluster, but with one copy: ${single.join(", ")}`,
      "nats stream edit --replicas 3 with each of them, once three servers run",
    );
  }
}

/** Each is asked for something that the server refuses for another reason, where it may be asked for at all. */
async function sayRights(server: Findings, realm: Realm): Promise<void> {
  const { names, js } = realm;
  const buckets = [names.directory, names.live, names.mail];
  const subjects = [names.message(0), ...buckets.map((bucket) => `$KV.${bucket}.doctor`)];
  const expect = { lastSubjectSequence: Number.MAX_SAFE_INTEGER };
  for (const subject of subjects) {
    try {
      await realm.run(() => js.publish(subject, "", { expect }).catch(ignoreRefusal));
    } catch (error) {
      server.fault(toHustingsError(error).message);
      return;
    }
  }
  server.ok("Its user may write all that the bus needs");
}

/** What no stream takes, as there is none, or as it is not what was expected. */
function ignoreRefusal(error: unknown): void {
  const { name, cause } = error instanceof Error ? error : { name: "", cause: undefined };
  const isRefused = name === "JetStreamApiError" || name === "JetStreamNotEnabled";
  if (!isRefused || (cause instanceof Error && cause.name === "PermissionViolationError")) {
    throw error;
  }
}

/** What members wrote with their clocks has the server's time beside it. */
async function sayClocks(server: Findings, realm: Realm): Promise<void> {
  const { names, jsm } = realm;
  const stream = `KV_${names.live}`;
  const prefix = `$KV.${names.live}.`;
  const info = await realm.run(() =>
    jsm.streams.info(stream, { "subjects_filter": `${prefix}>` }).catch(() => undefined)
  );
  const off = new Map<string, number>();
  for (const subject of Object.keys(info?.state.subjects ?? {})) {
    const found = await realm.run(() =>
      jsm.streams.getMessage(stream, { "last_by_subj": subject })
    );
    if (found === null || found.data.length === 0) continue;
    const { machine, atMs } = found.json<LiveRecord>();
    const byMs = atMs - found.time.getTime();
    if (Math.abs(byMs) > clockMs) off.set(machine.split("#")[0]!, byMs);
  }
  for (const [machine, byMs] of off) {
    const seconds = Math.round(Math.abs(byMs) / 1000);
    server.note(
      `The clock of '${machine}' is ${seconds} s ${byMs > 0 ? "ahead of" : "behind"} the server's`,
      "set it by NTP: how long names and messages are kept goes by it",
    );
  }
}
