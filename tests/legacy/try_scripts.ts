// Runs the unmodified client scripts of claude-ipc-mcp 2.0 against a bus with two agents, open and with a
// secret, before and after its broker is killed.
//
//   HUSTINGS_LEGACY=DIR deno task legacy:scripts
//
// DIR holds ipc_register.py, ipc_send.py and so on. They know only port 9876, so all of it runs in a network
// namespace of its own (Linux, root, unshare and ip), and python3 runs them. Ends with 1 when something is
// not as it should be.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { limits } from "../../lib/core/limits.ts";
import { noNamespace, runElsewhere } from "../campaigns/namespace_campaign.ts";
import { TemporaryBus } from "../support/bus_place.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { say } from "../support/say.ts";

const own = fileURLToPath(import.meta.url);
const main = fileURLToPath(import.meta.resolve("../../main.ts"));
const decoder = new TextDecoder();

/** What the scripts of one account print; each account has a home, and in it one session. */
class Account {
  readonly #tools: string;
  readonly #env: Record<string, string>;

  constructor(tools: string, home: string, secret: string) {
    Deno.mkdirSync(home, { recursive: true });
    this.#tools = tools;
    this.#env = { HOME: home, IPC_SHARED_SECRET: secret };
  }

  async run(script: string, ...args: string[]): Promise<string> {
    const { stdout } = await new Deno.Command("python3", {
      args: [`${this.#tools}/ipc_${script}.py`, ...args],
      env: this.#env,
    }).output();
    return decoder.decode(stdout);
  }

  /** The texts of one check, as printed. */
  async texts(): Promise<string[]> {
    const said = await this.run("check");
    assert.doesNotMatch(said, /^Error/m);
    return [...said.matchAll(/^Content: (.*)$/gm)].map(([, text]) => text!);
  }
}

/** The bus on the port of the scripts, with two agents. */
async function withBus(secret: string, act: (stage: Stage) => Promise<void>): Promise<void> {
  await using bus = await TemporaryBus.create();
  const place = { home: bus.home, port: limits.basePort };
  const mode = secret === "" ? ["--open"] : [];
  const env = { HUSTINGS_HOME: bus.home, IPC_SHARED_SECRET: secret };
  const args = ["run", "-A", main, "legacy", "on", ...mode];
  const set = await new Deno.Command(Deno.execPath(), { args, env }).output();
  assert.equal(set.code, 0, decoder.decode(set.stderr));
  const first = await RawAgent.start(place, "claude", bus.directory("shop"));
  const second = await RawAgent.start(place, "gemini", bus.directory("till"));
  try {
    await act({ root: bus.root, secret, first, second });
  } finally {
    await first.kill();
    await second.close();
  }
}

interface Stage {
  readonly root: string;
  readonly secret: string;
  /** The broker, and who takes over. */
  readonly first: RawAgent;
  readonly second: RawAgent;
}

async function tryScripts(tools: string, { root, secret, first, second }: Stage): Promise<void> {
  const ci = new Account(tools, `${root}/a`, secret);
  const night = new Account(tools, `${root}/b`, secret);
  assert.match(await ci.run("register", "ci"), /^Registered as ci\nRegistered ci$/m);
  assert.match(await night.run("register", "night"), /^Registered as night/m);
  if (secret !== "") {
    const stranger = new Account(tools, `${root}/c`, "wrong");
    assert.match(await stranger.run("register", "other"), /"Invalid auth token"/);
  }
  assert.match(await ci.run("send", "night", "build", "7"), /^Sent to night: build 7$/m);
  assert.deepEqual(await night.texts(), ["build 7"]);
  assert.match(await night.run("check"), /^No new messages$/m);
  assert.match(await ci.run("list"), /ID: night/);
  await exchange(ci, first);
  await lengths(ci, night);
  await backlog(ci, first);
  assert.match(await night.run("rename", "noon"), /Renamed from night to noon/);
  assert.match(await ci.run("send", "night", "by the old name"), /^Sent to night/m);
  await first.kill();
  // A script meets a closed port until the other agent is the broker.
  while (/^Error/m.test(await ci.run("list")));
  assert.match(await ci.run("send", "noon", "after the takeover"), /^Sent to noon/m);
  const texts = await night.texts();
  assert.deepEqual(texts.slice(-2), ["by the old name", "after the takeover"]);
  await exchange(ci, second);
}

/** A script and an agent talk to each other. */
async function exchange(script: Account, agent: RawAgent): Promise<void> {
  const { you } = await agent.call("list", {}) as { you: string };
  const [there, back] = [crypto.randomUUID(), crypto.randomUUID()];
  assert.match(await script.run("send", you, there), /^Sent to /m);
  assert.match(JSON.stringify(await agent.call("check", {})), new RegExp(there));
  await agent.call("send", { to: "ci", text: back });
  assert.ok((await script.texts()).includes(back));
}

/** 9 KB come whole, 200 KB as their first sentences and a file with the whole. */
async function lengths(from: Account, to: Account): Promise<void> {
  const nine = "n".repeat(9_000);
  await from.run("send", "night", nine);
  assert.deepEqual(await to.texts(), [nine]);
  const parts = Array.from({ length: 4 }, (_, n) => String(n).repeat(50_000));
  await from.run("send", "night", ...parts);
  const [text] = await to.texts();
  const path = /Full content saved to: (.*)$/.exec(text!)![1]!;
  assert.equal(await Deno.readTextFile(path), parts.join(" "));
}

/** A megabyte waits; each check brings what fits, and nothing is lost or comes twice. */
async function backlog(to: Account, agent: RawAgent): Promise<void> {
  const sent = Array.from({ length: 120 }, (_, n) => `${n}: ${"x".repeat(9_000)}`);
  for (const text of sent) await agent.call("send", { to: "ci", text });
  const read: string[] = [];
  for (let texts: string[]; (texts = await to.texts()).length > 0;) read.push(...texts);
  assert.deepEqual(read, sent);
}

async function elsewhere(): Promise<number> {
  const hint = noNamespace();
  if (hint !== undefined) {
    say(`skipped: ${hint}`);
    return 0;
  }
  const [command, ...args] = [...runElsewhere, Deno.execPath(), "run", "-A", own, "--here"];
  return (await new Deno.Command(command!, { args }).spawn().status).code;
}

if (import.meta.main) {
  const tools = Deno.env.get("HUSTINGS_LEGACY");
  if (!tools) {
    say("skipped: HUSTINGS_LEGACY names no directory with the scripts of claude-ipc-mcp");
    Deno.exit(0);
  }
  if (!Deno.args.includes("--here")) Deno.exit(await elsewhere());
  for (const secret of ["", "a secret of the scripts"]) {
    await withBus(secret, (stage) => tryScripts(tools, stage));
    say(`${secret === "" ? "open" : "with a secret"}: all is as it should be`);
  }
  Deno.exit(0);
}
