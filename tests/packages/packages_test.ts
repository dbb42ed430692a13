import assert from "node:assert/strict";
import { about, toolList } from "../../.ci/package/about.ts";
import { committedFiles } from "../../.ci/package/committed_files.ts";
import type { Files } from "../../.ci/package/files.ts";
import { geminiFiles } from "../../.ci/package/gemini_files.ts";
import { guide } from "../../.ci/package/guide.ts";
import { hookFile } from "../../.ci/package/hook_file.ts";
import * as links from "../../.ci/package/install_links.ts";
import { packagesFor } from "../../.ci/package/pack.ts";
import { findPlatform, platforms } from "../../.ci/package/platforms.ts";
import { pluginFiles } from "../../.ci/package/plugin_files.ts";
import { clientsWithHooks, findHook } from "../../lib/agents/find_hook.ts";
import { version } from "../../lib/core/version.ts";
import { filesBelow, root } from "../support/sources.ts";

const license = Deno.readTextFileSync(new URL("LICENSE", root));
const readme = Deno.readTextFileSync(new URL("README.md", root));
const committed = committedFiles(license);

// deno-lint-ignore no-explicit-any -- what is read is judged by the assertions
type Json = any;

const read = (files: Files, path: string): Json => JSON.parse(files[path]!);

Deno.test("the packages of the repository are what deno task package makes", () => {
  const tops = ["packages/plugin", "packages/gemini", ".claude-plugin"];
  const stale = new Set([...Object.keys(committed), ...filesBelow(tops, /./)]
    .filter((path) => textAt(path) !== committed[path]));
  assert.deepEqual([...stale], [], "run deno task package (and remove what it does not make)");
});

function textAt(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(path, root));
  } catch {
    return undefined;
  }
}

/** Every command line of a hooks file, with its event. */
function commandsOf(file: Json): { event: string; command: string; entry: Json }[] {
  return Object.entries<Json>(file.hooks).flatMap(([event, groups]) =>
    groups.flatMap((group: Json) =>
      group.hooks.map((entry: Json) => ({ event, command: entry.command, entry }))
    )
  );
}

Deno.test("a hooks file has every hook of its client that the program takes, under the client's events", () => {
  for (const short of ["claude", "codex", "gemini"]) {
    const client = clientsWithHooks().find((each) => each.short === short)!;
    const commands = commandsOf(hookFile(short, "hustings"));
    const own = commands.filter(({ command }) => !command.endsWith(" wait"));
    assert.deepEqual(own.map(({ event }) => event), client.hooks!.map(({ event }) => event));
    for (const { event, command } of own) {
      assert.equal(command, `hustings hook ${short} ${event}`);
      assert.notEqual(typeof findHook(short, event), "string");
    }
  }
  assert.throws(() => hookFile("zed", "hustings"), /'zed' runs no hooks/);
});

Deno.test("only Claude Code gets the hook that waits, where a session begins or goes idle", () => {
  const waits = (path: string) =>
    commandsOf(read(committed, path)).filter(({ command }) => command.endsWith(" wait"));
  const claude = waits("packages/plugin/hooks/hooks.json");
  assert.deepEqual(claude.map(({ event }) => event), ["SessionStart", "Stop"]);
  for (const { entry } of claude) {
    assert.equal(entry.asyncRewake, true);
    assert.ok(entry.timeout >= 24 * 3600, "it is not ended before it ends by itself");
  }
  assert.deepEqual(waits("packages/plugin/hooks/codex.json"), []);
  assert.deepEqual(waits("packages/gemini/hooks/hooks.json"), []);
});

Deno.test("Codex has a manifest of its own in the plugin, with its own hooks and no path to the plugin", () => {
  for (
    const files of [
      pluginFiles(version, license, {}),
      pluginFiles(version, license, { inside: "x" }),
    ]
  ) {
    const { hooks, mcpServers, skills } = read(files, ".codex-plugin/plugin.json");
    assert.equal(hooks, "./hooks/codex.json");
    assert.equal(skills, "./skills/");
    assert.deepEqual(mcpServers, { hustings: { command: "hustings" } });
    for (const { command } of commandsOf(read(files, "hooks/codex.json"))) {
      assert.match(command, /^hustings hook codex /);
    }
  }
});

Deno.test("a package with the binary inside runs that one, by the variable of its client", () => {
  const plugin = pluginFiles(version, license, { inside: "hustings.exe" });
  const command = "${CLAUDE_PLUGIN_ROOT}/bin/hustings.exe";
  assert.deepEqual(read(plugin, ".mcp.json").mcpServers, { hustings: { command } });
  for (const { command: line } of commandsOf(read(plugin, "hooks/hooks.json"))) {
    assert.ok(line.startsWith(`"${command}" hook claude `), line);
  }
  const gemini = (target: string) => {
    const files = geminiFiles(version, license, findPlatform(target));
    const { mcpServers } = read(files, "gemini-extension.json");
    return [mcpServers.hustings.command, commandsOf(read(files, "hooks/hooks.json"))[0]!.command];
  };
  assert.deepEqual(gemini("aarch64-apple-darwin"), [
    "${extensionPath}${/}bin${/}hustings",
    '"${extensionPath}/bin/hustings" hook gemini SessionStart',
  ]);
  assert.deepEqual(gemini("x86_64-pc-windows-msvc"), [
    "${extensionPath}${/}bin${/}hustings.exe",
    '& "${extensionPath}\\bin\\hustings.exe" hook gemini SessionStart',
  ]);
});

Deno.test("the packages tell the program's version, and its tools where they tell any", () => {
  const told = Object.keys(committed).filter((path) => /(plugin|extension)\.json$/.test(path))
    .map((path) => read(committed, path).version);
  assert.deepEqual(told, [version, version, version]);
  for (const platform of platforms) {
    const [, , bundle] = packagesFor(platform, license, () => Promise.resolve());
    const manifest = read(bundle!.files, "manifest.json");
    assert.equal(manifest.version, version);
    assert.deepEqual(manifest.compatibility.platforms, [platform.node]);
    assert.equal(manifest.server.entry_point, bundle!.program);
    assert.equal(manifest.server.mcp_config.command, `\${__dirname}/${bundle!.program}`);
    assert.deepEqual(manifest.tools, toolList());
  }
});

Deno.test("the guide for agents names every tool that an agent always has, and is the same for all", () => {
  const tools = toolList().map(({ name }) => name);
  assert.ok(tools.length >= 7);
  assert.deepEqual(tools.filter((name) => !guide.includes(`\`${name}\``)), []);
  assert.equal(committed["packages/gemini/HUSTINGS.md"], guide);
  const [, head, body] = committed["packages/plugin/skills/hustings/SKILL.md"]!.split(/^---$/m);
  assert.equal(body!.trim(), guide.trim());
  // A name and one line in quotes: YAML reads anything else as something else.
  assert.match(head!.trim(), /^name: hustings\ndescription: "[^"\n\\]+"$/);
});

Deno.test("the plugin's directory says what it is in 40 words and has a licence", () => {
  for (const { inside } of [{}, { inside: "hustings" }] as { inside?: string }[]) {
    const files = pluginFiles(version, license, inside === undefined ? {} : { inside });
    assert.ok(files["README.md"]!.split(/\s+/).length >= 40);
    assert.equal(files["LICENSE"], license);
  }
});

Deno.test("the marketplace of the repository leads to the plugin in it", () => {
  const { name, plugins } = read(committed, ".claude-plugin/marketplace.json");
  assert.equal(name, "hustings");
  assert.equal(plugins.length, 1);
  const manifest = `${plugins[0].source}/.claude-plugin/plugin.json`.replace("./", "");
  assert.equal(read(committed, manifest).name, plugins[0].name);
});

Deno.test("the links carry the server that they install, and the README has them", () => {
  const { searchParams } = new URL(links.cursorPage);
  assert.equal(searchParams.get("name"), "hustings");
  assert.deepEqual(JSON.parse(atob(searchParams.get("config")!)), { command: "hustings" });
  assert.ok(links.cursorLink.endsWith(new URL(links.cursorPage).search));
  const server = { name: "hustings", command: "hustings" };
  assert.equal(new URL(links.vscodePage).searchParams.get("url"), links.vscodeLink);
  const [, query] = links.vscodeLink.split("?");
  assert.deepEqual(JSON.parse(decodeURIComponent(query!)), server);
  assert.deepEqual(JSON.parse(links.vscodeCommand.match(/'(.*)'/)![1]!), server);
  for (const link of [links.vscodePage, links.cursorPage, links.vscodeCommand]) {
    assert.ok(
      readme.includes(link),
      `README.md lacks ${link}: deno task package --links prints it`,
    );
  }
});

Deno.test("the description is as short as the MCP registry wants it", () => {
  assert.ok(about.description.length <= 100);
  assert.match(about.repository, /^[\w-]+\/[\w-]+$/);
});
