import { limits } from "../core/limits.ts";

/** What differs between the AI clients that start this program. */
export interface ClientProfile {
  /** What the client announces as `clientInfo.name` at `initialize`. */
  readonly announced: readonly string[];
  /** The first part of its agents' names. */
  readonly short: string;
  /** For people. */
  readonly title: string;
  /** The longest useful wait of one tool call, in ms. */
  readonly waitMs: number;
  /** It only tests the connection: nobody is there until it calls a tool. */
  readonly probe?: true;
}

/**
 * Every AI client that is known by name. `waitMs` stays below the moment at which the client gives a
 * tool call up; where that moment is not known, or is the 60 s of the MCP SDKs, it is the default.
 *
 * "Measured" means: seen with the client itself in the version named. The names without a note are
 * those of the npm package mcp-client-capabilities 0.0.14.
 */
export const clients: readonly ClientProfile[] = [
  {
    // Measured, 2.1.330: no limit of its own below 30 minutes, but an interactive session moves a
    // call into the background after 120 s.
    announced: ["claude-code"],
    short: "claude",
    title: "Claude Code",
    waitMs: 110_000,
  },
  {
    // Measured, 0.169: 300 s, and progress does not extend them.
    announced: ["codex-mcp-client", "Codex"],
    short: "codex",
    title: "Codex",
    waitMs: 280_000,
  },
  {
    // Measured, 0.61: 10 minutes, and progress does not extend them.
    announced: ["gemini-cli-mcp-client"],
    short: "gemini",
    title: "Gemini CLI",
    waitMs: 570_000,
  },
  {
    // Measured, Gemini CLI 0.61: what `gemini mcp list` announces.
    announced: ["mcp-test-client"],
    short: "gemini",
    title: "Gemini CLI (connection test)",
    waitMs: limits.defaultWaitMs,
    probe: true,
  },
  {
    // Measured, 1.18: 60 s without progress.
    announced: ["opencode"],
    short: "opencode",
    title: "opencode",
    waitMs: 50_000,
  },
  {
    // Source of goose, DEFAULT_EXTENSION_TIMEOUT: 300 s.
    announced: ["goose"],
    short: "goose",
    title: "Goose",
    waitMs: 280_000,
  },
  {
    // Source of Cline (McpHub.ts): 60 s, `timeout` in its settings changes them.
    announced: ["Cline", "@cline/core"],
    short: "cline",
    title: "Cline",
    waitMs: limits.defaultWaitMs,
  },
  {
    // Settings of Zed, context_server_timeout: 60 s.
    announced: ["Zed"],
    short: "zed",
    title: "Zed",
    waitMs: limits.defaultWaitMs,
  },
  {
    // Measured, MCP Inspector 2.12: `--cli`; its other parts begin alike. People use it for a look.
    announced: ["inspector"],
    short: "inspector",
    title: "MCP Inspector",
    waitMs: limits.defaultWaitMs,
    probe: true,
  },
  plain("cursor", "Cursor", "cursor-vscode"),
  plain("windsurf", "Windsurf", "windsurf-client", "Windsurf"),
  plain("vscode", "Visual Studio Code", "Visual Studio Code", "Visual-Studio-Code"),
  plain("claude-desktop", "Claude Desktop", "claude-ai"),
  plain("antigravity", "Google Antigravity", "antigravity-client"),
  plain("amp", "Amp", "amp-mcp-client"),
  plain("continue", "Continue", "continue-cli-client"),
  plain("copilot", "GitHub Copilot CLI", "github-copilot-developer"),
  plain(
    "jetbrains",
    "JetBrains",
    "JetBrains-IU-copilot-intellij",
    "JetBrains-JBC-copilot-intellij",
  ),
  plain("xcode", "GitHub Copilot for Xcode", "Xcode-copilot-xcode"),
  plain("crush", "Crush", "crush"),
  plain("droid", "Factory", "factory-cli"),
  plain("kilo", "Kilo Code", "Kilo-Code"),
  plain("roo", "Roo Code", "Roo-Code"),
  plain("amazon-q", "Amazon Q Developer", "Q-DEV-CLI"),
];

/** A client of which no more is known than what it announces. */
function plain(short: string, title: string, ...announced: string[]): ClientProfile {
  return { announced, short, title, waitMs: limits.defaultWaitMs };
}
