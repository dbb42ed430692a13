import assert from "node:assert/strict";
import type { CheckResult, ListResult, RoomResult, StatusResult } from "../lib/core/types.ts";
import { limits } from "../lib/core/limits.ts";
import { HustingsProcess } from "./support/hustings_process.ts";

const me = "terminal-shop";

/** A bus whose shop is a git repository on the branch `main`. */
async function repository(): Promise<HustingsProcess> {
  const bus = await HustingsProcess.create();
  await Deno.mkdir(`${bus.shop}/.git`);
  await Deno.writeTextFile(`${bus.shop}/.git/HEAD`, "ref: refs/heads/main\n");
  return bus;
}

Deno.test("list shows branch, rooms and what each does, the caller first", async () => {
  await using bus = await repository();
  const agent = await bus.agent("claude-code");
  await agent.client.callTool({ name: "list", arguments: {} });
  const { members } = await bus.json(["list"]) as ListResult;
  for (const member of members) {
    assert.deepEqual([member.branch, member.rooms], ["main", ["#shop"]]);
  }
  const { stdout } = await bus.run(["list"]);
  const [heading, first, second] = stdout.split("\n");
  assert.match(heading!, /^NAME +CLIENT +STATE +SINCE +UNREAD +ROOMS +DIRECTORY$/);
  assert.match(first!, /^terminal-shop .* here .* you +#shop +\/.*\/shop \(main\)$/);
  assert.match(second!, /^claude-shop .* #shop +\/.*\/shop \(main\)$/);
});

Deno.test("list names some rooms of an agent that is in many, and JSON all", async () => {
  await using bus = await HustingsProcess.create();
  for (const name of ["a", "b", "c", "d"]) {
    assert.equal((await bus.run(["room", name])).code, 0);
  }
  assert.match((await bus.run(["list"])).stdout, / #a #b #c \+1 +\//);
  const { members } = await bus.json(["list"]) as ListResult;
  assert.deepEqual(members[0]?.rooms, ["#a", "#b", "#c", "#d"]);
});

Deno.test("room is entered, reached and left by its name with or without the mark", async () => {
  await using bus = await HustingsProcess.create();
  const entered = await bus.json(["room", "release"]) as RoomResult;
  assert.deepEqual(entered, { room: "#release", inside: true, members: [me] });
  const { stdout } = await bus.run(["room", "#release", "--as", "ann"]);
  assert.equal(stdout, `You are in #release. In it: ${me}, ann.\n`);
  assert.equal((await bus.run(["send", "#release", "tagged", "--as", "ann"])).code, 0);
  assert.match((await bus.run(["check"])).stdout, /^#1 from ann \(.*; to #release\)\n {2}tagged\n/);
  const left = await bus.run(["room", "release", "--leave"]);
  assert.equal(left.stdout, "You are not in #release. In it: ann.\n");
});

Deno.test("room without a name, or that is not there to be left, is refused with the cure", async () => {
  await using bus = await HustingsProcess.create();
  const nameless = await bus.run(["room"]);
  assert.equal(nameless.code, 2);
  assert.match(nameless.stderr, /write hustings room '#NAME', with the quotes.*comment/);
  await bus.run(["room", "release"]);
  const missing = await bus.run(["room", "relase", "--leave"]);
  assert.equal(missing.code, 5);
  assert.match(missing.stderr, /no room '#relase': did you mean '#release'/);
});

Deno.test("receipt says how an agent that is here will notice", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("gemini-cli-mcp-client");
  await agent.client.callTool({ name: "list", arguments: {} });
  const { stdout } = await bus.run(["send", "gemini-shop", "hi"]);
  assert.match(stdout, /\n {2}gemini-shop: will see it at its next check\n$/);
});

Deno.test("check tells once what became of own messages, as text and as JSON", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("claude-code");
  const call = (name: string) => agent.client.callTool({ name, arguments: {} });
  const sendAndRead = async () => {
    await bus.run(["send", "claude-shop", "ready?"]);
    await call("check");
    await call("list");
  };
  await call("list");
  await sendAndRead();
  const told = await bus.run(["check"]);
  assert.equal(told.code, 3, "news is no message");
  assert.match(told.stdout, /^No messages\.\nYour #1: claude-shop \(read\)\n$/);
  await sendAndRead();
  const { sent } = await bus.json(["check"]) as CheckResult;
  assert.deepEqual(sent?.map(({ id, name, state }) => [id, name, state]), [[
    2,
    "claude-shop",
    "read",
  ]]);
  assert.equal((await bus.json(["check"]) as CheckResult).sent, undefined);
});

Deno.test("check shows a person the whole of a long text", async () => {
  await using bus = await HustingsProcess.create();
  const text = "x".repeat(limits.inlineTextBytes + 1);
  await bus.run(["send", me, "-"], { stdin: text });
  const { stdout } = await bus.run(["check"]);
  assert.ok(stdout.includes(text));
});

Deno.test("status tells rooms, branch, what agents do and what is allowed", async () => {
  await using bus = await repository();
  await bus.run(["room", "release"]);
  await Deno.writeTextFile(`${bus.home}/settings.json`, '{"commands":{"tests":["npm","test"]}}');
  const { stdout } = await bus.run(["status"]);
  assert.match(stdout, /^you +terminal-shop, on main, in #release #shop$/m);
  assert.match(stdout, /^members +1 here \(0 waiting, 0 at work\), 0 away$/m);
  assert.match(stdout, /^commands +tests$/m);
  const found = await bus.json(["status"]) as StatusResult & Record<string, unknown>;
  assert.deepEqual([found["branch"], found["rooms"], found["commands"]], [
    "main",
    ["#release", "#shop"],
    ["tests"],
  ]);
});

Deno.test("status warns of settings that are wrong, with their place and the cure", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["list"]);
  const path = `${bus.home}/settings.json`;
  await Deno.writeTextFile(path, '{"commands":{"tests":"npm test"}}');
  const warning = new RegExp(`${path} allows no command.*commands\\.tests.*write \\{"commands"`);
  assert.match((await bus.run(["status"])).stdout, new RegExp(`^warning +${warning.source}`, "m"));
  const agent = await bus.agent("claude-code");
  const { contents } = await agent.client.readResource({ uri: "hustings://status" });
  const { warnings } = JSON.parse((contents[0] as { text: string }).text);
  assert.match(warnings[0], warning);
});

Deno.test("status of a bus tells when each agent began what it does, as a moment to read", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("claude-code");
  const hook = { "session_id": "s1", cwd: bus.shop };
  const env = { CLAUDE_CODE_SESSION_ID: "s1", CLAUDE_PID: String(Deno.pid) };
  await agent.client.callTool({ name: "list", arguments: {} });
  const stdin = JSON.stringify(hook);
  const told = await bus.run(["hook", "claude", "UserPromptSubmit"], { stdin, env });
  assert.equal(told.stderr, "");
  const { contents } = await agent.client.readResource({ uri: "hustings://status" });
  const { members } = JSON.parse((contents[0] as { text: string }).text);
  const [claude] = members;
  assert.equal(claude.activity, "working");
  assert.equal(Date.parse(claude.activitySince) > 0, true);
  assert.equal(claude.activitySinceMs, undefined);
  assert.match((await bus.run(["list"])).stdout, /^claude-shop +claude +at work/m);
});
