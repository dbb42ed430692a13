import type { NatsPermissions } from "../../lib/bus/nats/permissions.ts";

/** The part of a server's configuration that lets users in, each with its rights and the password `right`. */
export function natsUsers(users: Readonly<Record<string, NatsPermissions>>): string {
  // An empty list would be no list.
  const list = (subjects: readonly string[]) =>
    subjects.length === 0
      ? `{ deny: [">"] }`
      : `{ allow: [${subjects.map((subject) => JSON.stringify(subject)).join(", ")}] }`;
  const lines = Object.entries(users).map(([user, { publish, subscribe }]) =>
    `{ user: "${user}", password: "right", permissions: { publish: ${list(publish)}, subscribe: ${
      list(subscribe)
    } } }`
  );
  return `authorization { users: [\n${lines.join("\n")}\n] }`;
}
