import { fileURLToPath } from "node:url";
import type { MockModel } from "./mock_model.ts";

/** Where a client is tried. */
export interface Stage {
  /** Holds each client's folder, as in `DIR/claude/node_modules/.bin/claude`. */
  readonly installed: string;
  /** Made for one run: the clients' homes are below it. */
  readonly root: string;
  /** The directory in which all of them work. */
  readonly shop: string;
  readonly model: MockModel;
  readonly home: string;
  readonly port: number;
  /** The program, and what follows it. */
  readonly program: readonly string[];
}

/** The program from source, or the binary that HUSTINGS_BINARY names. */
export function programUnderTest(): string[] {
  const binary = Deno.env.get("HUSTINGS_BINARY");
  const source = fileURLToPath(import.meta.resolve("../../main.ts"));
  return binary ? [binary] : [Deno.execPath(), "run", "-A", source];
}

/** What of ours stands in a client's settings. */
export interface Parts {
  readonly server: boolean;
  readonly hooks: boolean;
}

/** What differs between the clients, for who starts them. */
export interface AiClient {
  readonly name: "claude" | "gemini" | "codex" | "opencode";
  readonly title: string;
  /** It runs commands of its user, which may show its model something. */
  readonly hasHooks: boolean;
  /** Something wakes its idle session. */
  readonly isWoken: boolean;
  /** Writes its settings into `home`: the model, and what `parts` says of ours. */
  configure(stage: Stage, home: string, parts: Parts): void;
  /** Its configuration, below its home. */
  readonly files: readonly string[];
  /** The words that list its servers, and what it says of one that it has started; absent where it starts none for that. */
  readonly list: { readonly words: readonly string[]; readonly connected?: RegExp };
  env(stage: Stage): Record<string, string>;
  /** The words that run one prompt to its end. */
  oneShot(prompt: string): string[];
  /** The words that begin a session on a terminal. */
  interactive(): string[];
  /** What a prompt says so that the model calls the tool. */
  ask(tool: string, args: Record<string, unknown>): string;
}

const key = "sk-mock-not-real";

function write(path: string, value: unknown): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  Deno.writeTextFileSync(path, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

/** Deno's cache of packages, too: a client's own home has none, and filling it would take its time. */
function serverEnv({ home, port }: Stage): Record<string, string> {
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  return { HUSTINGS_HOME: home, HUSTINGS_PORT: String(port), DENO_DIR: cache };
}

/** A hook's command line, for a shell. */
function hookLine(stage: Stage, ...words: string[]): string {
  return [...stage.program, "hook", ...words].map((word) => `'${word}'`).join(" ");
}

function asked(name: string, args: Record<string, unknown>): string {
  return `CALL ${name} ${JSON.stringify(args)} END`;
}

const claudeEvents = ["SessionStart", "UserPromptSubmit", "PostToolUse", "Stop"];
const geminiEvents = ["SessionStart", "BeforeAgent", "AfterTool", "AfterAgent"];

const claude: AiClient = {
  name: "claude",
  files: [".claude.json", ".claude/settings.json"],
  list: { words: ["mcp", "list"], connected: /hustings: .*Connected/ },
  title: "Claude Code",
  hasHooks: true,
  isWoken: true,
  configure(stage, home, { server, hooks }) {
    const [command, ...args] = stage.program;
    const entry = { type: "stdio", command, args, env: serverEnv(stage) };
    write(`${home}/.claude.json`, {
      hasCompletedOnboarding: true,
      customApiKeyResponses: { approved: [key], rejected: [] },
      projects: { [stage.shop]: { hasTrustDialogAccepted: true, allowedTools: [] } },
      ...(server ? { mcpServers: { hustings: entry } } : {}),
    });
    if (!hooks) return;
    const entries = claudeEvents.map((event) => {
      const wait = {
        command: hookLine(stage, "claude", "wait"),
        asyncRewake: true,
        timeout: 86_400,
      };
      const waits = ["SessionStart", "Stop"].includes(event) ? [{ type: "command", ...wait }] : [];
      const own = { type: "command", command: hookLine(stage, "claude", event) };
      return [event, [{ hooks: [own, ...waits] }]];
    });
    write(`${home}/.claude/settings.json`, { hooks: Object.fromEntries(entries) });
  },
  env: ({ model }) => ({
    ...{ ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: key, DISABLE_AUTOUPDATER: "1" },
    ...{ DISABLE_TELEMETRY: "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" },
  }),
  oneShot: (prompt) => ["-p", prompt, "--allowedTools", "mcp__hustings"],
  interactive: () => ["--allowedTools", "mcp__hustings"],
  ask: (tool, args) => asked(`mcp__hustings__${tool}`, args),
};

const gemini: AiClient = {
  name: "gemini",
  files: [".gemini/settings.json"],
  list: { words: ["mcp", "list"], connected: /hustings: .*Connected/ },
  title: "Gemini CLI",
  hasHooks: true,
  isWoken: false,
  configure(stage, home, { server, hooks }) {
    const [command, ...args] = stage.program;
    const entries = geminiEvents.map((event) => {
      const own = { type: "command", name: "hustings", command: hookLine(stage, "gemini", event) };
      return [event, [{ matcher: "*", hooks: [own] }]];
    });
    write(`${home}/.gemini/settings.json`, {
      security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false },
      ...(server ? { mcpServers: { hustings: { command, args, env: serverEnv(stage) } } } : {}),
      ...(hooks ? { hooks: Object.fromEntries(entries) } : {}),
    });
  },
  env: ({ model }) => ({ GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: model.url }),
  oneShot: (prompt) => ["-p", prompt, "--approval-mode", "yolo", "--skip-trust"],
  interactive: () => ["--approval-mode", "yolo", "--skip-trust"],
  ask: (tool, args) => asked(`mcp_hustings_${tool}`, args),
};

const codex: AiClient = {
  name: "codex",
  files: [".codex/config.toml", ".codex/hooks.json"],
  list: { words: ["mcp", "list"] },
  title: "Codex",
  hasHooks: true,
  isWoken: true,
  configure(stage, home, { server, hooks }) {
    const { model } = stage;
    const [command, ...args] = stage.program;
    // TOML writes strings and lists of them as JSON does.
    const env = Object.entries(serverEnv(stage)).map(([name, value]) => `${name} = "${value}"\n`);
    const table =
      `[mcp_servers.hustings]\nrequired = true\nstartup_timeout_sec = 60\ncommand = ${
        JSON.stringify(command)
      }\nargs = ${JSON.stringify(args)}\n[mcp_servers.hustings.env]\n${env.join("")}` +
      // Codex starts servers with little of its environment; `codex queue` needs its program.
      `PATH = ${JSON.stringify(pathOf(stage))}\n`;
    write(
      `${home}/.codex/config.toml`,
      `model = "mock"\nmodel_provider = "mock"\napproval_policy = "never"\n` +
        `[analytics]\nenabled = false\n[projects."${stage.shop}"]\ntrust_level = "trusted"\n` +
        `[model_providers.mock]\nname = "mock"\nbase_url = "${model.url}/v1"\n` +
        `wire_api = "responses"\nenv_key = "MOCK_KEY"\nrequires_openai_auth = false\n` +
        (server ? table : ""),
    );
    if (!hooks) return;
    const entries = claudeEvents.map((event) => {
      const own = { type: "command", command: hookLine(stage, "codex", event) };
      return [event, [{ hooks: [own] }]];
    });
    write(`${home}/.codex/hooks.json`, { hooks: Object.fromEntries(entries) });
  },
  env: () => ({ MOCK_KEY: "x" }),
  oneShot: (prompt) => ["exec", "--skip-git-repo-check", "--dangerously-bypass-hook-trust", prompt],
  interactive: () => ["--dangerously-bypass-hook-trust"],
  ask: (tool, args) => asked(tool, { ...args, namespace: "mcp__hustings" }),
};

const opencode: AiClient = {
  name: "opencode",
  files: [".config/opencode/opencode.json"],
  list: { words: ["mcp", "list"], connected: /hustings.*connected/i },
  title: "opencode",
  hasHooks: false,
  isWoken: false,
  configure(stage, home, { server }) {
    const { model, program } = stage;
    const entry = { type: "local", command: program, environment: serverEnv(stage), enabled: true };
    const options = { baseURL: `${model.url}/v1`, apiKey: "x" };
    const provider = { npm: "@ai-sdk/openai-compatible", name: "mock", options };
    write(`${home}/.config/opencode/opencode.json`, {
      $schema: "https://opencode.ai/config.json",
      ...{ autoupdate: false, share: "disabled", model: "mock/mock" },
      provider: { mock: { ...provider, models: { mock: { name: "mock" } } } },
      ...(server ? { mcp: { hustings: entry } } : {}),
    });
  },
  env: () => ({}),
  oneShot: (prompt) => ["run", prompt],
  interactive: () => [],
  ask: (tool, args) => asked(`hustings_${tool}`, args),
};

export const aiClients: readonly AiClient[] = [claude, gemini, codex, opencode];

/** What a client finds its helpers on, and its servers it. */
export function pathOf({ installed }: Stage): string {
  const own = aiClients.map(({ name }) => `${installed}/${name}/node_modules/.bin`);
  return [...own, "/usr/local/bin", "/usr/bin", "/bin"].join(":");
}

/** All of the environment that a client gets: nothing of the one around the tests. */
export function environmentOf(
  client: AiClient,
  stage: Stage,
  home: string,
): Record<string, string> {
  return {
    ...{ PATH: pathOf(stage), HOME: home, TMPDIR: `${home}/tmp`, LANG: "C.UTF-8" },
    ...{ TERM: "xterm-256color", XDG_CONFIG_HOME: `${home}/.config` },
    ...{ XDG_DATA_HOME: `${home}/.local/share`, XDG_STATE_HOME: `${home}/.local/state` },
    ...serverEnv(stage),
    ...client.env(stage),
  };
}
