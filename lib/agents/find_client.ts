import { limits } from "../core/limits.ts";
import { clients } from "./clients.ts";
import type { ClientProfile } from "./clients.ts";

/** What clients put around their own name when they announce themselves. */
const wrapping = /[\s_-]*(mcp[\s_-]*client|client|mcp)$/;

/**
 * The profile of the client that announced itself as `announced`: the spelling of letters does not
 * matter, and a suffix after a dash is no other client. An unknown one gets the default limits and a
 * short name made from what it announced (`Foo-MCP-Client` is `foo`), or `agent` where nothing is left.
 */
export function findClient(announced: string): ClientProfile {
  const key = announced.trim().toLowerCase();
  return clients.find((client) => client.announced.some((name) => name.toLowerCase() === key)) ??
    clients.find((client) =>
      client.announced.some((name) => key.startsWith(`${name.toLowerCase()}-`))
    ) ?? {
    announced: [announced],
    short: shortName(key),
    title: announced.trim() === "" ? "Unknown client" : announced.trim().slice(0, 64),
    waitMs: limits.defaultWaitMs,
  };
}

/** What people call the client whose agents' names begin with `short`; `short` itself for an unknown one. */
export function clientTitle(short: string): string {
  return clients.find((client) => client.short === short && !client.probe)?.title ?? short;
}

function shortName(key: string): string {
  const own = key.replace(wrapping, "").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return own.slice(0, 14).replace(/-+$/, "") || "agent";
}
