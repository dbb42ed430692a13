import type { Part } from "./agent.ts";

/** The agents of the demo, announcing themselves as the real clients do. */
export const parts = {
  gemini: { title: "Gemini CLI", announced: "gemini-cli-mcp-client" },
  claude: { title: "Claude Code", announced: "claude-code" },
  windsurf: { title: "Windsurf", announced: "windsurf-client" },
  codex: { title: "Codex", announced: "codex-mcp-client" },
} as const satisfies Record<string, Part>;
