import assert from "node:assert/strict";
import { resolve } from "node:path";
import { version } from "../lib/core/version.ts";
import { natsMissing, NatsServer } from "./support/nats_server.ts";

// Drives a binary from outside, in the plain JSON lines of MCP, with nothing of the program or of an
// MCP library: `deno task compile && HUSTINGS_BINARY=build/hustings deno test -A tests/binary_test.ts`

const named = Deno.env.get("HUSTINGS_BINARY");
const binary = resolve(named ?? "");

/** How long anything may take before a test gives up; far beyond what it takes. */
const patienceMs = 15_000;

function test(name: string, fn: (bus: Bus) => Promise<void>, missing?: string): void {
  const why = named === undefined ? "set HUSTINGS_BINARY to try it" : missing;
  Deno.test({
    name: why === undefined ? name : `${name} (${why})`,
    ignore: why !== undefined,
    fn: async () => {
      await using bus = await Bus.create();
      await fn(bus);
    },
  });
}

/** A place for one test: a home and ports of its own, and the processes that it started. */
class Bus implements AsyncDisposable {
  readonly #root: string;
  readonly #port: number;
  readonly #processes: Deno.ChildProcess[] = [];

  private constructor(root: string, port: number) {
    this.#root = root;
    this.#port = port;
  }

  static async create(): Promise<Bus> {
    const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "hustings-test-" }));
    await Deno.mkdir(`${root}/shop`);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    listener.close();
    return new Bus(root, Math.min(listener.addr.port, 65_526));
  }

  get port(): number {
    return this.#port;
  }

  start(args: string[] = [], env: Record<string, string> = {}): Deno.ChildProcess {
    return this.#start(binary, args, env);
  }

  /** The same below a shell, as clients run their hooks. */
  startInShell(args: string[]): Deno.ChildProcess {
    return this.#start("sh", ["-c", '"$0" "$@"; exit $?', binary, ...args], {});
  }

  #start(command: string, args: string[], env: Record<string, string>): Deno.ChildProcess {
    const process = new Deno.Command(command, {
      args,
      cwd: `${this.#root}/shop`,
      env: {
        HUSTINGS_HOME: `${this.#root}/home`,
        HUSTINGS_PORT: String(this.#port),
        HUSTINGS_NAME: "",
        CLAUDE_PROJECT_DIR: "",
        CLAUDE_CODE_SESSION_ID: "",
        CLAUDE_PID: "",
        ...env,
      },
      stdin: args.length === 0 ? "piped" : "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#processes.push(process);
    return process;
  }

  /** An agent that has shaken hands as the client `announced`. */
  async agent(announced: string): Promise<Agent> {
    const agent = new Agent(this.start());
    await agent.initialize(announced);
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended already, as it should.
      }
      await process.status;
      if (!process.stdout.locked) await process.stdout.cancel();
    }
    await Deno.remove(this.#root, { recursive: true });
  }
}

// deno-lint-ignore no-explicit-any -- what comes over the wire is judged by the assertions
type Json = any;

/** One process of the binary and the lines that go in and out. */
class Agent {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;
  #nextId = 1;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#lines = linesOf(process.stdout);
  }

  get pid(): number {
    return this.#process.pid;
  }

  async initialize(announced: string): Promise<Json> {
    const clientInfo = { name: announced, version: "1.0.0" };
    const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
    const result = await this.request("initialize", params);
    await this.#write({ jsonrpc: "2.0", method: "notifications/initialized" });
    return result;
  }

  /** One request and its result; throws when it is answered with an error or not at all. */
  async request(method: string, params: Json = {}): Promise<Json> {
    const id = this.#nextId++;
    await this.#write({ jsonrpc: "2.0", id, method, params });
    while (true) {
      const { value, done } = await within(this.#lines.next(), `an answer to ${method}`);
      if (done) throw new Error(`The binary ended instead of answering ${method}`);
      const message = JSON.parse(value);
      if (message.id !== id) continue;
      assert.equal(message.error, undefined);
      return message.result;
    }
  }

  /** Calls one tool and gives its structured content; throws when it says that it failed. */
  async call(name: string, args: Json = {}): Promise<Json> {
    const result = await this.request("tools/call", { name, arguments: args });
    assert.ok(!result.isError, JSON.stringify(result.content));
    return result.structuredContent;
  }

  async status(): Promise<Json> {
    const { contents } = await this.request("resources/read", { uri: "hustings://status" });
    return JSON.parse(contents[0].text);
  }

  /** SIGKILL: it can neither say nor write anything any more. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await this.#input.abort();
  }

  /** Closes its stdin, as a client does that goes; gives its exit code. */
  async leave(): Promise<number> {
    await this.#input.close();
    const { code } = await within(this.#process.status, "the end of the process");
    return code;
  }

  async #write(message: Json): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let begun = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (begun + text).split("\n");
    begun = lines.pop()!;
    yield* lines;
  }
  assert.equal(begun, "", "the last line has an end");
}

/** What `promise` gives, or an error when it takes longer than anyone should wait. */
async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Waited too long for ${what}`)), patienceMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function ended(process: Deno.ChildProcess): Promise<{ code: number; stdout: string }> {
  const { code, stdout } = await within(process.output(), "the end of the command");
  return { code, stdout: new TextDecoder().decode(stdout) };
}

test("the binary tells its version and ends", async (bus) => {
  assert.deepEqual(await ended(bus.start(["--version"])), { code: 0, stdout: `${version}\n` });
});

test("the binary says who it is when it is initialized, and what it can do", async (bus) => {
  const agent = new Agent(bus.start());
  const { serverInfo, capabilities } = await agent.initialize("claude-code");
  assert.deepEqual([serverInfo.name, serverInfo.version], ["hustings", version]);
  assert.ok("tools" in capabilities);
  const { tools } = await agent.request("tools/list");
  const names = tools.map((tool: Json) => tool.name);
  for (const name of ["send", "check", "list"]) assert.ok(names.includes(name), names.join());
  assert.ok(JSON.stringify(tools).length < 3_000, "the definitions are cheap to carry");
});

test("the binary brings a message from one process to another, once", async (bus) => {
  const claude = await bus.agent("claude-code");
  const gemini = await bus.agent("gemini-cli-mcp-client");
  const { you } = await gemini.call("list");
  const sent = await claude.call("send", { to: you, text: "Grüße 🙂" });
  assert.deepEqual([sent.id, sent.state], [1, "on disk"]);
  const { messages } = await gemini.call("check", { wait_s: 5 });
  assert.deepEqual(messages.map((message: Json) => message.text), ["Grüße 🙂"]);
  assert.deepEqual((await gemini.call("check")).messages ?? [], []);
});

test("the binary goes on, and keeps what it acknowledged, when its broker is killed", async (bus) => {
  const agents = [await bus.agent("claude-code"), await bus.agent("codex-mcp-client")];
  const { broker } = await agents[0]!.status();
  const [dead, alive] = agents.toSorted((one) => one.pid === broker.pid ? -1 : 1);
  assert.equal(dead!.pid, broker.pid);
  const { you } = await alive!.call("list");
  await dead!.call("send", { to: you, text: "my last words" });
  await dead!.kill();
  const { messages } = await alive!.call("check", { wait_s: 5 });
  assert.deepEqual(messages.map((message: Json) => message.text), ["my last words"]);
  const next = await alive!.status();
  assert.equal(next.broker.pid, alive!.pid);
  assert.ok(next.broker.epoch > broker.epoch);
});

test("the binary ends with 0 when its stdin closes, whether it is broker or not", async (bus) => {
  const agents = [await bus.agent("claude-code"), await bus.agent("claude-code")];
  for (const agent of agents.toReversed()) assert.equal(await agent.leave(), 0);
});

test("the binary takes part from the terminal too", async (bus) => {
  const claude = await bus.agent("claude-code");
  const { you } = await claude.call("list");
  const { code } = await ended(bus.start(["send", you, "from a script"]));
  assert.equal(code, 0);
  const { messages } = await claude.call("check", { wait_s: 5 });
  assert.deepEqual(messages.map((message: Json) => message.text), ["from a script"]);
});

test("the binary plays its demo", async (bus) => {
  const { code, stdout } = await ended(bus.start(["demo"], { NO_COLOR: "1" }));
  assert.equal(code, 0, stdout);
});

test("the binary's doctor names the program that holds a port, and the disk of the state", async (bus) => {
  const agent = await bus.agent("claude-code");
  await agent.call("list");
  const { code, stdout } = await ended(bus.start(["doctor", "--json"]));
  assert.equal(code, 0, stdout);
  const { findings } = JSON.parse(stdout);
  const of = (check: string) => findings.find((each: Json) => each.check === check).text;
  assert.match(of(`port ${bus.port}`), new RegExp(`process ${agent.pid}, `));
  assert.match(of("state directory"), /on a disk of this machine/);
});

test("the binary shows a message as a hook of its session, by conversation and by ancestors", async (bus) => {
  const env = { CLAUDE_CODE_SESSION_ID: "s1" };
  const claude = new Agent(bus.start([], env));
  await claude.initialize("claude-code");
  const gemini = await bus.agent("gemini-cli-mcp-client");
  for (const agent of [claude, gemini]) {
    const { you } = await agent.call("list");
    await ended(bus.start(["send", you, "ship it"]));
  }
  const shown = await ended(bus.start(["hook", "claude", "Stop"], env));
  assert.match(JSON.parse(shown.stdout).hookSpecificOutput.additionalContext, /> ship it/);
  if (Deno.build.os === "windows") return;
  const inShell = await ended(bus.startInShell(["hook", "gemini", "AfterTool"]));
  assert.match(inShell.stdout, /additionalContext.*> ship it/);
  assert.deepEqual(await ended(bus.startInShell(["hook", "gemini", "AfterTool"])), {
    code: 0,
    stdout: "",
  });
});

test("the binary leaves nothing in the directory for temporary files", async (bus) => {
  const directory = await Deno.makeTempDir({ prefix: "hustings-test-" });
  try {
    await ended(bus.start(["--version"], { TMPDIR: directory, TEMP: directory, TMP: directory }));
    assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

test("the binary installs itself into JSON, TOML and YAML, and takes itself out again", async (bus) => {
  const home = await Deno.makeTempDir({ prefix: "hustings-test-" });
  try {
    const state = { HUSTINGS_HOME: `${home}/state`, APPDATA: `${home}/AppData` };
    const moved = { XDG_CONFIG_HOME: "", CLAUDE_CONFIG_DIR: "", CODEX_HOME: `${home}/codex` };
    const env = { ...state, ...moved, GOOSE_PATH_ROOT: `${home}/goose`, HOME: home };
    const run = (...args: string[]) => ended(bus.start(args, { ...env, USERPROFILE: home }));
    assert.equal((await run("install", "claude", "codex", "goose")).code, 0);
    const { mcpServers } = JSON.parse(await Deno.readTextFile(`${home}/.claude.json`));
    assert.equal(await Deno.realPath(mcpServers.hustings.command), await Deno.realPath(binary));
    assert.match(
      await Deno.readTextFile(`${home}/codex/config.toml`),
      /^\[mcp_servers\.hustings\]$/m,
    );
    assert.match(await Deno.readTextFile(`${home}/goose/config/config.yaml`), /^ {2}hustings:$/m);
    assert.match((await run("install", "goose")).stdout, /All is in place/);
    assert.equal((await run("uninstall")).code, 0);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(home)), []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

test("binary sends and reads on a server of NATS when a URL leads there", async (bus) => {
  await using server = await NatsServer.start();
  const env = { HUSTINGS_URL: `nats://${server.host}` };
  const said = async (...args: string[]) => {
    const { code, stdout } = await bus.start(args, env).output();
    assert.equal(code, 0);
    return new TextDecoder().decode(stdout);
  };
  await said("send", "ann", "hello from a binary", "--as", "bob");
  assert.match(await said("check", "--as", "ann"), /bob[^]*hello from a binary/);
}, natsMissing);
