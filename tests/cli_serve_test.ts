import assert from "node:assert/strict";
import type { ListResult, StatusResult } from "../lib/core/types.ts";
import { HustingsProcess } from "./support/hustings_process.ts";

/** A `hustings serve`, and what it says of itself, line by line. */
class Served {
  readonly child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(bus: HustingsProcess, ...args: string[]) {
    this.child = bus.start(["serve", ...args]);
    this.#lines = this.child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next line; undefined at the end. */
  async line(): Promise<string | undefined> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) return undefined;
      this.#rest += value;
    }
    const [line = "", ...others] = this.#rest.split("\n");
    this.#rest = others.join("\n");
    return line;
  }

  async end(signal: Deno.Signal): Promise<number> {
    this.child.kill(signal);
    const { code } = await this.child.status;
    return code;
  }
}

const isWindows = Deno.build.os === "windows";

Deno.test("serve leads where there is no broker, has no name, and is in no list", async () => {
  await using bus = await HustingsProcess.create();
  const served = new Served(bus);
  assert.equal(await served.line(), `Leads the bus on port ${bus.port}, epoch 1.`);
  await bus.run(["send", "ann", "hi"]);
  const { members } = await bus.json(["list"]) as ListResult;
  assert.deepEqual(members.map(({ name }) => name), ["terminal-shop"]);
  const { broker, membersHere } = await bus.json(["status"]) as StatusResult;
  assert.deepEqual([broker?.pid, broker?.name, membersHere], [served.child.pid, "", 1]);
  const { stdout } = await bus.run(["status"]);
  assert.match(stdout, /^broker +a process without an agent \(process \d+, port \d+\)\n/);
});

Deno.test({
  name: "serve goes with the exit code 0 and gives the bus to one that follows when it is told to",
  ignore: isWindows,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const first = new Served(bus, "--json");
    assert.deepEqual(JSON.parse((await first.line())!), {
      state: "leading",
      port: bus.port,
      epoch: 1,
    });
    const second = new Served(bus);
    assert.match(
      (await second.line())!,
      /^Follows the broker on port \d+, epoch 1, and takes over/,
    );
    await bus.run(["send", "ann", "kept"]);
    assert.equal(await first.end("SIGTERM"), 0);
    assert.match((await second.line())!, /^Leads the bus on port \d+, epoch 2\.$/);
    assert.match((await bus.run(["check", "--as", "ann"])).stdout, /kept\n$/);
    assert.equal(await second.end("SIGINT"), 0);
  },
});

Deno.test("serve follows an agent and takes over when that is killed", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("claude-code");
  await agent.client.callTool({ name: "list", arguments: {} });
  const served = new Served(bus);
  assert.match((await served.line())!, /^Follows/);
  Deno.kill(agent.pid, "SIGKILL");
  assert.match((await served.line())!, /^Leads/);
});

Deno.test("serve takes over from an agent that goes on working, when it was told to", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("claude-code");
  const call = (args: Record<string, unknown>) =>
    agent.client.callTool({ name: "send", arguments: args });
  await call({ to: "ann", text: "0" });
  const served = new Served(bus, "--take-over");
  const sending = (async () => {
    for (let n = 1; n <= 200; n++) {
      const { isError, content } = await call({ to: "ann", text: `${n}` });
      assert.notEqual(isError, true, JSON.stringify(content));
    }
  })();
  assert.match((await served.line())!, /^Follows .* epoch 1,/);
  // On a busy machine the agent may be faster once, and is asked again.
  let line = await served.line();
  while (line?.startsWith("Follows")) line = await served.line();
  assert.match(line!, /^Leads /);
  await sending;
  const { broker } = await bus.json(["status"]) as StatusResult;
  assert.equal(broker?.pid, served.child.pid);
  const { unclaimed } = await bus.json(["list"]) as ListResult;
  assert.deepEqual(unclaimed, [{ name: "ann", unread: 201 }]);
});

Deno.test("serve leaves another serve in its place, and says so", async () => {
  await using bus = await HustingsProcess.create();
  const first = new Served(bus);
  await first.line();
  const second = new Served(bus, "--take-over");
  assert.match((await second.line())!, /^Follows/);
  const reader = second.child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  assert.match(value!, /^hustings: It was not handed over: the broker is another 'hustings serve'/);
  await reader.cancel();
});

Deno.test({
  name: "serve says nothing when it is to be quiet, and ends with the reason when no port is left",
  ignore: isWindows,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const quiet = new Served(bus, "--quiet");
    while ((await bus.json(["status"]) as StatusResult).broker!.pid !== quiet.child.pid);
    assert.equal(await quiet.end("SIGTERM"), 0);
    assert.equal(await quiet.line(), undefined);
    const wrong = await bus.run(["serve"], { env: { HUSTINGS_PORT: "none" } });
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
    const listeners = Array.from({ length: 10 }, (_, n) => silentListener(bus.port + n));
    const none = await bus.run(["serve"]);
    for (const listener of listeners) listener.close();
    assert.deepEqual([none.code, none.stdout], [4, ""]);
    assert.match(none.stderr, /^hustings: No port is left for the bus/);
  },
});

/** Another program on the port: it closes whoever comes. */
function silentListener(port: number): Deno.Listener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  (async () => {
    for await (const connection of listener) connection.close();
  })();
  return listener;
}
