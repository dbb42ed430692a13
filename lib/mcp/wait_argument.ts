import * as z from "zod";
import type { ClientProfile } from "../agents/clients.ts";

const must = "must be a number of seconds, 0 or more";

/**
 * The argument `wait_s` of a tool: `what` it waits for, and how long the client in question allows at
 * best. A wait that a call without progress cuts short says so.
 */
export function waitArgument(what: string, client: ClientProfile) {
  const longestMs = client.waitWithProgressMs ?? client.waitMs;
  const text = `Seconds to wait for ${what}, at most ${longestMs / 1000}`;
  return z.number(must).min(0, must).optional().describe(text);
}
