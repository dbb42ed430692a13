import { realmNames } from "./realm_names.ts";

/** What a user of a NATS server has to be allowed, as its configuration calls it. */
export interface NatsPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The least that a member of the bus in `realm` needs: nothing of other realms, and of nobody's else. */
export function natsPermissions(realm: string): NatsPermissions {
  const names = realmNames(realm);
  const buckets = [names.directory, names.live, names.mail];
  const kept = buckets.map((bucket) => `KV_${bucket}`);
  const api = "$JS.API";
  return {
    publish: [
      `hustings.${realm}.>`,
      ...buckets.map((bucket) => `$KV.${bucket}.>`),
      `${api}.INFO`,
      ...[names.messages, ...kept].flatMap((stream) => [
        `${api}.STREAM.CREATE.${stream}`,
        `${api}.STREAM.INFO.${stream}`,
        `${api}.STREAM.MSG.GET.${stream}`,
      ]),
      `${api}.DIRECT.GET.${names.messages}`,
      ...[names.mail, names.directory].map((bucket) => `${api}.STREAM.MSG.DELETE.KV_${bucket}`),
      // To be told of changes; the server asks whether all of them came when there are many.
      ...kept.flatMap((stream) => [
        `${api}.CONSUMER.CREATE.${stream}.>`,
        `${api}.CONSUMER.DELETE.${stream}.>`,
        `$JS.FC.${stream}.>`,
      ]),
    ],
    subscribe: [`hustings.${realm}.>`],
  };
}
