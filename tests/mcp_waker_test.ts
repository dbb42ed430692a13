import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { HelloOperation, WatchOperation } from "../lib/core/operations.ts";
import { HustingsProcess } from "./support/hustings_process.ts";
import { McpClient, RawClient } from "./support/mcp_client.ts";
import { ScriptedBroker } from "./support/scripted_broker.ts";
import type { Script } from "./support/scripted_broker.ts";

// The real program as the MCP server of a client that can be woken, and a broker that answers what the
// test says; `codex` is a script that notes how it is called.

/** A broker whose watches answer one after the other, and then wait. */
function watching(...seen: unknown[]): Script {
  return {
    hello: () => ({ name: "me" }),
    list: () => ({ me: "me", members: [] }),
    watch: () => seen.shift(),
    cancel: () => ({}),
    bye: () => ({}),
  };
}

function came(newest: number, ...from: string[]) {
  return { count: 1, from, newest };
}

/** What Codex tells with each call of a tool. */
function turnOf(thread: string) {
  return { "x-codex-turn-metadata": { session_id: "s", thread_id: thread, turn_id: "u" } };
}

async function list({ client }: McpClient, thread: string): Promise<void> {
  await client.callTool({ name: "list", arguments: {}, _meta: turnOf(thread) });
}

/** A `codex` that notes its arguments and ends with `code`; resolves to its environment and its notes. */
async function codexCommand(bus: HustingsProcess, code = 0) {
  const [bin, log] = [`${bus.root}/bin`, `${bus.root}/codex.log`];
  await Deno.mkdir(bin);
  const script = `#!/bin/sh\nprintf '%s|' "$@" >>'${log}'\nprintf '\\n' >>'${log}'\nexit ${code}\n`;
  await Deno.writeTextFile(`${bin}/codex`, script, { mode: 0o755 });
  const env = { PATH: `${bin}:${Deno.env.get("PATH")}` };
  const calls = () => Deno.readTextFileSync(log).trimEnd().split("\n");
  return { env, calls };
}

const announced = "codex-mcp-client";
const ignore = Deno.build.os === "windows"; // `codex` is a shell script here

Deno.test({
  name: "Codex is told of messages by its own command, each once, in a sentence of ours",
  ignore,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const { env, calls } = await codexCommand(bus);
    const script = watching(came(7, "gemini-shop"), came(9, "claude-shop", "x\nrm -rf /"));
    await using broker = await ScriptedBroker.start(bus, script);
    await using codex = await McpClient.start(bus, { announced, env });
    await list(codex, "t-1");
    const last = await broker.wasAsked("watch", 3);
    equal((last as WatchOperation).after, 9);
    const [first, second, ...others] = calls();
    match(
      first!,
      /^queue\|--thread\|t-1\|--message\|Hustings: messages wait .*from gemini-shop\. .*`check`/,
    );
    match(second!, /from claude-shop, 1 other\. /);
    deepEqual(others, []);
  },
});

Deno.test("Codex tells its thread with a call, and is presented with it once", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, watching());
  await using codex = await McpClient.start(bus, { announced });
  for (const thread of ["t-1", "t-1", "t-2"]) await list(codex, thread);
  const hellos = broker.asked.filter(({ op }) => op === "hello") as HelloOperation[];
  deepEqual(hellos.map(({ session }) => session), [undefined, "t-1", "t-2"]);
});

Deno.test({
  name: "a thread that takes the place of another one is woken from then on",
  ignore,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const { env, calls } = await codexCommand(bus);
    const seen: unknown[] = [undefined, came(7, "gemini-shop")];
    await using broker = await ScriptedBroker.start(bus, watching(...seen));
    await using codex = await McpClient.start(bus, { announced, env });
    await list(codex, "t-1");
    await broker.wasAsked("watch");
    await list(codex, "t-2");
    await broker.wasAsked("cancel");
    await broker.wasAsked("watch", 3);
    deepEqual(calls().map((call) => call.split("|")[2]), ["t-2"]);
  },
});

Deno.test({
  name: "nobody watches for a Codex that its command could not wake",
  ignore,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const { env, calls } = await codexCommand(bus, 1);
    await using broker = await ScriptedBroker.start(bus, watching(came(7, "gemini-shop")));
    await using codex = await McpClient.start(bus, { announced, env });
    await list(codex, "t-1");
    await broker.wasAsked("watch");
    while (!fileExists(`${bus.root}/codex.log`)) await list(codex, "t-1");
    await list(codex, "t-1");
    equal(calls().length, 1);
    deepEqual(broker.ops.filter((op) => op === "watch"), ["watch"]);
  },
});

Deno.test("a channel announces who wrote, and leaves what they wrote queued", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, watching(came(7, "gemini-shop")));
  await using claude = new RawClient(bus, { env: { HUSTINGS_CHANNEL: "1" } });
  const { capabilities } = await claude.initialize("2025-06-18", "claude-code");
  deepEqual(capabilities.experimental, { "claude/channel": {} });
  await broker.wasAsked("watch", 2);
  const { content, meta } = (await claude.notification("notifications/claude/channel")).params;
  match(content, /^Hustings: messages wait for you, from gemini-shop\. /);
  deepEqual(meta, { from: "gemini-shop" });
  ok(!broker.ops.includes("check"));
});

Deno.test("no channel is asked for, and nobody watches, unless the user has said that there is one", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, watching(came(7, "gemini-shop")));
  await using claude = new RawClient(bus);
  const { capabilities } = await claude.initialize("2025-06-18", "claude-code");
  equal("experimental" in capabilities, false);
  await claude.say({ jsonrpc: "2.0", id: 5, method: "tools/call", params: { name: "list" } });
  await claude.answer(5);
  ok(!broker.ops.includes("watch"));
});

function fileExists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
