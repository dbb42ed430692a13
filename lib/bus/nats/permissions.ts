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
  const streams = [names.messages, ...buckets.map((bucket) => `KV_${bucket}`)];
  return {
    publish: [
      `hustings.${realm}.>`,
      ...buckets.map((bucket) => `$KV.${bucket}.>`),
      "$JS.API.INFO",
      ...streams.flatMap((stream) => [
        `$JS.API.STREAM.CREATE.${stream}`,
        `$JS.API.STREAM.INFO.${stream}`,
        `$JS.API.STREAM.MSG.GET.${stream}`,
        `$JS.API.DIRECT.GET.${stream}`,
        `$JS.API.CONSUMER.CREATE.${stream}.>`,
        `$JS.API.CONSUMER.DELETE.${stream}.>`,
        `$JS.API.CONSUMER.INFO.${stream}.>`,
        `$JS.FC.${stream}.>`,
      ]),
      ...[names.mail, names.directory].map((bucket) => `$JS.API.STREAM.MSG.DELETE.KV_${bucket}`),
      "_INBOX.>",
    ],
    subscribe: [`hustings.${realm}.>`, "_INBOX.>"],
  };
}
