import assert from "node:assert/strict";
import type { Finding } from "../../lib/cli/doctor/findings.ts";
import { HustingsProcess } from "../support/hustings_process.ts";

const windows = Deno.build.os === "windows";
const linux = Deno.build.os === "linux";

/** Deno looks for its packages below HOME, which these tests move, unless it is told where they are. */
const { denoDir } = JSON.parse(
  new TextDecoder().decode(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync().stdout,
  ),
) as { denoDir: string };

function surroundings(bus: HustingsProcess): Record<string, string> {
  return { HOME: bus.root, DENO_DIR: denoDir };
}

/** What the doctor prints, and the exit code with which it ends. */
async function examined(bus: HustingsProcess, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await bus.run(["doctor", "--json"], {
    env: { ...surroundings(bus), ...env },
  });
  assert.equal(stderr, "");
  const { well, findings } = JSON.parse(stdout) as { well: boolean; findings: Finding[] };
  assert.equal(code, well ? 0 : 1);
  const of = (check: string, level: string) =>
    findings.filter((each) => each.check === check && each.level === level)
      .map(({ text, mend }) => `${text} ${mend ?? ""}`).join("; ");
  return { well, findings, of };
}

Deno.test("doctor says that nothing runs when nothing runs, and makes nothing", async () => {
  await using bus = await HustingsProcess.create();
  const { well, of } = await examined(bus);
  assert.ok(well);
  assert.match(of("state directory", "note"), /is not there yet/);
  assert.match(of("broker", "note"), /There is none, as no agent runs/);
  assert.match(of("clients", "note"), /No client's configuration/);
  assert.throws(() => Deno.statSync(bus.home), Deno.errors.NotFound);
});

Deno.test("doctor finds the broker with name, process, epoch and version, and joins nothing", async () => {
  await using bus = await HustingsProcess.create();
  const { client, pid } = await bus.agent("claude-code");
  await client.callTool({ name: "list", arguments: {} });
  const { well, of } = await examined(bus);
  assert.ok(well);
  const place = `'claude-shop', process ${pid}, port ${bus.port}, epoch 1, version \\d`;
  assert.match(of("broker", "ok"), new RegExp(place));
  assert.match(of(`port ${bus.port}`, "ok"), linux ? new RegExp(`process ${pid}`) : /Our broker/);
  assert.match(of("lock", "ok"), new RegExp(`held by process ${pid}`));
  assert.match(of("secret", "ok"), /whole and yours alone/);
  assert.match(of("store", "ok"), /KiB of log.*SQLite is/);
  assert.match(of("disk", "ok"), /MiB are free/);
  const list = await bus.json(["list"]) as { members: { name: string }[] };
  assert.deepEqual(list.members.map(({ name }) => name).sort(), ["claude-shop", "terminal-shop"]);
  const { epoch } = JSON.parse(await Deno.readTextFile(`${bus.home}/endpoint.json`));
  assert.equal(epoch, 1);
});

Deno.test({
  name: "doctor finds a broker that is stopped, and how to let it go on",
  ignore: windows,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const { client, pid } = await bus.agent("claude-code");
    await client.callTool({ name: "list", arguments: {} });
    Deno.kill(pid, "SIGSTOP");
    try {
      const { well, of } = await examined(bus);
      assert.ok(!well);
      assert.match(of("broker", "fault"), new RegExp(`Process ${pid} .* is stopped.*kill -CONT`));
    } finally {
      Deno.kill(pid, "SIGCONT");
    }
  },
});

Deno.test({
  name:
    "doctor finds a directory and a secret that others can read, a secret cut short, and one that is gone",
  ignore: windows,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    await bus.run(["list"]);
    const secret = `${bus.home}/secret`;
    await Deno.chmod(secret, 0o644);
    assert.match((await examined(bus)).of("secret", "fault"), /mode 644.*chmod 600/);
    await Deno.chmod(secret, 0o600);
    await Deno.truncate(secret, 7);
    assert.match((await examined(bus)).of("secret", "fault"), /7 bytes instead of 32/);
    await Deno.remove(secret);
    assert.match((await examined(bus)).of("secret", "fault"), /is gone.*start them again/);
    await Deno.chmod(bus.home, 0o755);
    assert.match((await examined(bus)).of("state directory", "fault"), /mode 755.*chmod 700/);
  },
});

Deno.test("doctor says which program holds a port of the bus", async () => {
  await using bus = await HustingsProcess.create();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: bus.port });
  (async () => {
    for await (const conn of listener) {
      await conn.write(new TextEncoder().encode("220 mail ready\r\n"));
      conn.close();
    }
  })();
  const { well, of } = await examined(bus);
  assert.ok(well, "the bus has nine more ports");
  const who = linux ? new RegExp(`process ${Deno.pid}.*user ${Deno.uid()}`) : /held by/;
  assert.match(of(`port ${bus.port}`, "note"), who);
});

Deno.test("doctor finds a store that is no database", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["list"]);
  for (const ending of ["-wal", "-shm"]) {
    await Deno.remove(`${bus.home}/messages.db${ending}`).catch(() => {});
  }
  await Deno.writeTextFile(`${bus.home}/messages.db`, "x".repeat(5000));
  assert.match((await examined(bus)).of("store", "fault"), /no database at all.*move it away/);
  await Deno.writeTextFile(`${bus.home}/messages.db`, "");
  assert.match((await examined(bus)).of("store", "fault"), /is empty/);
});

Deno.test("doctor says which clients are configured, and finds a command that does not exist", async () => {
  await using bus = await HustingsProcess.create();
  const server = (command: string) => JSON.stringify({ mcpServers: { hustings: { command } } });
  await Deno.mkdir(`${bus.root}/.gemini`);
  await Deno.writeTextFile(`${bus.root}/.gemini/settings.json`, server(Deno.execPath()));
  await Deno.writeTextFile(`${bus.shop}/.mcp.json`, server("/nowhere/hustings"));
  const { well, of } = await examined(bus);
  assert.ok(!well);
  assert.match(of("clients", "ok"), /^Gemini CLI/);
  assert.match(of("clients", "fault"), /^Claude Code .*There is no '\/nowhere\/hustings'/);
});

Deno.test("doctor says which commands are allowed, and finds settings that are wrong", async () => {
  await using bus = await HustingsProcess.create();
  await Deno.mkdir(bus.home, { mode: 0o700 });
  const path = `${bus.home}/settings.json`;
  await Deno.writeTextFile(path, '{"commands":{"tests":["npm","test"],"lint":["npm","lint"]}}');
  const allowed = await examined(bus);
  assert.ok(allowed.well);
  assert.match(allowed.of("settings", "ok"), /may run and share: tests, lint/);
  for (const wrong of ["{", "[]", '{"commands":{"a b":["x"]}}', '{"command":{}}']) {
    await Deno.writeTextFile(path, wrong);
    const { well, of } = await examined(bus);
    assert.ok(!well, wrong);
    assert.match(of("settings", "fault"), /settings\.json allows no command as it is .*: write \{/);
  }
});

Deno.test("doctor says so when the environment names no ports", async () => {
  await using bus = await HustingsProcess.create();
  const { well, of } = await examined(bus, { HUSTINGS_PORT: "99999" });
  assert.ok(!well);
  assert.match(of("environment", "fault"), /HUSTINGS_PORT is '99999'/);
});

Deno.test("doctor shows people each finding in a line and the cure below it", async () => {
  await using bus = await HustingsProcess.create();
  await Deno.writeTextFile(
    `${bus.shop}/.mcp.json`,
    '{"mcpServers":{"hustings":{"command":"/nowhere/hustings"}}}',
  );
  const { code, stdout } = await bus.run(["doctor"], { env: surroundings(bus) });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^fault {2}clients .*\n +To mend it: 'hustings install claude --project' corrects the path in that file$/m,
  );
  assert.match(stdout, /\n1 to mend\.\n$/);
});
