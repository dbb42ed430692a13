import { deepEqual, equal, ok } from "node:assert/strict";
import { agentDirectory } from "../lib/agents/agent_directory.ts";
import { clients } from "../lib/agents/clients.ts";
import { findClient } from "../lib/agents/find_client.ts";
import { isName } from "../lib/core/names.ts";
import { limits } from "../lib/core/limits.ts";

Deno.test("a client is known by the name that it announces", () => {
  const known = {
    "claude-code": "claude",
    "gemini-cli-mcp-client": "gemini",
    "codex-mcp-client": "codex",
    "opencode": "opencode",
    "cursor-vscode": "cursor",
    "windsurf-client": "windsurf",
    "Windsurf": "windsurf",
    "Visual Studio Code": "vscode",
    "Visual-Studio-Code": "vscode",
    "Cline": "cline",
    "Zed": "zed",
    "goose": "goose",
    "claude-ai": "claude-desktop",
  };
  const found = Object.keys(known).map((name) => [name, findClient(name).short]);
  deepEqual(Object.fromEntries(found), known);
});

Deno.test("a client is known whatever its capitals, and with a suffix", () => {
  equal(findClient("CLAUDE-CODE").short, "claude");
  equal(findClient("gemini-cli-mcp-client-hustings").short, "gemini");
});

Deno.test("a client that only shares its first letters with a known one is another one", () => {
  equal(findClient("zedoary").short, "zedoary");
});

Deno.test("an unknown client is called by its own name without what says that it is a client", () => {
  equal(findClient("Foo-MCP-Client").short, "foo");
  equal(findClient("acme coder client").short, "acme-coder");
  equal(findClient("@librechat/api-client").short, "librechat-api");
});

Deno.test("an unknown client gets a short name that is a name, whatever it announces", () => {
  for (
    const announced of ["", " ", "🦊", "client", "---", "x".repeat(10_000), "日本", "a\nb\u0000"]
  ) {
    const { short, waitMs } = findClient(announced);
    ok(isName(short), `'${short}' for ${JSON.stringify(announced.slice(0, 20))}`);
    equal(waitMs, limits.defaultWaitMs);
  }
});

Deno.test("every client of the table is found by every name that it has there", () => {
  for (const client of clients) {
    ok(isName(client.short), client.short);
    for (const name of client.announced) equal(findClient(name), client);
  }
});

Deno.test("no client may wait longer than the bus lets a check wait", () => {
  for (const { short, waitMs, waitWithProgressMs = waitMs } of clients) {
    ok(waitMs > 0 && waitMs <= waitWithProgressMs && waitWithProgressMs <= limits.waitMs, short);
  }
});

Deno.test("a client that tests the connection is a probe, one that talks is none", () => {
  equal(findClient("mcp-test-client").probe, true);
  equal(findClient("inspector-cli").probe, true);
  equal(findClient("claude-code").probe, undefined);
  equal(findClient("somebody-new").probe, undefined);
});

Deno.test("an agent works in the project that Claude Code names", () => {
  const env = (name: string) => name === "CLAUDE_PROJECT_DIR" ? "/src/shop" : undefined;
  equal(agentDirectory("claude", { env, cwd: () => "/tmp" }), "/src/shop");
});

Deno.test("an agent that inherited Claude's variables works in its current directory", () => {
  const env = (name: string) => name === "CLAUDE_PROJECT_DIR" ? "/src/shop" : undefined;
  equal(agentDirectory("codex", { env, cwd: () => "/src/other" }), "/src/other");
});

Deno.test("an agent whose current directory was removed works in the root", () => {
  const cwd = () => {
    throw new Deno.errors.NotFound("gone");
  };
  equal(agentDirectory("codex", { env: () => undefined, cwd }), "/");
});
