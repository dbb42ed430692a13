import type { TemporaryBus } from "../support/bus_place.ts";
import { ownProgram } from "../support/own_program.ts";

/** A dashboard of the real program: `await using` ends it. */
export class DashboardProcess implements AsyncDisposable {
  /** The link, with the key. */
  readonly url: string;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts it in the directory `shop` of the bus, and resolves once its page can be had. */
  static async start(bus: TemporaryBus): Promise<DashboardProcess> {
    const [command, ...args] = bus.program ?? [Deno.execPath(), ...ownProgram];
    const child = new Deno.Command(command!, {
      args: [...args, "dashboard", "--no-open", "--json"],
      cwd: bus.directory("shop"),
      env: { HUSTINGS_HOME: bus.home, HUSTINGS_PORT: String(bus.port) },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await lines.read();
    lines.releaseLock();
    return new DashboardProcess(child, JSON.parse(value).url);
  }

  get origin(): string {
    return new URL(this.url).origin;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get key(): string {
    return new URL(this.url).hash.slice(1);
  }

  /** Ends it as Ctrl-C does, and resolves with its exit code. */
  async stop(): Promise<number> {
    this.#child.kill(Deno.build.os === "windows" ? "SIGKILL" : "SIGINT");
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended by itself
    }
  }
}
