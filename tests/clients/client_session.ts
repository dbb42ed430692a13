import { environmentOf } from "./ai_client.ts";
import type { AiClient, Stage } from "./ai_client.ts";

/** A home of its own for `client`, made with its settings; `hooks`: those of the bus, too. */
export function clientHome(client: AiClient, stage: Stage, hooks: boolean): string {
  const home = `${stage.root}/${client.name}${hooks ? "-hooks" : ""}`;
  Deno.mkdirSync(`${home}/tmp`, { recursive: true });
  client.configure(stage, home, { server: true, hooks });
  return home;
}

function programOf(client: AiClient, { installed }: Stage): string {
  return `${installed}/${client.name}/node_modules/.bin/${client.name}`;
}

/** Runs one prompt in `client` to its end. Rejects with what it said when it failed. */
export async function runPrompt(
  client: AiClient,
  stage: Stage,
  home: string,
  prompt: string,
): Promise<void> {
  await runClient(client, stage, home, client.oneShot(prompt));
}

/** Runs `client` with `words` to its end and returns all that it said. Rejects with that when it failed. */
export async function runClient(
  client: AiClient,
  stage: Stage,
  home: string,
  words: readonly string[],
): Promise<string> {
  // Some clients start a second process of themselves: all of the group is ended.
  const { code, stdout, stderr } = await new Deno.Command("timeout", {
    args: ["--kill-after=5", "180", programOf(client, stage), ...words],
    cwd: stage.shop,
    clearEnv: true,
    env: environmentOf(client, stage, home),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]));
  if (code === 0) return said;
  throw new Error(`${client.title} ended with ${code}: ${said.slice(-2_000)}`);
}

/** A session of a client on a terminal of its own (tmux), as a person has it. */
export class TerminalSession implements AsyncDisposable {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async start(client: AiClient, stage: Stage, home: string): Promise<TerminalSession> {
    const session = new TerminalSession(`${stage.root}/tmux-${client.name}`);
    const env = Object.entries(environmentOf(client, stage, home)).map(([key, value]) =>
      `${key}=${value}`
    );
    const line = ["env", "-i", ...env, programOf(client, stage), ...client.interactive()];
    await session.#tmux(
      ...["new-session", "-d", "-x", "160", "-y", "50", "-c", stage.shop],
      line.map((word) => `'${word}'`).join(" "),
    );
    return session;
  }

  /** Types a line and sends it. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
    // Pasted text ends where the pause is; a return right behind it would belong to it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await this.#tmux("send-keys", "Enter");
  }

  async press(key: string): Promise<void> {
    await this.#tmux("send-keys", key);
  }

  /** What stands on the terminal. */
  screen(): Promise<string> {
    return this.#tmux("capture-pane", "-p");
  }

  /** Resolves once the screen shows what `pattern` fits. */
  async shows(pattern: RegExp, withinMs = 60_000): Promise<void> {
    const endMs = performance.now() + withinMs;
    for (;;) {
      const screen = await this.screen();
      if (pattern.test(screen)) return;
      if (performance.now() > endMs) throw new Error(`${pattern} is not on the screen:\n${screen}`);
      // A terminal tells nobody what comes.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
  }

  async #tmux(...words: string[]): Promise<string> {
    const args = ["-S", this.#socket, "-f", "/dev/null", ...words];
    const { code, stdout, stderr } = await new Deno.Command("tmux", { args }).output();
    const said = new TextDecoder();
    if (code !== 0) throw new Error(`tmux ${words[0]}: ${said.decode(stderr)}`);
    return said.decode(stdout);
  }
}
