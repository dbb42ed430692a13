import { HustingsError } from "../core/errors.ts";
import type { Call } from "./verb.ts";

/**
 * The names, rooms or `*` in the first word of a call, parted by commas. Throws `bad_request` where it
 * names nobody: `usage` is how the verb is written.
 */
export function recipientsOf(call: Call, verb: string, usage: string): string[] {
  const names = (call.words[0] ?? "").split(",").map((name) => name.trim());
  const to = names.filter((name) => name !== "");
  if (to.length > 0) return to;
  throw new HustingsError(
    "bad_request",
    `'${verb}' needs to know to whom: write hustings ${usage}; 'hustings list' shows the names`,
  );
}
