import { deepEqual, equal, match, ok } from "node:assert/strict";
import { HustingsProcess } from "../support/hustings_process.ts";
import type { Ended } from "../support/hustings_process.ts";
import { McpClient } from "../support/mcp_client.ts";

// Hooks of real sessions on a real bus: the real program on every side.

const silence = { code: 0, stdout: "", stderr: "" };

/** A session of Claude Code with this id, and its hooks. */
class ClaudeSession implements AsyncDisposable {
  readonly #bus: HustingsProcess;
  readonly #id: string;
  readonly client: McpClient;
  readonly name: string;

  private constructor(bus: HustingsProcess, id: string, client: McpClient, name: string) {
    this.#bus = bus;
    this.#id = id;
    this.client = client;
    this.name = name;
  }

  static async start(bus: HustingsProcess, id: string): Promise<ClaudeSession> {
    const env = { CLAUDE_CODE_SESSION_ID: id };
    const client = await McpClient.start(bus, { announced: "claude-code", env });
    const { fields } = await client.call("list");
    return new ClaudeSession(bus, id, client, fields.you);
  }

  hook(event: string): Promise<Ended> {
    return this.#bus.run(["hook", "claude", event], { stdin: this.#input(event) });
  }

  /** Starts a wait; resolves, with the process, once others see that the session can be woken. */
  async wait(): Promise<Deno.ChildProcess> {
    const child = this.#bus.start(["hook", "claude", "wait"], { stdin: this.#input("Stop") });
    await this.#reached("wake");
    return child;
  }

  /** Resolves once others see that the session is reached in this way. */
  async #reached(reach: string): Promise<void> {
    for (;;) {
      const { members } = await this.#bus.json(["list"]) as { members: Record<string, unknown>[] };
      if (members.find(({ name }) => name === this.name)?.["reach"] === reach) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
  }

  #input(event: string): string {
    return JSON.stringify({ session_id: this.#id, cwd: this.#bus.shop, hook_event_name: event });
  }
}

async function send(bus: HustingsProcess, to: string, text: string): Promise<void> {
  const { code, stderr } = await bus.run(["send", to, text]);
  equal(code, 0, stderr);
}

async function ended(child: Deno.ChildProcess): Promise<Ended> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function textsOf({ fields }: { fields: { messages: { text: string }[] } }): string[] {
  return fields.messages.map(({ text }) => text);
}

Deno.test("a message is shown by one hook, and by nothing after it", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  deepEqual(await claude.hook("UserPromptSubmit"), silence);
  await send(bus, claude.name, "ship it");
  match((await claude.hook("PostToolUse")).stdout, /#1 from terminal-shop.*> ship it/);
  deepEqual(await claude.hook("PostToolUse"), silence);
  deepEqual(await claude.hook("Stop"), silence);
  deepEqual(textsOf(await claude.client.call("check")), []);
});

Deno.test("a message that the model has read by itself is shown by no hook", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  await send(bus, claude.name, "ship it");
  deepEqual(textsOf(await claude.client.call("check")), ["ship it"]);
  await claude.client.call("list");
  deepEqual(await claude.hook("Stop"), silence);
});

Deno.test("hooks of two sessions in one directory show each what is its own", async () => {
  await using bus = await HustingsProcess.create();
  await using one = await ClaudeSession.start(bus, "s1");
  await using two = await ClaudeSession.start(bus, "s2");
  await send(bus, two.name, "for two");
  deepEqual(await one.hook("Stop"), silence);
  await send(bus, one.name, "for one");
  match((await two.hook("Stop")).stdout, /for two/);
  match((await one.hook("Stop")).stdout, /for one/);
});

Deno.test("a hook finds its session when the conversation is another one by now", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  await send(bus, claude.name, "ship it");
  const stdin = JSON.stringify({ session_id: "s2", cwd: bus.shop, source: "clear" });
  const shown = async (pid: number) =>
    (await bus.run(["hook", "claude", "Stop"], { stdin, env: { CLAUDE_PID: `${pid}` } })).stdout;
  equal(await shown(Deno.ppid), "");
  match(await shown(Deno.pid), /ship it/);
});

Deno.test("a message that a hook could not show comes with the next one, unmarked", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  await send(bus, claude.name, "ship it");
  const stdin = JSON.stringify({ session_id: "s1", cwd: bus.shop });
  const deaf = bus.start(["hook", "claude", "Stop"], { stdin });
  await deaf.stdout.cancel();
  await deaf.status;
  await deaf.stderr.cancel();
  const { stdout } = await claude.hook("Stop");
  match(stdout, /ship it/);
  ok(!stdout.includes("redelivered"));
});

Deno.test("long texts are shown a few at a time, and the rest is told of", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  for (const letter of ["a", "b", "c"]) await send(bus, claude.name, letter.repeat(3_000));
  const first = (await claude.hook("PostToolUse")).stdout;
  match(first, /2 messages for .*aaa.*bbb.*1 more queued/s);
  match((await claude.hook("PostToolUse")).stdout, /1 message for .*ccc/s);
});

Deno.test("a wait wakes its session when a message comes, with that message", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  const wait = await claude.wait();
  await send(bus, claude.name, "ship it");
  const { code, stderr } = await ended(wait);
  equal(code, 2);
  match(stderr, /> ship it/);
  deepEqual(textsOf(await claude.client.call("check")), []);
});

Deno.test("a wait leaves a message to the hooks while a turn is under way", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  const wait = await claude.wait();
  await claude.hook("UserPromptSubmit");
  await send(bus, claude.name, "ship it");
  match((await claude.hook("PostToolUse")).stdout, /ship it/);
  await claude.hook("Stop");
  await send(bus, claude.name, "and rest");
  const { code, stderr } = await ended(wait);
  equal(code, 2);
  match(stderr, /^1 message .*> and rest$/s);
});

Deno.test("a newer wait takes the place of the older one", async () => {
  await using bus = await HustingsProcess.create();
  await using claude = await ClaudeSession.start(bus, "s1");
  const older = await claude.wait();
  const newer = await claude.wait();
  deepEqual(await ended(older), silence);
  await send(bus, claude.name, "ship it");
  equal((await ended(newer)).code, 2);
});

Deno.test("a wait outlives the broker, and wakes its session on the next one", async () => {
  await using bus = await HustingsProcess.create();
  const broker = await bus.agent("gemini-cli-mcp-client");
  await broker.client.callTool({ name: "list", arguments: {} });
  await using claude = await ClaudeSession.start(bus, "s1");
  const wait = await claude.wait();
  Deno.kill(broker.pid, "SIGKILL");
  await send(bus, claude.name, "ship it");
  const { code, stderr } = await ended(wait);
  equal(code, 2);
  match(stderr, /> ship it/);
});
