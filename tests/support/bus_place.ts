import { freeBase } from "./free_ports.ts";
import type { BusPlace } from "./raw_agent.ts";

/** A bus of its own in a temporary directory: `await using` removes it. */
export class TemporaryBus implements BusPlace, AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly port: number;
  readonly program?: readonly string[];
  readonly env: Readonly<Record<string, string>>;

  private constructor(
    root: string,
    program: readonly string[] | undefined,
    env: Readonly<Record<string, string>>,
  ) {
    this.root = root;
    this.env = env;
    this.home = `${root}/home`;
    this.port = freeBase();
    if (program !== undefined) this.program = program;
  }

  /** `HUSTINGS_BINARY` names a binary to use instead of the source; `env` is more variables for it. */
  static async create(env: Readonly<Record<string, string>> = {}): Promise<TemporaryBus> {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "hustings-test-" }));
    const binary = Deno.env.get("HUSTINGS_BINARY");
    return new TemporaryBus(root, binary === undefined ? undefined : [binary], env);
  }

  /** A directory for an agent to work in. */
  directory(name: string): string {
    const path = `${this.root}/${name}`;
    Deno.mkdirSync(path, { recursive: true });
    return path;
  }

  /** Where the bus says that its broker is. */
  endpoint(): { port: number; pid: number; epoch: number } {
    const said = Deno.readTextFileSync(`${this.home}/endpoint.json`);
    const { port, pid, epoch } = JSON.parse(said);
    return { port, pid, epoch };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}
