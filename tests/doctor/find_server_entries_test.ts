import assert from "node:assert/strict";
import { findServerEntries } from "../../lib/agents/find_server_entries.ts";

const commands = (format: "json" | "toml" | "yaml", text: string) => {
  const found = findServerEntries(format, text);
  return typeof found === "string" ? found : found.map(({ command }) => command.join(" "));
};

Deno.test("findServerEntries finds entries in the lists of all clients, at any depth, and no others", () => {
  const claude = {
    mcpServers: { hustings: { command: "hustings" }, other: { command: "npx", args: ["x"] } },
    projects: { "/shop": { mcpServers: { bus: { command: "/opt/hustings", args: ["-v"] } } } },
    hustings: { command: "no server" },
  };
  assert.deepEqual(commands("json", JSON.stringify(claude)), [
    "hustings",
    "/opt/hustings -v",
  ]);
  const opencode = { mcp: { Hustings: { type: "local", command: ["deno", "run", "main.ts"] } } };
  assert.deepEqual(commands("json", JSON.stringify(opencode)), ["deno run main.ts"]);
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
  assert.deepEqual(commands("toml", text), [
    "C:\\bin\\hustings.exe",
    "C:\\bin\\hustings.exe one two",
  ]);
});

Deno.test("findServerEntries reads the extensions of Goose and JSON with comments", () => {
  const yaml = "extensions:\n  hustings:\n    cmd: /opt/hustings\n    args: [a]\n";
  assert.deepEqual(commands("yaml", yaml), ["/opt/hustings a"]);
  const zed = '{ // mine\n "context_servers": { "x": { "command": "/opt/hustings", }, }, }';
  assert.deepEqual(commands("json", zed), ["/opt/hustings"]);
});

Deno.test("findServerEntries gives nothing for files without servers, and says where one cannot be read", () => {
  for (const text of ["{}", "[]", "null", '{"mcpServers":null}', '{"mcpServers":{"hustings":1}}']) {
    assert.deepEqual(commands("json", text), [], text);
  }
  assert.match(commands("json", '{\n "a": ,\n}') as string, /no JSON.*line 2, column 7/);
  assert.match(commands("toml", "= broken [") as string, /no TOML.*line 1, column 1/);
  assert.match(commands("yaml", "a: [\nb: 1: 2\n") as string, /no YAML.*line 2/);
});
