/** What a bus on NATS is made of, by its realm: the names of its streams and buckets, and its subjects. */
export interface RealmNames {
  /** The stream of all messages: its sequence is their id. */
  readonly messages: string;
  readonly messageSubjects: readonly string[];
  /** Buckets: who has which name, who is there, and what became of each message. */
  readonly directory: string;
  readonly live: string;
  readonly mail: string;
  message(box: number): string;
  /** One piece of a text that is too long for one message of the server. */
  part(uuid: string, index: number): string;
  /** Answered by a process as long as it is connected. */
  alive(instance: string): string;
  /** Where answers come to: those of other realms are none of its business. */
  readonly inbox: string;
  /** Told, and not kept: what became of a message of this box. */
  news(box: number): string;
  /** Told, and not kept: somebody new waits to wake the session of this box. */
  watch(box: number): string;
}

/** Every subject begins with `hustings.REALM.`, every stream and bucket with `hustings_REALM_`. */
export function realmNames(realm: string): RealmNames {
  const subject = `hustings.${realm}`;
  const store = `hustings_${realm}`;
  return {
    messages: `${store}_messages`,
    messageSubjects: [`${subject}.message.>`, `${subject}.part.>`],
    directory: `${store}_directory`,
    live: `${store}_live`,
    mail: `${store}_mail`,
    inbox: `${subject}.inbox`,
    message: (box) => `${subject}.message.${box}`,
    part: (uuid, index) => `${subject}.part.${uuid}.${index}`,
    alive: (instance) => `${subject}.alive.${instance}`,
    news: (box) => `${subject}.news.${box}`,
    watch: (box) => `${subject}.watch.${box}`,
  };
}
