import assert from "node:assert/strict";
import { carryOutInstall } from "../../lib/agents/install/carry_out.ts";
import { jsonEditor } from "../../lib/agents/install/json_editor.ts";
import { changeOf } from "../../lib/agents/install/planned_file.ts";
import { binary, InstallBench, recordPath } from "./install_bench.ts";

const main = "/home/me/.claude.json";
const settings = "/home/me/.claude/settings.json";
const moved = { command: "/new place/hustings", args: [] };

function json(bench: InstallBench, path: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(bench.disk.text(path)!);
}

Deno.test("install makes files that are missing for their owner alone, and takes them out without a trace", () => {
  for (const client of ["claude", "codex", "gemini", "cursor", "vscode", "zed", "goose"]) {
    const bench = new InstallBench();
    bench.install(client);
    for (const path of bench.paths(client)) assert.equal(bench.disk.files.get(path)!.mode, 0o600);
    bench.uninstall(client);
    assert.deepEqual([...bench.disk.files.keys()], [], client);
    assert.deepEqual([...bench.disk.directories], [], client);
  }
});

Deno.test("install keeps the original beside a file, as little readable, until it is taken out", () => {
  const bench = new InstallBench();
  bench.disk.put(main, '{\n  "secret": 1\n}\n', 0o600);
  bench.install("claude");
  const backup = bench.disk.files.get(`${main}.hustings-backup`)!;
  assert.equal(new TextDecoder().decode(backup.bytes), '{\n  "secret": 1\n}\n');
  assert.equal(backup.mode, 0o600);
  assert.equal(bench.disk.files.get(main)!.mode, 0o600);
  assert.equal(bench.disk.files.get(recordPath)!.mode, 0o600);
  bench.install("claude", {}, moved);
  assert.equal(
    bench.disk.text(`${main}.hustings-backup`),
    '{\n  "secret": 1\n}\n',
    "the first one",
  );
  bench.uninstall("claude");
  assert.deepEqual([...bench.disk.files.keys()], [main]);
  assert.equal(bench.disk.text(main), '{\n  "secret": 1\n}\n');
});

Deno.test("uninstall gives the very bytes back when nobody changed the file, whatever its form was", () => {
  const odd = '{ "mcpServers" :\n{\n},\n\n\n"hooks":{"Stop":[ ]   }}';
  const bench = new InstallBench();
  bench.disk.put("/home/me/.gemini/settings.json", odd);
  bench.install("gemini");
  assert.notEqual(bench.disk.text("/home/me/.gemini/settings.json"), odd);
  bench.uninstall("gemini");
  assert.equal(bench.disk.text("/home/me/.gemini/settings.json"), odd);
});

Deno.test("uninstall leaves what others wrote since the installation, also between two of them", () => {
  const bench = new InstallBench();
  bench.disk.put(main, '{\n  "a": 1\n}\n');
  bench.install("claude");
  const theirs = () => bench.disk.text(main)!.replace('"a": 1', '"a": 2');
  bench.disk.put(main, theirs());
  bench.install("claude", {}, moved);
  bench.uninstall("claude");
  assert.equal(bench.disk.text(main), '{\n  "a": 2\n}\n');
  assert.deepEqual([...bench.disk.files.keys()], [main]);
});

Deno.test("uninstall takes out what nobody has noted, with what it alone was in", () => {
  const bench = new InstallBench();
  bench.disk.put(settings, '{\n  "model": "x"\n}\n');
  bench.install("claude");
  bench.disk.files.delete(recordPath);
  bench.uninstall("claude");
  assert.equal(bench.disk.text(settings), '{\n  "model": "x"\n}\n');
  assert.equal(bench.disk.text(main), "{}\n");
});

Deno.test("uninstall finds nothing when nothing is installed", () => {
  const bench = new InstallBench();
  bench.disk.put(main, '{"mcpServers":{"hustings":{"command":"/opt/other"}}}');
  assert.deepEqual(bench.uninstall("claude"), []);
  assert.deepEqual(bench.uninstall("codex"), []);
});

Deno.test("install changes nothing when all is in place, and notes nothing", () => {
  const bench = new InstallBench();
  bench.install("claude");
  bench.disk.files.delete(recordPath);
  assert.deepEqual(bench.install("claude").map(changeOf), ["none", "none"]);
  assert.ok(!bench.disk.exists(recordPath));
});

Deno.test("install corrects the path when the program has moved, and keeps what its user set", () => {
  const bench = new InstallBench();
  bench.install("claude", {}, { command: "/usr/bin/deno", args: ["run", "-A", "/old/main.ts"] });
  const whole = json(bench, main);
  whole.mcpServers.hustings.env.HUSTINGS_NAME = "me";
  whole.mcpServers.hustings.timeout = 9;
  bench.disk.put(main, JSON.stringify(whole, null, 2));
  bench.install("claude", {}, moved);
  assert.deepEqual(json(bench, main).mcpServers.hustings, {
    ...{ type: "stdio", command: "/new place/hustings", args: [] },
    ...{ env: { HUSTINGS_NAME: "me" }, timeout: 9 },
  });
  const [group, ...others] = json(bench, settings).hooks.Stop;
  assert.deepEqual(others, []);
  assert.deepEqual(group.hooks.map(({ command }: { command: string }) => command), [
    "'/new place/hustings' hook claude Stop",
    "'/new place/hustings' hook claude wait",
  ]);
});

Deno.test("install takes a server as it is when only its user's own keys differ", () => {
  const bench = new InstallBench();
  const own = '{"mcp":{"hustings":{"type":"local","command":["/opt/hustings"],"enabled":false}}}';
  bench.disk.put("/home/me/.config/opencode/opencode.json", own);
  assert.deepEqual(bench.install("opencode").map(changeOf), ["none"]);
});

Deno.test("install leaves hooks out when it is told to, and those of others alone", () => {
  const bench = new InstallBench();
  const theirs = '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"say done"}]}]}}';
  bench.disk.put(settings, theirs);
  bench.install("claude", { hooks: false });
  assert.equal(bench.disk.text(settings), theirs);
  bench.install("claude");
  const ours = json(bench, settings).hooks.Stop[1].hooks;
  assert.equal(ours.length, 2);
  // Somebody adds a command of their own to our group: it stays, and the group with it.
  const whole = json(bench, settings);
  whole.hooks.Stop[1].hooks.push({ type: "command", command: "say more" });
  bench.disk.put(settings, JSON.stringify(whole));
  bench.uninstall("claude");
  assert.deepEqual(json(bench, settings).hooks, {
    Stop: [
      { hooks: [{ type: "command", command: "say done" }] },
      { hooks: [{ type: "command", command: "say more" }] },
    ],
  });
});

Deno.test("install refuses another program's server of our name, and replaces it with force", () => {
  const bench = new InstallBench();
  bench.disk.put(main, '{"mcpServers":{"hustings":{"command":"/opt/other","args":["-x"]}}}');
  assert.throws(
    () => bench.install("claude"),
    /starts another program \(\/opt\/other -x\).*--force/,
  );
  assert.ok(!bench.disk.exists(settings), "no other file of the client was changed");
  bench.install("claude", { force: true });
  assert.equal(json(bench, main).mcpServers.hustings.command, "/opt/hustings");
});

const unreadable: readonly [string, string, number, string | Uint8Array<ArrayBuffer>, RegExp][] = [
  [
    "JSON that ends too early",
    "claude",
    1,
    '{\n  "a": [1,\n}',
    /settings\.json', line 3, column 1/,
  ],
  ["JSON that is no object", "claude", 1, "[]", /settings\.json': it holds no object/],
  ["hooks that are no object", "claude", 1, '{"hooks": 7}', /hooks are no object/],
  [
    "hooks of an event that are no list",
    "claude",
    1,
    '{"hooks":{"Stop":{}}}',
    /'Stop' are no list/,
  ],
  ["a list of servers that is none", "claude", 0, '{"mcpServers": []}', /'hustings' is no object/],
  [
    "a key that is there twice",
    "gemini",
    0,
    '{"mcpServers":{},"mcpServers":{"a":1}}',
    /something else/,
  ],
  ["TOML that is none", "codex", 0, "a = 1\nb = = 2\n", /config\.toml', line 2, column \d/],
  ["YAML that is none", "goose", 0, "a: [\nb: 1: 2\n", /config\.yaml', line 2, column/],
  ["bytes that are no text", "codex", 1, new Uint8Array([0x7b, 0xff, 0x7d]), /is no UTF-8/],
];
for (const [what, client, file, content, cure] of unreadable) {
  Deno.test(`install says where and changes no file of the client when it meets ${what}`, () => {
    const bench = new InstallBench();
    bench.disk.put(bench.paths(client)[file]!, content);
    const before = new Map(bench.disk.files);
    assert.throws(() => bench.install(client), cure);
    assert.throws(() => bench.install(client), /Nothing was changed: mend the file/);
    assert.deepEqual(bench.disk.files, before);
  });
}

Deno.test("install leaves all files as they were when one of them cannot be written", () => {
  const bench = new InstallBench();
  bench.disk.put(main, "{}");
  bench.disk.refused.add(settings);
  assert.throws(() => bench.install("claude"), /settings\.json' cannot be written .*error 13/);
  assert.equal(bench.disk.text(main), "{}");
  assert.ok(!bench.disk.exists(recordPath));
});

Deno.test("install changes nothing when another program has changed a file since it was read", () => {
  const bench = new InstallBench();
  bench.disk.put(settings, "{}");
  const plan = bench.plan("claude");
  bench.disk.put(settings, '{"model":"x"}');
  const act = () => carryOutInstall(bench.disk, bench.record(), plan);
  assert.throws(act, /settings\.json' was changed by another program .*do it again/);
  assert.equal(bench.disk.text(settings), '{"model":"x"}');
  assert.ok(!bench.disk.exists(main));
});

Deno.test("install hands on where the bus is to clients that lose their user's variables", () => {
  const env = { HUSTINGS_HOME: "/bus", HUSTINGS_PORT: "9900" };
  const bench = new InstallBench(env);
  for (const client of ["codex", "claude", "gemini"]) bench.install(client);
  const table = '[mcp_servers.hustings.env]\nHUSTINGS_HOME = "/bus"\nHUSTINGS_PORT = "9900"\n';
  assert.ok(bench.disk.text("/home/me/.codex/config.toml")!.endsWith(table));
  assert.deepEqual(json(bench, main).mcpServers.hustings.env, {});
  const state = new InstallBench({ XDG_STATE_HOME: "/st" });
  state.install("codex");
  assert.match(state.disk.text("/home/me/.codex/config.toml")!, /HUSTINGS_HOME = "\/st\/hustings"/);
  const usual = new InstallBench({ XDG_STATE_HOME: "/home/me/.local/state" });
  usual.install("codex");
  assert.doesNotMatch(usual.disk.text("/home/me/.codex/config.toml")!, /HUSTINGS_HOME/);
});

Deno.test("uninstall takes a project's files out where the record knows them, from anywhere", () => {
  const bench = new InstallBench();
  bench.install("claude", { level: "project" });
  assert.equal(bench.disk.files.get("/shop/.mcp.json")!.mode, 0o644);
  bench.install("claude");
  assert.deepEqual(bench.uninstall("claude", ["project"]).map(({ path }) => path), [
    "/shop/.mcp.json",
    "/shop/.claude/settings.json",
  ]);
  assert.ok(bench.disk.exists(main));
  bench.install("claude", { level: "project" });
  bench.uninstall("claude");
  assert.deepEqual([...bench.disk.files.keys()], []);
});

Deno.test("install takes the file that the client reads when there are several ways to call it", () => {
  const bench = new InstallBench();
  bench.disk.put("/home/me/.config/opencode/opencode.jsonc", "{\n  // mine\n}\n");
  bench.disk.put("/home/me/.claude/.config.json", "{}");
  assert.equal(bench.plan("opencode")[0]!.path, "/home/me/.config/opencode/opencode.jsonc");
  assert.equal(bench.plan("claude")[0]!.path, "/home/me/.claude/.config.json");
});

Deno.test("uninstall takes out of Codex what Codex has added below the server", () => {
  const bench = new InstallBench();
  const path = "/home/me/.codex/config.toml";
  bench.disk.put(path, 'model = "x"\n');
  bench.install("codex", {}, binary);
  const added = '\n[mcp_servers.hustings.tools.send]\napproval_mode = "approve"\n\n[tui]\na = 1\n';
  bench.disk.put(path, bench.disk.text(path) + added);
  bench.uninstall("codex");
  assert.equal(bench.disk.text(path), 'model = "x"\n\n[tui]\na = 1\n');
});

Deno.test("uninstall leaves a note of the form of Cursor's hooks where others have hooks by now", () => {
  const bench = new InstallBench();
  const path = "/home/me/.cursor/hooks.json";
  bench.install("cursor");
  const whole = json(bench, path);
  whole.hooks.stop.push({ command: "./audit.sh" });
  bench.disk.put(path, JSON.stringify(whole));
  bench.uninstall("cursor");
  assert.deepEqual(json(bench, path), { version: 1, hooks: { stop: [{ command: "./audit.sh" }] } });
});

Deno.test("a record that is damaged is refused with what to do", () => {
  const bench = new InstallBench();
  bench.disk.put(recordPath, '{"version":2}');
  assert.throws(() => bench.uninstall("claude"), /installed\.json'.* cannot be read: move it away/);
});

Deno.test("a member is taken out without moving its neighbour into the comment before it", () => {
  const rest = jsonEditor.remove('{ // note\n  "x": 1, "y": 2\n}', ["x"]);
  assert.deepEqual(structuredClone(jsonEditor.parse(rest)), { y: 2 });
  assert.match(rest, /\/\/ note\n/);
});

Deno.test("uninstall removes a file that it made when the client has added nothing but a schema's name", () => {
  const bench = new InstallBench();
  const path = bench.paths("opencode")[0]!;
  bench.install("opencode");
  const text = bench.disk.text(path)!.replace("{", '{\n  "$schema": "https://x.example/y",');
  bench.disk.put(path, text);
  bench.uninstall("opencode");
  assert.equal(bench.disk.text(path), undefined);

  bench.install("opencode");
  bench.disk.put(path, text.replace("{", '{\n  "model": "m",'));
  bench.uninstall("opencode");
  assert.deepEqual(Object.keys(json(bench, path)), ["model", "$schema"]);
});
