import { HustingsProcess } from "./hustings_process.ts";

/** How long a terminal may take to show what it should; far beyond what it takes. */
const patienceMs = 20_000;
/** Pause between two looks at a terminal, which tells nobody that it has changed. */
const lookMs = 25;

/** Why a test that needs tmux does not run here; undefined where it is there. */
export const noTmux = await whyNot();

async function whyNot(): Promise<string | undefined> {
  try {
    await new Deno.Command("tmux", { args: ["-V"] }).output();
    return undefined;
  } catch {
    return "there is no tmux";
  }
}

export interface TmuxOptions {
  readonly width?: number;
  readonly height?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A terminal with a shell in it, of a tmux server of its own: what a program shows there can be looked at,
 * and keys be pressed. `await using` ends that server, and with it all that runs there.
 */
export class TmuxTerminal implements AsyncDisposable {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async create(bus: HustingsProcess, options: TmuxOptions = {}): Promise<TmuxTerminal> {
    const { width = 100, height = 30, env = {} } = options;
    const socket = await Deno.makeTempFile({ prefix: "hustings-tmux-" });
    await Deno.remove(socket);
    const made = new TmuxTerminal(socket);
    const variables = { ...bus.environment(), ENV: "", ...env };
    const settings = Object.entries(variables).flatMap((
      [name, value],
    ) => ["-e", `${name}=${value}`]);
    await made.#tmux(
      ...["-f", "/dev/null", "-u", "new-session", "-d", "-c", bus.shop, ...settings],
      ...["-x", String(width), "-y", String(height), "sh"],
    );
    await made.until(/^[$#]/); // what is typed before the shell reads it is shown twice
    return made;
  }

  /** Presses keys, each a letter or one that tmux has a name for: `Enter`, `Up`, `C-c`. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", text);
  }

  /** Types a command into the shell and runs it. */
  async run(command: string): Promise<void> {
    await this.type(command);
    await this.press("Enter");
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(width), "-y", String(height));
  }

  /** What stands in the terminal; by tmux's own flags with its styles as sequences, and with blanks at the ends. */
  async shown(...flags: ("-e" | "-N")[]): Promise<string> {
    return await this.#tmux("capture-pane", "-p", ...flags);
  }

  /** What tmux knows of the terminal, by its own format. */
  async fact(format: string): Promise<string> {
    return (await this.#tmux("display-message", "-p", format)).trimEnd();
  }

  /** Resolves with what is shown once every pattern is in it; rejects with that when it takes too long. */
  async until(...patterns: RegExp[]): Promise<string> {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      const shown = await this.shown();
      const missing = patterns.filter((pattern) => !pattern.test(shown));
      if (missing.length === 0) return shown;
      if (performance.now() > endMs) throw new Error(`${missing.join()} is not in\n${shown}`);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  }

  async #tmux(...args: string[]): Promise<string> {
    const command = new Deno.Command("tmux", {
      args: ["-S", this.#socket, ...args],
      env: { TMUX: "", LC_ALL: "C.UTF-8" },
    });
    const { success, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    if (success) return decoder.decode(stdout);
    throw new Error(`tmux ${args.join(" ")}: ${decoder.decode(stderr)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
    await Deno.remove(this.#socket).catch(() => {});
  }
}
