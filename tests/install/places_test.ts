import assert from "node:assert/strict";
import { clients } from "../../lib/agents/clients.ts";
import { clientPlaces } from "../../lib/agents/install/client_places.ts";
import type { Level, Machine } from "../../lib/agents/install/client_places.ts";
import { presentClients } from "../../lib/agents/install/present_clients.ts";
import { MemoryDisk } from "../support/memory_disk.ts";

function files(machine: Machine, level: Level = "user"): Record<string, string[]> {
  const root = machine.os === "windows" ? "D:\\shop" : "/shop";
  return Object.fromEntries(
    clientPlaces(machine, root).flatMap((places) => {
      const list = places[level];
      return list === undefined ? [] : [[
        places.client,
        list.map(({ paths }) => paths.at(-1)!),
      ]];
    }),
  );
}

const nothing = () => undefined;

Deno.test("clients have their files in the places of Linux", () => {
  assert.deepEqual(files({ os: "linux", env: nothing, home: "/h" }), {
    "claude": ["/h/.claude.json", "/h/.claude/settings.json"],
    "claude-desktop": ["/h/.config/Claude/claude_desktop_config.json"],
    "gemini": ["/h/.gemini/settings.json"],
    "codex": ["/h/.codex/config.toml", "/h/.codex/hooks.json"],
    "cursor": ["/h/.cursor/mcp.json", "/h/.cursor/hooks.json"],
    "windsurf": ["/h/.codeium/windsurf/mcp_config.json"],
    "vscode": ["/h/.config/Code/User/mcp.json", "/h/.copilot/hooks/hustings.json"],
    "cline": [
      "/h/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
    ],
    "zed": ["/h/.config/zed/settings.json"],
    "opencode": ["/h/.config/opencode/opencode.json"],
    "goose": ["/h/.config/goose/config.yaml"],
  });
});

Deno.test("clients have their files in the places of macOS", () => {
  const found = files({ os: "darwin", env: nothing, home: "/Users/h" });
  const support = "/Users/h/Library/Application Support";
  assert.deepEqual(found["claude-desktop"], [`${support}/Claude/claude_desktop_config.json`]);
  assert.equal(found["vscode"]![0], `${support}/Code/User/mcp.json`);
  assert.match(found["cline"]![0]!, /^\/Users\/h\/Library\/.*\/cline_mcp_settings\.json$/);
  assert.deepEqual(found["zed"], ["/Users/h/.config/zed/settings.json"]);
  assert.deepEqual(found["opencode"], ["/Users/h/.config/opencode/opencode.json"]);
  assert.deepEqual(found["goose"], ["/Users/h/.config/goose/config.yaml"]);
});

Deno.test("clients have their files in the places of Windows", () => {
  const env = (name: string) => name === "APPDATA" ? "C:\\Users\\h\\AppData\\Roaming" : undefined;
  const machine: Machine = { os: "windows", env, home: "C:\\Users\\h" };
  const roaming = "C:\\Users\\h\\AppData\\Roaming";
  assert.deepEqual(files(machine), {
    "claude": ["C:\\Users\\h\\.claude.json", "C:\\Users\\h\\.claude\\settings.json"],
    "claude-desktop": [`${roaming}\\Claude\\claude_desktop_config.json`],
    "gemini": ["C:\\Users\\h\\.gemini\\settings.json"],
    "codex": ["C:\\Users\\h\\.codex\\config.toml", "C:\\Users\\h\\.codex\\hooks.json"],
    "cursor": ["C:\\Users\\h\\.cursor\\mcp.json", "C:\\Users\\h\\.cursor\\hooks.json"],
    "windsurf": ["C:\\Users\\h\\.codeium\\windsurf\\mcp_config.json"],
    "vscode": [`${roaming}\\Code\\User\\mcp.json`, "C:\\Users\\h\\.copilot\\hooks\\hustings.json"],
    "cline": [
      `${roaming}\\Code\\User\\globalStorage\\saoudrizwan.claude-dev\\settings\\cline_mcp_settings.json`,
    ],
    "zed": [`${roaming}\\Zed\\settings.json`],
    "opencode": ["C:\\Users\\h\\.config\\opencode\\opencode.json"],
    "goose": [`${roaming}\\Block\\goose\\config\\config.yaml`],
  });
  assert.deepEqual(files(machine, "project")["vscode"], ["D:\\shop\\.vscode\\mcp.json"]);
});

Deno.test("clients that have files of a project have them below its root, and the others have none", () => {
  assert.deepEqual(files({ os: "linux", env: nothing, home: "/h" }, "project"), {
    claude: ["/shop/.mcp.json", "/shop/.claude/settings.json"],
    gemini: ["/shop/.gemini/settings.json"],
    codex: ["/shop/.codex/config.toml", "/shop/.codex/hooks.json"],
    cursor: ["/shop/.cursor/mcp.json", "/shop/.cursor/hooks.json"],
    vscode: ["/shop/.vscode/mcp.json"],
    opencode: ["/shop/opencode.json"],
  });
});

Deno.test("clients have their files where the user's variables say", () => {
  const moved: Record<string, string> = {
    ...{ CLAUDE_CONFIG_DIR: "/c", CODEX_HOME: "/x", XDG_CONFIG_HOME: "/cfg" },
    GOOSE_PATH_ROOT: "/g",
  };
  const found = files({ os: "linux", env: (name) => moved[name], home: "/h" });
  assert.deepEqual(found["claude"], ["/c/.claude.json", "/c/settings.json"]);
  assert.deepEqual(found["codex"], ["/x/config.toml", "/x/hooks.json"]);
  assert.deepEqual(found["opencode"], ["/cfg/opencode/opencode.json"]);
  assert.deepEqual(found["zed"], ["/cfg/zed/settings.json"]);
  assert.deepEqual(found["goose"], ["/g/config/config.yaml"]);
  assert.equal(found["vscode"]![0], "/cfg/Code/User/mcp.json");
});

Deno.test("every client of the installation has a profile, and those with hooks a place for them", () => {
  for (const places of clientPlaces({ os: "linux", env: nothing, home: "/h" }, "/shop")) {
    const profile = clients.find(({ short, probe }) => short === places.client && !probe);
    assert.ok(profile, places.client);
    const hasPlace = places.user!.some(({ hooks }) => hooks !== undefined);
    assert.equal(hasPlace, profile.hooks !== undefined, places.client);
  }
});

Deno.test("a client is present when something of it exists, or its program is on PATH", () => {
  const disk = new MemoryDisk();
  disk.directories.add("/h/.gemini");
  disk.put("/usr/bin/opencode", "");
  const env = (name: string) => name === "PATH" ? "/bin:/usr/bin" : undefined;
  const machine: Machine = { os: "linux", env, home: "/h" };
  const present = presentClients(disk, machine, clientPlaces(machine, "/shop"));
  assert.deepEqual(present.map(({ client }) => client), ["gemini", "opencode"]);
});
