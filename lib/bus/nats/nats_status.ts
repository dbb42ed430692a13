import { version } from "../../core/version.ts";
import type { StatusResult } from "../../core/types.ts";
import { statusOf } from "../../member/hub/views.ts";
import type { Viewpoint } from "../../member/hub/views.ts";
import type { Directory } from "./directory.ts";
import type { NatsMail } from "./nats_mail.ts";
import type { Realm } from "./realm.ts";
import { serverUrl } from "./server_url.ts";

/** Whose status it is: what it knows of the realm. */
export interface StatusSource {
  readonly realm: Realm;
  readonly directory: Directory;
  readonly mail: NatsMail;
  readonly home: string;
  view(): Viewpoint;
}

/** What `status` answers on NATS: the server, and the sums over all mailboxes. Rejects as `Link.run` does. */
export async function statusOfRealm(member: StatusSource): Promise<StatusResult> {
  const { realm, directory, mail, home } = member;
  const [counts, streams] = await Promise.all([mail.counts(), streamsOf(realm)]);
  const warnings = warningsOf(realm, streams);
  const facts = {
    ...{ pid: 0, epoch: 0, sinceMs: 0, version, home },
    port: () => 0,
    sizeBytes: () => streams.reduce((sum, { bytes }) => sum + bytes, 0),
    warnings: () => warnings,
  };
  const { broker: _, ...status } = directory.look(
    (rules) => statusOf(rules, member.view(), facts),
    counts,
  );
  return { ...status, server: serverView(realm, streams) };
}

interface StreamFacts {
  readonly name: string;
  readonly bytes: number;
  readonly replicas: number;
  readonly sinceMs: number;
}

async function streamsOf(realm: Realm): Promise<StreamFacts[]> {
  const { names, jsm } = realm;
  const buckets = [names.directory, names.live, names.mail].map((name) => `KV_${name}`);
  return await Promise.all([names.messages, ...buckets].map(async (name) => {
    const { state, config, created } = await realm.run(() => jsm.streams.info(name));
    return {
      name,
      bytes: state.bytes,
      replicas: config.num_replicas,
      sinceMs: new Date(created).getTime(),
    };
  }));
}

function serverView(
  realm: Realm,
  streams: readonly StreamFacts[],
): NonNullable<StatusResult["server"]> {
  const { nc, setting } = realm;
  const info = nc.info;
  return {
    name: info?.server_name ?? "",
    version: realm.serverVersion,
    url: serverUrl(setting),
    realm: setting.realm,
    ...(info?.cluster === undefined ? {} : { cluster: info.cluster }),
    replicas: Math.min(...streams.map(({ replicas }) => replicas)),
    sinceMs: Math.min(...streams.map(({ sinceMs }) => sinceMs)),
  };
}

/** What the user has to be told about the store. */
function warningsOf({ nc }: Realm, streams: readonly StreamFacts[]): string[] {
  const single = streams.filter(({ replicas }) => replicas < 2).map(({ name }) => name);
  if (nc.info?.cluster === undefined || single.length === 0) return [];
  const noun = single.length === 1 ? "stream" : "streams";
  return [
    `The ${noun} ${
      single.join(", ")
    } has one copy in a cluster: when its server is lost, so is what lies there. ` +
    "Raise it with 'nats stream edit --replicas 3', once three servers run",
  ];
}
