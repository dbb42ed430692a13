// Tries the bus with the real AI clients that are installed, offline, and prints what works in which.
//
//   HUSTINGS_CLIENTS=DIR deno task clients [--only claude,gemini,codex,opencode] [--skip PART,PART]
//
// DIR holds each client's folder as npm makes it, as in DIR/claude/node_modules/.bin/claude. Parts: roles,
// wait, hooks, wake, conversation. HUSTINGS_BINARY names a binary to try instead of the source. Terminals
// need tmux. Ends with 1 when something that should work does not.
import { parseArgs } from "node:util";
import { freeBase } from "../support/free_ports.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { say } from "../support/say.ts";
import { aiClients, programUnderTest } from "./ai_client.ts";
import type { AiClient, Stage } from "./ai_client.ts";
import { clientHome, runPrompt } from "./client_session.ts";
import { MockModel } from "./mock_model.ts";
import { Results } from "./results.ts";
import { conversation, hooked, roles, waited, woken } from "./scenarios.ts";

if (import.meta.main) {
  const { values } = parseArgs({
    options: { only: { type: "string" }, skip: { type: "string", default: "" } },
  });
  const installed = Deno.env.get("HUSTINGS_CLIENTS");
  if (!installed) {
    say("skipped: HUSTINGS_CLIENTS names no directory of installed AI clients");
    Deno.exit(0);
  }
  const wanted = values.only?.split(",");
  const clients = aiClients.filter(({ name }) => isInstalled(installed, name))
    .filter(({ name }) => wanted?.includes(name) ?? true);
  if (clients.length === 0) {
    say(`None of them can be tried in '${installed}': install them there, as NAME/node_modules`);
    Deno.exit(1);
  }
  Deno.exit(await tryAll(installed, clients, values.skip.split(",")) ? 0 : 1);
}

function isInstalled(installed: string, name: string): boolean {
  try {
    return Deno.statSync(`${installed}/${name}/node_modules/.bin/${name}`).isFile;
  } catch {
    say(`${name} is not installed there: skipped`);
    return false;
  }
}

async function tryAll(
  installed: string,
  clients: readonly AiClient[],
  skipped: readonly string[],
): Promise<boolean> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "hustings-clients-" }));
  await using model = new MockModel();
  const shop = `${root}/shop`;
  await Deno.mkdir(`${shop}/.git`, { recursive: true });
  await Deno.writeTextFile(`${shop}/.git/HEAD`, "ref: refs/heads/main\n");
  const program = programUnderTest();
  let buses = 0;
  /** Each part has a bus of its own: nobody is left there from the last one. */
  const stage = (): Stage => ({
    ...{ installed, root: `${root}/${++buses}`, shop, model, program },
    ...{ home: `${root}/bus-${buses}`, port: freeBase() },
  });
  const results = new Results(clients);
  const parts = { roles, wait: waited, hooks: hooked, wake: woken, conversation };
  for (const [name, part] of Object.entries(parts)) {
    if (skipped.includes(name)) continue;
    say(`${name} …`);
    await part({ clients, results, stage, agent, prompt: runPrompt, home: clientHome });
  }
  say(results.table());
  await Deno.remove(root, { recursive: true }).catch(() => {});
  return results.isGood;
}

/** An agent that is no AI client: it stands by, or writes. */
function agent({ home, port, program }: Stage, name: string, directory: string): Promise<RawAgent> {
  return RawAgent.start({ home, port, program }, name, directory);
}
