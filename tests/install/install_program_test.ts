import assert from "node:assert/strict";
import { HustingsProcess } from "../support/hustings_process.ts";
import type { RunOptions } from "../support/hustings_process.ts";

/** Deno looks for its packages below HOME, which these tests move, unless it is told where they are. */
const { denoDir } = JSON.parse(
  new TextDecoder().decode(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync().stdout,
  ),
) as { denoDir: string };

/** A user whose home is empty, and who has no client on PATH. */
function somebody(bus: HustingsProcess): RunOptions {
  const none = { CLAUDE_CONFIG_DIR: "", CODEX_HOME: "", XDG_CONFIG_HOME: "", GOOSE_PATH_ROOT: "" };
  const home = { HOME: bus.root, USERPROFILE: bus.root, APPDATA: `${bus.root}/AppData` };
  return { env: { ...none, ...home, PATH: "", DENO_DIR: denoDir } };
}

/** All files below the home, with their contents. */
function filesOf(directory: string, below = ""): Record<string, string> {
  return Object.fromEntries(
    [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
      const path = `${directory}/${name}`;
      if (isDirectory) return Object.entries(filesOf(path, `${below}${name}/`));
      return [[`${below}${name}`, Deno.readTextFileSync(path)]];
    }),
  );
}

Deno.test("install and uninstall, from outside, change what they say and leave nothing behind", async () => {
  await using bus = await HustingsProcess.create();
  await Deno.writeTextFile(`${bus.root}/.claude.json`, '{\n  "numStartups": 3\n}\n');
  const before = filesOf(bus.root);

  const dry = await bus.run(["install", "claude", "--dry-run"], somebody(bus));
  assert.deepEqual([dry.code, dry.stderr], [0, ""]);
  assert.match(dry.stdout, /^--- .*\.claude\.json\n\+\+\+ .*\.claude\.json\n@@ /m);
  assert.match(dry.stdout, /^\+ {2}"mcpServers": \{$/m);
  assert.deepEqual(filesOf(bus.root), before, "a dry run writes nothing");

  const made = await bus.json(["install", "claude"], somebody(bus)) as {
    clients: { client: string; files: { path: string; change: string; backup?: string }[] }[];
    next: string[];
  };
  const main = `${bus.root}/.claude.json`;
  assert.deepEqual(made.clients[0]!.files.map(({ path, change }) => [path, change]), [
    [main, "changed"],
    [`${bus.root}/.claude/settings.json`, "made"],
  ]);
  assert.equal(made.clients[0]!.files[0]!.backup, `${main}.hustings-backup`);
  assert.match(made.next[0]!, /^Start Claude Code anew/);
  const { command, args } = JSON.parse(await Deno.readTextFile(main)).mcpServers.hustings;
  const child = new Deno.Command(command, {
    args: [...args, "--version"],
    env: { DENO_DIR: denoDir },
  });
  assert.match(new TextDecoder().decode((await child.output()).stdout), /^\d+\.\d+\.\d+\n$/);

  const again = await bus.run(["install", "claude"], somebody(bus));
  assert.match(again.stdout, /All is in place: nothing was changed\./);

  const gone = await bus.run(["uninstall"], somebody(bus));
  assert.deepEqual([gone.code, gone.stderr], [0, ""]);
  assert.match(gone.stdout, /^Claude Code \(claude\)\n {2}changed/);
  assert.deepEqual(filesOf(bus.root), before);
  const nothing = await bus.run(["uninstall", "claude"], somebody(bus));
  assert.equal(nothing.code, 0);
  assert.match(nothing.stdout, /^There is nothing of hustings in the configuration of claude/);
});

Deno.test("install without a client finds those that are there, and asks nobody where nobody is", async () => {
  await using bus = await HustingsProcess.create();
  assert.equal((await bus.run(["install"], somebody(bus))).code, 3);
  await Deno.mkdir(`${bus.root}/.gemini`);
  const before = filesOf(bus.root);
  const asked = await bus.run(["install"], somebody(bus));
  assert.equal(asked.code, 2);
  assert.match(asked.stderr, /name the clients \(hustings install gemini\), or say --yes/);
  assert.deepEqual(filesOf(bus.root), before);
  const agreed = await bus.run(["install", "--yes"], somebody(bus));
  assert.deepEqual([agreed.code, agreed.stderr], [0, ""]);
  assert.ok(filesOf(bus.root)[".gemini/settings.json"]!.includes("hook gemini AfterAgent"));
});

Deno.test("install writes a project's files at the root of its repository", async () => {
  await using bus = await HustingsProcess.create();
  await Deno.mkdir(`${bus.shop}/.git`);
  await Deno.writeTextFile(`${bus.shop}/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.mkdir(`${bus.shop}/src`);
  const options = { ...somebody(bus), directory: `${bus.shop}/src` };
  const { code, stdout } = await bus.run(["install", "codex", "--project"], options);
  assert.equal(code, 0);
  assert.match(stdout, /Codex reads a project's files once you trust the project\./);
  assert.deepEqual(Object.keys(filesOf(bus.shop)).sort(), [
    ...[".codex/config.toml", ".codex/hooks.json", ".git/HEAD"],
  ]);
});

const misuses: readonly [string, string[], RegExp][] = [
  ["an unknown client", ["install", "claud"], /no client 'claud' here: did you mean claude/],
  ["a client like no other", ["uninstall", "xyzzy"], /use claude, claude-desktop, gemini/],
  [
    "a project of a client without",
    ["install", "goose", "--project"],
    /Goose \(goose\) has no .*project/,
  ],
];
for (const [what, args, cure] of misuses) {
  Deno.test(`install is refused with the cure when it is given ${what}`, async () => {
    await using bus = await HustingsProcess.create();
    const { code, stdout, stderr } = await bus.run(args, somebody(bus));
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, cure);
  });
}
