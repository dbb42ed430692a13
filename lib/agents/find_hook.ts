import { clients } from "./clients.ts";
import type { ClientHook, ClientProfile } from "./clients.ts";

/** The event that no client has: it ends when a message comes for an idle session. */
const waitEvent = "wait";

/** A hook that somebody asked for: one of the client's events, or a wait. */
export interface FoundHook {
  readonly client: ClientProfile;
  /** Undefined for a wait. */
  readonly hook?: ClientHook;
}

/** The clients that run hooks, in the order of the table. */
export function clientsWithHooks(): ClientProfile[] {
  return clients.filter((client) => client.hooks !== undefined);
}

/** The events that `hustings hook` takes for a client. */
export function eventsOf(client: ClientProfile): string[] {
  const events = (client.hooks ?? []).map(({ event }) => event);
  return client.wake === "hook" ? [...events, waitEvent] : events;
}

/**
 * The hook that `event` of the client `word` (the first part of its agents' names) means; the spelling
 * of letters does not matter. A string says what is wrong with the words, and what they can be.
 */
export function findHook(word: string, event: string): FoundHook | string {
  const known = clientsWithHooks();
  const client = known.find(({ short }) => short === word.toLowerCase());
  if (client === undefined) {
    const words = known.map(({ short }) => short).join(", ");
    return `There are no hooks of a client '${word.slice(0, 60)}': use ${words}`;
  }
  const key = event.toLowerCase();
  if (client.wake === "hook" && key === waitEvent) return { client };
  const hook = client.hooks?.find((each) => each.event.toLowerCase() === key);
  if (hook !== undefined) return { client, hook };
  const events = eventsOf(client).join(", ");
  return `${client.title} has no hook '${event.slice(0, 60)}' of use: take ${events}`;
}
