import assert from "node:assert/strict";
import { HustingsProcess } from "../support/hustings_process.ts";
import { McpClient } from "../support/mcp_client.ts";
import { natsCredentials } from "../support/nats_credentials.ts";
import { NatsServer } from "../support/nats_server.ts";
import { onNats } from "../support/on_nats.ts";

// The real program on two machines: two homes, and a server of NATS between them.

interface Member {
  readonly name: string;
  readonly presence: string;
  readonly reach?: string;
}

async function lines(bus: HustingsProcess, name: string): Promise<Member | undefined> {
  const { members } = await bus.json(["list"]) as { members: Member[] };
  return members.find((member) => member.name === name);
}

onNats(
  "agents of two machines that joined one server meet, and no port is bound for it",
  async () => {
    await using server = await NatsServer.start();
    await using desk = await HustingsProcess.create();
    await using lap = await HustingsProcess.create();
    const url = `nats://${server.host}/team`;
    const joined = await desk.run(["join", url]);
    assert.equal(joined.code, 0, joined.stderr);
    assert.match(joined.stdout, /meet at nats:\/\/127\.0\.0\.1:\d+\/team from now on/);
    assert.match(joined.stdout, /Here: nobody yet/);
    const { mode } = await Deno.stat(`${desk.home}/url`);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    await using claude = await McpClient.start(desk, { announced: "claude-code" });
    const { fields } = await claude.call("list");
    assert.equal(fields.you, "claude-shop");
    const env = { HUSTINGS_URL: url };
    const other = await lap.json(["list"], { env }) as { members: Member[] };
    assert.deepEqual(
      other.members.filter(({ presence }) => presence !== "away").map(({ name }) => name),
      ["claude-shop", "terminal-shop"],
    );
    const sent = await lap.run(["send", "claude-shop", "from the lap"], { env });
    assert.equal(sent.code, 0, sent.stderr);
    const checked = await claude.call("check");
    assert.match(checked.text, /from the lap/);
    const status = await desk.json(["status"]) as { server: Record<string, unknown> };
    assert.equal(status.server["url"], url);
    assert.equal("broker" in status, false);
    assert.throws(() => Deno.statSync(`${desk.home}/messages.db`), Deno.errors.NotFound);
    Deno.listen({ hostname: "127.0.0.1", port: desk.port }).close();
  },
);

onNats(
  "hooks show what came at the next step, and wake an idle session, on a server as well",
  async () => {
    await using server = await NatsServer.start();
    await using bus = await HustingsProcess.create();
    assert.equal((await bus.run(["join", `nats://${server.host}`])).code, 0);
    const env = { CLAUDE_CODE_SESSION_ID: "one" };
    await using claude = await McpClient.start(bus, { announced: "claude-code", env });
    const { fields: { you } } = await claude.call("list");
    const input = (event: string) =>
      JSON.stringify({ session_id: "one", cwd: bus.shop, hook_event_name: event });
    const hook = (event: string) => bus.run(["hook", "claude", event], { stdin: input(event) });
    assert.deepEqual(await hook("UserPromptSubmit"), { code: 0, stdout: "", stderr: "" });
    await bus.run(["send", you, "look at this"]);
    let shown = "";
    while (shown === "") shown = (await hook("PostToolUse")).stdout;
    assert.match(shown, /look at this/);
    assert.equal((await hook("Stop")).code, 0);
    const waiting = bus.start(["hook", "claude", "wait"], { stdin: input("Stop") });
    while ((await lines(bus, you))?.reach !== "wake");
    await bus.run(["send", you, "wake up"]);
    const { code, stderr } = await waiting.output();
    assert.equal(code, 2);
    assert.match(new TextDecoder().decode(stderr), /wake up/);
  },
);

onNats("a hook that has nothing to show connects to nobody", async () => {
  await using server = await NatsServer.start({ config: "debug: true" });
  await using bus = await HustingsProcess.create();
  assert.equal((await bus.run(["join", `nats://${server.host}`])).code, 0);
  const env = { CLAUDE_CODE_SESSION_ID: "one" };
  await using claude = await McpClient.start(bus, { announced: "claude-code", env });
  await claude.call("list");
  const clients = () => server.said.split("Client connection created").length;
  const before = clients();
  const stdin = JSON.stringify({ session_id: "one", cwd: bus.shop, hook_event_name: "x" });
  await bus.run(["hook", "claude", "UserPromptSubmit"], { stdin });
  await claude.call("list");
  assert.equal(clients(), before);
  await bus.run(["list"]);
  assert.ok(clients() > before, "the server tells of connections");
});

onNats("join refuses what it cannot reach, and leads back to the bus of this machine", async () => {
  await using server = await NatsServer.start();
  await using bus = await HustingsProcess.create();
  const wrong = await bus.run(["join", "http://example.org"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /The URL of the bus cannot be read/);
  const relative = await bus.run(["join", `nats://${server.host}?creds=me.creds`]);
  assert.equal(relative.code, 2);
  assert.match(relative.stderr, /write .*shop.me\.creds/);
  assert.throws(() => Deno.statSync(`${bus.home}/url`), Deno.errors.NotFound);
  assert.equal((await bus.run(["join", `nats://${server.host}`])).code, 0);
  const served = await bus.run(["serve"]);
  assert.equal(served.code, 2);
  assert.match(served.stderr, /they need no broker/);
  assert.match((await bus.run(["legacy", "on", "--open"])).stdout, /bus of this machine/);
  assert.equal((await bus.run(["join", "local"])).code, 0);
  assert.deepEqual(await bus.json(["join"]), { url: null });
  const { broker } = await bus.json(["status"]) as { broker: { port: number } };
  assert.equal(broker.port, bus.port);
});

onNats("doctor says how the server is, and what is wrong with it", async () => {
  await using server = await NatsServer.start();
  await using bus = await HustingsProcess.create();
  const url = `nats://${server.host}/team`;
  const well = await bus.run(["doctor"], { env: { HUSTINGS_URL: url } });
  assert.match(well.stdout, /It answers in \d+ ms: test, NATS 2\.\d+/);
  assert.match(well.stdout, /first agent that joins makes them/);
  await bus.run(["join", url]);
  const joined = await bus.run(["doctor"]);
  assert.match(joined.stdout, /four streams are there/);
  assert.match(joined.stdout, /may write all that the bus needs/);
  await server.kill();
  const down = await bus.run(["doctor"]);
  assert.equal(down.code, 1);
  assert.match(down.stdout, /No server of the bus can be reached at 127\.0\.0\.1:\d+/);
});

onNats(
  "agent that has given its rights up comes back to a server that is started again, also while its credentials are being replaced",
  async () => {
    const { config, file } = await natsCredentials();
    await using server = await NatsServer.start({ config });
    await using bus = await HustingsProcess.create();
    const creds = `${bus.root}/me.creds`;
    await Deno.writeTextFile(creds, file);
    const url = `nats://localhost:${server.port}/team?creds=${creds}`;
    assert.equal((await bus.run(["join", url])).code, 0);
    await using claude = await McpClient.start(bus, { announced: "claude-code" });
    const { fields: { you } } = await claude.call("list");
    await server.kill();
    await Deno.writeTextFile(creds, file.slice(0, 40));
    await server.begin();
    await claude.call("list");
    await Deno.writeTextFile(creds, file);
    assert.equal((await bus.run(["send", you, "after it"])).code, 0);
    let text = "";
    while (!text.includes("after it")) text = (await claude.call("check")).text;
  },
);
