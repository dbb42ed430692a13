import { deepEqual, equal } from "node:assert/strict";
import type { HelloOperation } from "../lib/core/operations.ts";
import { HustingsProcess } from "./support/hustings_process.ts";
import { McpClient } from "./support/mcp_client.ts";
import { ScriptedBroker } from "./support/scripted_broker.ts";
import type { Script } from "./support/scripted_broker.ts";

// What the real program, as a client's MCP server, tells a broker of its session.

const script: Script = {
  hello: () => ({ name: "me", unread: 0 }),
  list: () => ({ me: "me", members: [] }),
  bye: () => ({}),
};

async function git(directory: string, ...args: string[]): Promise<void> {
  const { success } = await new Deno.Command("git", { args, cwd: directory }).output();
  equal(success, true, args.join(" "));
}

function hellos(broker: ScriptedBroker): HelloOperation[] {
  return broker.asked.filter(({ op }) => op === "hello") as HelloOperation[];
}

Deno.test("an agent tells its session, its client's process, its repository and its branch", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, script);
  await git(bus.shop, "init", "--quiet", "--initial-branch=main");
  await Deno.mkdir(`${bus.shop}/src`);
  const env = { CLAUDE_PROJECT_DIR: `${bus.shop}/src`, CLAUDE_CODE_SESSION_ID: "s1" };
  await using _claude = await McpClient.start(bus, { announced: "claude-code", env });
  await broker.wasAsked("hello");
  const { instance: _, pid: __, ...said } = hellos(broker)[0]!;
  deepEqual(said, {
    op: "hello",
    client: "claude",
    directory: `${bus.shop}/src`,
    parent: Deno.pid,
    session: "s1",
    repository: bus.shop,
    branch: "main",
  });
});

Deno.test("an agent outside a repository tells of none", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, script);
  await using _agent = await McpClient.start(bus);
  await broker.wasAsked("hello");
  deepEqual(["repository", "branch", "session"].filter((name) => name in hellos(broker)[0]!), []);
});

Deno.test("an agent tells of another branch with its next call, and once", async () => {
  await using bus = await HustingsProcess.create();
  await using broker = await ScriptedBroker.start(bus, script);
  await git(bus.shop, "init", "--quiet", "--initial-branch=main");
  await using agent = await McpClient.start(bus);
  await agent.call("list");
  await git(bus.shop, "symbolic-ref", "HEAD", "refs/heads/basket");
  await Promise.all([agent.call("list"), agent.call("list")]);
  await agent.call("list");
  deepEqual(hellos(broker).map(({ branch }) => branch), ["main", "basket"]);
  deepEqual(hellos(broker).map(({ repository }) => repository), [bus.shop, bus.shop]);
});
