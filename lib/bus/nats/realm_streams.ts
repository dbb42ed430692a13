import { JetStreamApiError } from "@nats-io/jetstream";
import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import { DiscardPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { limits } from "../../core/limits.ts";
import type { RealmNames } from "./realm_names.ts";

/** What the server calls a stream that is not there, that a repeat has made, and copies that it cannot make. */
const notFound = 10059;
const inUse = 10058;
const noReplicas = new Set([10005, 10074]);

/** Copies of each stream where a cluster can hold them: with three, one server may fail. */
const replicas = 3;

/** How old a message gets before the server drops it, and for how long it knows a repeat. */
const nanos = 1_000_000;
const repeatMs = 10 * 60_000;

/** The streams of a realm: the one of messages, and those of its three buckets. */
export function realmStreams(names: RealmNames): Partial<StreamConfig>[] {
  const common = {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    "allow_direct": true,
  };
  const bucket = (name: string, ageMs: number) => ({
    ...common,
    name: `KV_${name}`,
    subjects: [`$KV.${name}.>`],
    "max_msgs_per_subject": 1,
    "max_age": ageMs * nanos,
    "allow_rollup_hdrs": true,
    "duplicate_window": (ageMs === 0 ? repeatMs : Math.min(ageMs, repeatMs)) * nanos,
  });
  return [
    {
      ...common,
      name: names.messages,
      subjects: [...names.messageSubjects],
      "max_age": limits.historyMs * nanos,
      "duplicate_window": repeatMs * nanos,
    },
    bucket(names.directory, 0),
    bucket(names.live, limits.natsLifeMsMax),
    bucket(names.mail, limits.historyMs),
  ];
}

/**
 * Makes a stream where it is missing, with three copies where the server is one of a cluster that can
 * hold them. To repeat it does no harm. Rejects with what the server says.
 */
export async function makeStream(
  jsm: JetStreamManager,
  config: Partial<StreamConfig>,
  isClustered: boolean,
): Promise<void> {
  if (await isThere(jsm, config.name!)) return;
  const add = (num_replicas: number) =>
    jsm.streams.add({ ...config, num_replicas } as Parameters<typeof jsm.streams.add>[0]);
  try {
    await add(isClustered ? replicas : 1);
  } catch (error) {
    if (isApi(error) && error.code === inUse) return;
    if (!isClustered || !isApi(error) || !noReplicas.has(error.code)) throw error;
    await add(1);
  }
}

async function isThere(jsm: JetStreamManager, name: string): Promise<boolean> {
  try {
    await jsm.streams.info(name);
    return true;
  } catch (error) {
    if (isApi(error) && error.code === notFound) return false;
    throw error;
  }
}

function isApi(error: unknown): error is JetStreamApiError {
  return error instanceof JetStreamApiError;
}
