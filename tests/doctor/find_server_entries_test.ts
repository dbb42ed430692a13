import assert from "node:assert/strict";
import { findServerEntries } from "../../lib/agents/find_server_entries.ts";

const commands = (path: string, text: string) =>
  findServerEntries(path, text)?.map(({ command }) => command.join(" "));

Deno.test("findServerEntries finds entries in the lists of all clients, at any depth, and no others", () => {
  const claude = {
    mcpServers: { hustings: { command: "hustings" }, other: { command: "npx", args: ["x"] } },
    projects: { "/shop": { mcpServers: { bus: { command: "/opt/hustings", args: ["-v"] } } } },
    hustings: { command: "no server" },
  };
  assert.deepEqual(commands(".claude.json", JSON.stringify(claude)), [
    "hustings",
    "/opt/hustings -v",
  ]);
  const opencode = { mcp: { Hustings: { type: "local", command: ["deno", "run", "main.ts"] } } };
  assert.deepEqual(commands("opencode.json", JSON.stringify(opencode)), ["deno run main.ts"]);
});

Deno.test("findServerEntries reads the tables of Codex", () => {
  const text = `model = "x"
[mcp_servers.other]
command = "npx"
args = ["-y", "thing"]
[mcp_servers."hustings"]
command = 'C:\\bin\\hustings.exe'
[mcp_servers.bus]
command = "C:\\\\bin\\\\hustings.exe"
args = [
  "one", "two",
]
[mcp_servers.bus.env]
A = "b"
`;
  assert.deepEqual(commands("config.toml", text), [
    "C:\\bin\\hustings.exe",
    "C:\\bin\\hustings.exe one two",
  ]);
});

Deno.test("findServerEntries gives nothing for files without servers, and undefined for no JSON", () => {
  for (const text of ["{}", "[]", "null", '{"mcpServers":null}', '{"mcpServers":{"hustings":1}}']) {
    assert.deepEqual(commands("a.json", text), [], text);
  }
  assert.equal(commands("a.json", "// jsonc\n{}"), undefined);
  assert.deepEqual(commands("a.toml", "= broken ["), []);
});
