import { deepEqual } from "node:assert/strict";
import { findHook } from "../../lib/agents/find_hook.ts";
import { hookIdentity } from "../../lib/agents/hook_identity.ts";
import { readHookInput } from "../../lib/agents/hook_input.ts";

/** What a hook of `short` says of itself, first and then, when its process has these variables. */
async function identity(short: string, said: unknown, env: Record<string, string> = {}) {
  const found = findHook(short, short === "cursor" ? "stop" : "SessionStart");
  if (typeof found === "string") throw new Error(found);
  const { first, second } = hookIdentity(found.client, readHookInput(JSON.stringify(said)), {
    parent: 50,
    env: (name) => env[name],
    cwd: () => "/here",
    ancestorsOf: (pid) => Promise.resolve([pid, 40, 30, 20, 10]),
  });
  return [first, await second()];
}

Deno.test("Claude's hook is known by the process that Claude names, then by conversation", async () => {
  const env = { CLAUDE_PID: "4711", CLAUDE_PROJECT_DIR: "/shop" };
  const who = { client: "claude", directory: "/shop" };
  deepEqual(await identity("claude", { session_id: "s1", cwd: "/shop/src" }, env), [
    { ...who, ancestors: [4711] },
    { ...who, session: "s1", ancestors: [4711] },
  ]);
});

Deno.test("Claude's hook is known by its ancestors where Claude names no process", async () => {
  const who = { client: "claude", directory: "/shop" };
  for (const env of [{}, { CLAUDE_PID: "" }, { CLAUDE_PID: "x" }]) {
    deepEqual(await identity("claude", { session_id: "s1", cwd: "/shop" }, env), [
      { ...who, session: "s1", ancestors: [50] },
      { ...who, ancestors: [50, 40, 30, 20] },
    ]);
  }
});

Deno.test("Codex's hook always names its thread: many threads have one process", async () => {
  const who = { client: "codex", directory: "/shop", session: "t1" };
  deepEqual(await identity("codex", { session_id: "t1", cwd: "/shop" }, { CLAUDE_PID: "4711" }), [
    { ...who, ancestors: [50] },
    { ...who, ancestors: [50, 40, 30, 20] },
  ]);
});

Deno.test("a hook whose client tells its servers no conversation is known by ancestors alone", async () => {
  const env = { CLAUDE_PID: "4711", CLAUDE_PROJECT_DIR: "/other", CLAUDE_CODE_SESSION_ID: "s9" };
  for (
    const [short, said] of [
      ["gemini", { session_id: "g1", cwd: "/shop" }],
      ["vscode", { sessionId: "v1", cwd: "/shop" }],
      ["cursor", { conversation_id: "c1", workspace_roots: ["/shop"] }],
    ] as const
  ) {
    const who = { client: short, directory: "/shop" };
    deepEqual(await identity(short, said, env), [
      { ...who, ancestors: [50] },
      { ...who, ancestors: [50, 40, 30, 20] },
    ]);
  }
});

Deno.test("a hook that is told no directory takes its own", async () => {
  const [first] = await identity("gemini", {});
  deepEqual(first, { client: "gemini", directory: "/here", ancestors: [50] });
});
