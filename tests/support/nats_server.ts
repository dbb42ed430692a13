import { freePorts } from "./free_ports.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Why no server of NATS can be tried here; undefined where one can. */
export const natsMissing: string | undefined = whyMissing();

function whyMissing(): string | undefined {
  try {
    new Deno.Command("nats-server", { args: ["--version"], stdout: "null" }).outputSync();
    return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "nats-server is not installed";
  }
}

export interface NatsServerOptions {
  /** More of its configuration file; `DIRECTORY` in it is its own. */
  readonly config?: string;
  /** What stands for JetStream in the configuration; empty for a server without. */
  readonly jetstream?: string;
  readonly port?: number;
  readonly name?: string;
  /** It is ready once it has written this. */
  readonly sign?: string;
}

/** A server of NATS with JetStream, on a port and in a directory of its own; `await using` ends it. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  readonly directory: TemporaryDirectory;
  #options: NatsServerOptions;
  #child: Deno.ChildProcess | undefined;
  #log: Promise<void> = Promise.resolve();
  /** What it has written since it was started last. */
  said = "";
  #more = Promise.withResolvers<void>();

  private constructor(options: NatsServerOptions) {
    this.#options = options;
    this.port = options.port ?? freePorts(1)[0]!;
    this.directory = new TemporaryDirectory();
  }

  /** Resolves when it is ready. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = NatsServer.prepare(options);
    await server.begin();
    return server;
  }

  /** One that does not run yet. */
  static prepare(options: NatsServerOptions = {}): NatsServer {
    const server = new NatsServer(options);
    server.configure({});
    return server;
  }

  /** Changes what it is started with, from its next start on. */
  configure(options: Pick<NatsServerOptions, "config" | "jetstream">): void {
    this.#options = { ...this.#options, ...options };
    Deno.writeTextFileSync(this.directory.at("nats.conf"), this.#config());
  }

  /** The address for a `HUSTINGS_URL`. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get name(): string {
    return this.#options.name ?? "test";
  }

  get pid(): number {
    return this.#child!.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it, after its end on the same port and with what it has on disk; resolves when it is ready. */
  async begin(): Promise<void> {
    this.spawn();
    await this.says(this.#options.sign ?? "Server is ready");
  }

  /** The same without waiting for it. */
  spawn(): void {
    this.said = "";
    const args = ["-c", this.directory.at("nats.conf")];
    const streams = { stdout: "null", stderr: "piped" } as const;
    const child = new Deno.Command("nats-server", { args, ...streams }).spawn();
    this.#child = child;
    this.#log = this.#read(child);
  }

  /** Resolves once it has written `sign`; rejects when it ends without. */
  async says(sign: string): Promise<void> {
    while (!this.said.includes(sign)) {
      if (this.#child === undefined) throw new Error(`nats-server ended: ${this.said}`);
      await this.#more.promise;
    }
  }

  /** Ends it as a power cut of its process does; resolves when it is gone. */
  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    this.#child?.kill(signal);
    await this.#log;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.directory[Symbol.dispose]();
  }

  #config(): string {
    const { config = "", jetstream } = this.#options;
    const own = `server_name: "${this.name}"\nlisten: "127.0.0.1:${this.port}"\n`;
    const store = `jetstream { store_dir: "DIRECTORY/store" }`;
    return `${own}${jetstream ?? store}\n${config}\n`.replaceAll("DIRECTORY", this.directory.path);
  }

  async #read(child: Deno.ChildProcess): Promise<void> {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      this.said += text;
      this.#tell();
    }
    await child.status;
    this.#child = undefined;
    this.#tell();
  }

  #tell(): void {
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }
}
