import { clientsWithHooks } from "../../lib/agents/find_hook.ts";

/** A day, in the seconds in which Claude Code counts: the wait ends by itself before. */
const waitTimeoutS = 24 * 3600;

/**
 * The text of a client's `hooks.json`: every hook of the client `short` that the program knows, each
 * running `program` (as a shell takes it, quoted where it has to be). A client that is woken by a hook
 * has one more where a session begins or goes idle. Throws on a client that has no hooks.
 */
export function hookFile(short: string, program: string): { readonly hooks: unknown } {
  const client = clientsWithHooks().find((each) => each.short === short);
  if (client === undefined) throw new Error(`The client '${short}' runs no hooks`);
  const isGemini = short === "gemini";
  const run = (event: string) => ({
    type: "command",
    // Gemini CLI lists hooks by their names, and asks which tools one is for.
    ...(isGemini ? { name: "hustings" } : {}),
    command: `${program} hook ${short} ${event}`,
  });
  const entries = client.hooks!.map(({ event, moment }) => {
    const wakes = client.wake === "hook" && (moment === "start" || moment === "end");
    const wait = { ...run("wait"), asyncRewake: true, timeout: waitTimeoutS };
    const hooks = wakes ? [run(event), wait] : [run(event)];
    return [event, [isGemini ? { matcher: "*", hooks } : { hooks }]];
  });
  return { hooks: Object.fromEntries(entries) };
}
