import { limits } from "../core/limits.ts";

/** A moment at which a client runs commands of its user. */
export interface ClientHook {
  /** What the client calls it. */
  readonly event: string;
  /** A session begins, its user has sent a prompt, a tool was called, or the turn is about to end. */
  readonly moment: "start" | "prompt" | "tool" | "end";
  /** How it takes text for its model then; absent where it takes none. */
  readonly form?: HookForm;
}

/** How a client takes text from a hook: see `hookOutput`. */
export type HookForm = "context" | "block" | "nested block" | "plain context" | "follow-up";

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
  /** The same where the client hears the call's progress, if that extends its time. */
  readonly waitWithProgressMs?: number;
  /**
   * How a server that the client starts learns the client's own id of the conversation: by its
   * environment, or with each call of a tool. Absent where it does not.
   */
  readonly session?: "environment" | "call";
  /**
   * What wakes an idle session: a hook that ends late (Claude's `asyncRewake`), or a command that queues
   * a message for it. Absent where nothing does.
   */
  readonly wake?: "hook" | "queue";
  /** The hooks of the client that are of use. */
  readonly hooks?: readonly ClientHook[];
  /** It only tests the connection: nobody is there until it calls a tool. */
  readonly probe?: true;
}

/** Measured with Claude Code 2.1.330 and Codex 0.169. */
const claudeHooks: readonly ClientHook[] = [
  { event: "SessionStart", moment: "start", form: "context" },
  { event: "UserPromptSubmit", moment: "prompt", form: "context" },
  { event: "PostToolUse", moment: "tool", form: "context" },
];

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
    session: "environment",
    wake: "hook",
    // Context goes on with the turn, too; a block's reason is shown twice, and called an error.
    hooks: [...claudeHooks, { event: "Stop", moment: "end", form: "context" }],
  },
  {
    // Measured, 0.169: 300 s, and progress does not extend them.
    announced: ["codex-mcp-client", "Codex"],
    short: "codex",
    title: "Codex",
    waitMs: 280_000,
    session: "call",
    wake: "queue",
    hooks: [...claudeHooks, { event: "Stop", moment: "end", form: "block" }],
  },
  {
    // Measured, 0.61: 10 minutes, and progress does not extend them.
    announced: ["gemini-cli-mcp-client"],
    short: "gemini",
    title: "Gemini CLI",
    waitMs: 570_000,
    hooks: [
      { event: "SessionStart", moment: "start", form: "context" },
      { event: "BeforeAgent", moment: "prompt", form: "context" },
      { event: "AfterTool", moment: "tool", form: "context" },
      { event: "AfterAgent", moment: "end", form: "block" },
    ],
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
    // Measured, 1.18: 60 s without progress; with it a call of 420 s came to its end. It has no hooks
    // that run commands, only plugins.
    announced: ["opencode"],
    short: "opencode",
    title: "opencode",
    waitMs: 50_000,
    waitWithProgressMs: 410_000,
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
  {
    // Documented, not seen: these two hooks; the second one prolongs a turn five times unless
    // `loop_limit` says otherwise.
    ...plain("cursor", "Cursor", "cursor-vscode"),
    hooks: [
      { event: "sessionStart", moment: "start", form: "plain context" },
      { event: "stop", moment: "end", form: "follow-up" },
    ],
  },
  plain("windsurf", "Windsurf", "windsurf-client", "Windsurf"),
  {
    // Documented, not seen: shaped as Claude's, but a prompt takes no text.
    ...plain("vscode", "Visual Studio Code", "Visual Studio Code", "Visual-Studio-Code"),
    hooks: [
      { event: "SessionStart", moment: "start", form: "context" },
      { event: "UserPromptSubmit", moment: "prompt" },
      { event: "PostToolUse", moment: "tool", form: "context" },
      { event: "Stop", moment: "end", form: "nested block" },
    ],
  },
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
