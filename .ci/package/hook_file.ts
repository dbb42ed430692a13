import { clientsWithHooks } from "../../lib/agents/find_hook.ts";
import { hookEntries } from "../../lib/agents/install/hook_entries.ts";

/**
 * The text of a client's `hooks.json`: every hook of the client `short` that an installation writes, each
 * running `program` (as a shell takes it, quoted where it has to be). Throws on a client that has no hooks.
 */
export function hookFile(short: string, program: string): { readonly hooks: unknown } {
  const client = clientsWithHooks().find((each) => each.short === short);
  if (client === undefined) throw new Error(`The client '${short}' runs no hooks`);
  const isGemini = short === "gemini";
  const form = isGemini ? "matched groups" : "groups";
  const entries = hookEntries(client, form, (event) => `${program} hook ${short} ${event}`);
  const byEvent = Map.groupBy(entries, ({ at }) => at);
  const groups = [...byEvent].map(([at, each]) => {
    const hooks = each.map(({ command }) => command);
    return [at, [isGemini ? { matcher: "*", hooks } : { hooks }]];
  });
  return { hooks: Object.fromEntries(groups) };
}
