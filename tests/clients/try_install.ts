// Installs into the real AI clients that are there, offline, tries whether it works, and takes it out.
//
//   HUSTINGS_CLIENTS=DIR deno task clients:install [--only claude,gemini,codex,opencode]
//
// DIR as for `deno task clients`; HUSTINGS_BINARY names a binary to install instead of the source. Ends
// with 1 when something that should work does not.
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { diffLines } from "diff";
import { freeBase } from "../support/free_ports.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { say } from "../support/say.ts";
import { aiClients, environmentOf, programUnderTest } from "./ai_client.ts";
import type { AiClient, Stage } from "./ai_client.ts";
import { runClient, runPrompt } from "./client_session.ts";
import { MockModel } from "./mock_model.ts";
import { Results } from "./results.ts";
import { hooked } from "./scenarios.ts";

if (import.meta.main) {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const installed = Deno.env.get("HUSTINGS_CLIENTS");
  if (!installed) {
    say("skipped: HUSTINGS_CLIENTS names no directory of installed AI clients");
    Deno.exit(0);
  }
  const wanted = values.only?.split(",");
  const clients = aiClients.filter(({ name }) => wanted?.includes(name) ?? true);
  Deno.exit(await tryAll(installed, clients) ? 0 : 1);
}

async function tryAll(installed: string, clients: readonly AiClient[]): Promise<boolean> {
  const top = await Deno.realPath(await Deno.makeTempDir({ prefix: "hustings-install-" }));
  await using model = new MockModel();
  let isGood = true;
  for (const client of clients) {
    const root = `${top}/${client.name}`;
    const shop = `${root}/shop`;
    await Deno.mkdir(`${shop}/.git`, { recursive: true });
    await Deno.writeTextFile(`${shop}/.git/HEAD`, "ref: refs/heads/main\n");
    const program = programUnderTest();
    const stage = { installed, root, shop, model, program, home: `${root}/bus`, port: freeBase() };
    say(`${client.title}:`);
    try {
      await tryOne(client, stage);
    } catch (error) {
      isGood = false;
      say(`  FAILED: ${error}`);
    }
  }
  await Deno.remove(top, { recursive: true }).catch(() => {});
  return isGood;
}

async function tryOne(client: AiClient, stage: Stage): Promise<void> {
  const home = `${stage.root}/home`;
  await furnish(client, stage, home);
  const before = contents(client, home);
  await hustings(client, stage, home, "install");
  assert.notDeepEqual(contents(client, home), before);
  await hustings(client, stage, home, "uninstall");
  assert.deepEqual(contents(client, home), before);
  say("  installed and taken out: byte for byte what it was");

  await hustings(client, stage, home, "install");
  const installed = contents(client, home);
  const list = await runClient(client, stage, home, client.list.words);
  if (client.list.connected === undefined) assert.match(list, /hustings/);
  else assert.match(list, client.list.connected);
  say(`  its own list of servers names ours${client.list.connected ? ", connected" : ""}`);
  await exchange(client, stage, home);
  if (client.hasHooks) await showByHook(client, stage, home);
  await takeOut(client, stage, home, before, installed);
  await tryProject(client, { ...stage, home: `${stage.root}/project-bus` }, home);
}

/** The same in the files of the repository alone. */
async function tryProject(client: AiClient, stage: Stage, home: string): Promise<void> {
  const before = tree(stage.shop);
  await hustings(client, stage, home, "install", "--project");
  const made = tree(stage.shop).filter((path) => !before.includes(path));
  assert.ok(made.length > 0);
  await exchange(client, stage, home);
  await hustings(client, stage, home, "uninstall", "--project");
  assert.deepEqual(tree(stage.shop), before);
  say(`  the same by the files of the project: ${made.join(" ")}; taken out, nothing is left`);
}

/** Every file below, by its path from there. */
function tree(root: string, below = ""): string[] {
  const entries = [...Deno.readDirSync(`${root}/${below}`)];
  const paths = entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? [`${below}${name}/`, ...tree(root, `${below}${name}/`)] : [`${below}${name}`]
  );
  return paths.toSorted();
}

/** A home of the client's own, without anything of ours. */
async function furnish(client: AiClient, stage: Stage, home: string): Promise<void> {
  await Deno.mkdir(`${home}/tmp`, { recursive: true });
  client.configure(stage, home, { server: false, hooks: false });
  // From source the program needs its packages, which Deno looks for below the home.
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  await Deno.mkdir(`${home}/.cache`, { recursive: true });
  await Deno.symlink(cache, `${home}/.cache/deno`);
}

function contents(client: AiClient, home: string): (string | undefined)[] {
  return client.files.map((path) => {
    try {
      return Deno.readTextFileSync(`${home}/${path}`);
    } catch {
      return undefined;
    }
  });
}

async function hustings(
  client: AiClient,
  stage: Stage,
  home: string,
  verb: string,
  ...options: string[]
): Promise<void> {
  const [command, ...args] = stage.program;
  const { code, stderr } = await new Deno.Command(command!, {
    args: [...args, verb, client.name, ...options],
    cwd: stage.shop,
    clearEnv: true,
    env: environmentOf(client, stage, home),
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

/** The client's agent sends a message to another one, and reads one of it. */
async function exchange(client: AiClient, stage: Stage, home: string): Promise<void> {
  const { model, shop } = stage;
  const place = { home: stage.home, port: stage.port, program: stage.program };
  const peer = await RawAgent.start(place, "peer", shop);
  try {
    const [there, back] = [crypto.randomUUID(), crypto.randomUUID()];
    await runPrompt(client, stage, home, client.ask("send", { to: "peer-shop", text: there }));
    assert.match(JSON.stringify(await peer.call("check", {})), new RegExp(there));
    await peer.call("send", { to: `${client.name}-shop`, text: back });
    const from = model.shown.length;
    await runPrompt(client, stage, home, client.ask("check", {}));
    await model.sees(back, from, 1_000);
    say("  a message went from it to another agent, and one came back");
  } finally {
    await peer.close();
  }
}

async function showByHook(client: AiClient, stage: Stage, home: string): Promise<void> {
  const results = new Results([client]);
  const agent = (_: Stage, name: string, directory: string) =>
    RawAgent.start(
      { home: stage.home, port: stage.port, program: stage.program },
      name,
      directory,
    );
  const parts = { clients: [client], results, agent, prompt: runPrompt };
  await hooked({ ...parts, stage: () => stage, home: () => home });
  assert.ok(results.isGood, results.table());
  say("  a hook that was installed showed its model what came while a tool ran");
}

/** What it has not written itself is what it was; of the rest nothing but ours is taken. */
async function takeOut(
  client: AiClient,
  stage: Stage,
  home: string,
  before: readonly (string | undefined)[],
  installed: readonly (string | undefined)[],
): Promise<void> {
  const used = contents(client, home);
  await hustings(client, stage, home, "uninstall");
  const after = contents(client, home);
  for (const [index, path] of client.files.entries()) {
    if (used[index] === installed[index]) {
      assert.equal(after[index], before[index], path);
      say(`  ${path}: the client did not write it; byte for byte what it was before`);
      continue;
    }
    const parts = diffLines(used[index]!, after[index]!);
    const taken = parts.filter(({ removed }) => removed).map(({ value }) => value).join("");
    const added = parts.filter((part) => part.added).map(({ value }) => value);
    // A comma less, on the line before ours, is all that may be new.
    assert.ok(added.every((line) => taken.includes(line.trimEnd())), `${path}: ${added}`);
    assert.doesNotMatch(after[index]!, /"?hustings"? ?[:\]]/, path);
    const count = taken.split("\n").length - 1;
    say(`  ${path}: the client wrote it meanwhile; only our lines went (${count} of them)`);
  }
}
