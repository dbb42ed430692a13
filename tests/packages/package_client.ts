import { dirname } from "node:path";
import { aiClients, environmentOf, pathOf } from "../clients/ai_client.ts";
import type { AiClient, Stage } from "../clients/ai_client.ts";
import { TerminalSession } from "../clients/client_session.ts";

/** What a client said, without colours, and how it ended. */
export interface Said {
  readonly code: number;
  readonly text: string;
}

/** A real client with a home that knows of no server: what it has, a package brought. */
export class PackageClient {
  readonly name: AiClient["name"];
  readonly #client: AiClient;
  readonly #stage: Stage;
  readonly #home: string;
  readonly #path: string;

  /** `programs`: a directory of programs on its PATH, first; absent where nothing is to be found there. */
  constructor(name: AiClient["name"], stage: Stage, programs?: string) {
    this.name = name;
    this.#client = aiClients.find((client) => client.name === name)!;
    this.#stage = stage;
    this.#home = `${stage.root}/${name}`;
    this.#path = [...(programs === undefined ? [] : [programs]), pathOf(stage)].join(":");
    Deno.mkdirSync(`${this.#home}/tmp`, { recursive: true });
    for (const [path, text] of Object.entries(bareSettings(stage))) {
      Deno.mkdirSync(dirname(`${this.#home}/${path}`), { recursive: true });
      Deno.writeTextFileSync(`${this.#home}/${path}`, text);
    }
  }

  /** Runs it with these words where the shop is. */
  async run(...args: string[]): Promise<Said> {
    const { installed, shop } = this.#stage;
    const program = `${installed}/${this.name}/node_modules/.bin/${this.name}`;
    const { code, stdout, stderr } = await new Deno.Command("timeout", {
      args: ["--kill-after=5", "120", program, ...args],
      cwd: shop,
      clearEnv: true,
      env: { ...environmentOf(this.#client, this.#stage, this.#home), PATH: this.#path },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const text = new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]));
    // deno-lint-ignore no-control-regex -- colours are control characters
    return { code, text: text.replaceAll(/\x1b\[[0-9;]*m/g, "").trim() };
  }

  /** Has its model call tools of the server. */
  async prompt(...calls: readonly [string, Record<string, unknown>][]): Promise<Said> {
    const asked = calls.map(([tool, args]) => this.#client.ask(tool, args)).join(" ");
    return await this.run(...this.#client.oneShot(asked).map((word) => this.#known(word)));
  }

  /** A session on a terminal, which has had its model look at the list and waits for its user. */
  async idle(): Promise<TerminalSession> {
    const words = this.#client.interactive().map((word) => this.#known(word));
    const client = { ...this.#client, interactive: () => words };
    const terminal = await TerminalSession.start(client, this.#stage, this.#home);
    await terminal.shows(/[>›❯]/);
    const from = this.#stage.model.shown.length;
    await terminal.type(this.#known(client.ask("list", {})));
    await this.#stage.model.sees("peer-shop", from, 60_000);
    await terminal.shows(/done/);
    return terminal;
  }

  /** A tool's name as the client has it: Claude Code puts the plugin's name before that of its server. */
  #known(text: string): string {
    if (this.name !== "claude") return text;
    return text.replaceAll("mcp__hustings", "mcp__plugin_hustings_hustings");
  }
}

/** Settings of all clients, so that each is ready to talk to the model and asks nothing. */
function bareSettings({ shop, model }: Stage): Record<string, string> {
  return {
    ".claude.json": JSON.stringify({
      hasCompletedOnboarding: true,
      customApiKeyResponses: { approved: ["sk-mock-not-real"], rejected: [] },
      projects: { [shop]: { hasTrustDialogAccepted: true, allowedTools: [] } },
    }),
    ".gemini/settings.json": JSON.stringify({
      security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false },
    }),
    ".codex/config.toml": `model = "mock"\nmodel_provider = "mock"\napproval_policy = "never"\n` +
      `[analytics]\nenabled = false\n[projects."${shop}"]\ntrust_level = "trusted"\n` +
      `[model_providers.mock]\nname = "mock"\nbase_url = "${model.url}/v1"\n` +
      `wire_api = "responses"\nenv_key = "MOCK_KEY"\nrequires_openai_auth = false\n`,
  };
}
