import { freePorts } from "../../support/free_ports.ts";
import { Spawned } from "../spawned.ts";
import { bytes, RoundTrip } from "./round_trip.ts";

/**
 * Runs the broker in the unmodified file of claude-ipc-mcp on a port of its own. The file also holds an MCP
 * server, for whose library a stand-in is enough: it is not started.
 */
const runner = `
import importlib.util, sys, threading, types
class Anything:
    def __init__(self, *args, **kwargs): pass
    def __getattr__(self, name): return lambda *args, **kwargs: (lambda function: function)
for name in ("mcp", "mcp.server", "mcp.types"):
    module = types.ModuleType(name)
    module.__getattr__ = lambda attribute: Anything
    sys.modules[name] = module
path, port = sys.argv[1:]
spec = importlib.util.spec_from_file_location("legacy", path)
legacy = importlib.util.module_from_spec(spec)
spec.loader.exec_module(legacy)
legacy.MessageBroker("127.0.0.1", int(port)).start()
threading.Event().wait()
`;

/** Requests of one name that it takes in a minute, with its registration, and messages for one reader. */
const requestsMax = 90;

/** The broker of claude-ipc-mcp 2.0, from its own file. */
export class LegacyBroker implements AsyncDisposable {
  readonly name = "claude-ipc-mcp 2.0, one connection each";
  readonly #server: Spawned;
  readonly #port: number;
  #sent = 0;
  #sender = "";
  #token = "";

  private constructor(server: Spawned, port: number) {
    this.#server = server;
    this.#port = port;
  }

  /** `file`: its `claude_ipc_server.py`; it keeps what it stores below `home`. */
  static async start(file: string, home: string): Promise<LegacyBroker> {
    const [port] = freePorts(1);
    const program: [string, ...string[]] = ["python3", "-c", runner, file, String(port)];
    const env = { HOME: home, IPC_SHARED_SECRET: "" };
    const server = await Spawned.until(program, "listening", { env });
    return new LegacyBroker(server, port!);
  }

  /** Resolves when the broker says that it has the text; `rest` comes before it. */
  async send(text: string): Promise<void> {
    const message = { content: text };
    const to = { ["from_id"]: this.#sender, ["to_id"]: this.#sender };
    const from = { ...to, ["session_token"]: this.#token };
    const answer = await this.#ask({ action: "send", message, ...from });
    if (answer["status"] !== "ok") throw new Error(`claude-ipc-mcp says ${JSON.stringify(answer)}`);
    this.#sent += 1;
  }

  /** To be called between sends: registers a new name where the old one has used up its requests. */
  async rest(): Promise<void> {
    if (this.#sender !== "" && this.#sent % requestsMax !== 0) return;
    this.#sender = `sender-${this.#sent}`;
    const answer = await this.#ask({ action: "register", ["instance_id"]: this.#sender });
    this.#token = String(answer["session_token"]);
  }

  async #ask(request: Record<string, unknown>): Promise<Record<string, unknown>> {
    const line = await RoundTrip.open(this.#port);
    const said = await line.ask(bytes(JSON.stringify(request)));
    line.close();
    return JSON.parse(said);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.end();
  }
}
