import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { limits } from "../lib/core/limits.ts";
import { HustingsProcess } from "./support/hustings_process.ts";
import { McpClient } from "./support/mcp_client.ts";

// What only shows on the running program: what it may do, what it costs, and who it takes for a person.

const linux = Deno.build.os === "linux";
const path = (name: string) => fileURLToPath(import.meta.resolve(name));

Deno.test({
  name:
    "program that serves cannot have back what only its start needed, and keeps what it works with",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const preload = ["--preload", path("./support/tell_permissions.ts")];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", ...preload, path("../main.ts")],
      cwd: bus.shop,
      env: { ...bus.environment(), HUSTINGS_NAME: "" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const input = child.stdin.getWriter();
    const say = (message: object) =>
      input.write(new TextEncoder().encode(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`));
    const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const told = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    const capabilities = {};
    const clientInfo = { name: "test-agent", version: "1" };
    const hello = { protocolVersion: "2025-06-18", capabilities, clientInfo };
    await say({ id: 1, method: "initialize", params: hello });
    await say({ id: 2, method: "tools/call", params: { name: "list" } });
    let said = "";
    while (!/"id":2[,}]/.test(said)) said += (await answers.read()).value!;
    child.kill("SIGUSR2");
    deepEqual(JSON.parse((await told.read()).value!), {
      ...{ env: "denied", sys: "denied", ffi: "denied", import: "denied" },
      ...{ net: "granted", read: "granted", write: "granted", run: "granted" },
    });
    await input.close();
    await Promise.all([answers.cancel(), told.cancel(), child.status]);
  },
});

/** Processor time that a process has taken so far, in hundredths of a second. */
function ticksOf(pid: number): number {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

Deno.test({
  name: "wait takes next to no processor time, neither its own process nor the broker",
  ignore: !linux,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    await using broker = await McpClient.start(bus, { name: "ann" });
    await broker.call("list");
    await using reader = await McpClient.start(bus, { name: "bob" });
    await reader.call("check", { wait_s: 0.1 });
    const before = [broker, reader].map(({ pid }) => ticksOf(pid));
    const { fields } = await reader.call("check", { wait_s: 4 });
    match(fields.note, /came in 4 s/);
    const taken = [broker, reader].map(({ pid }, index) => ticksOf(pid) - before[index]!);
    // Somebody who looks again and again takes all of these 400.
    for (const ticks of taken) ok(ticks < 40, `${taken} hundredths of a second in 4 s`);
  },
});

/** Runs a command as if somebody typed it: `script` gives it a terminal. */
async function typed(bus: HustingsProcess, words: string): Promise<number> {
  const command = `'${Deno.execPath()}' run -A '${path("../main.ts")}' ${words}`;
  const { code } = await new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    cwd: bus.shop,
    env: bus.environment(),
    stdin: "null",
    stdout: "null",
  }).output();
  return code;
}

Deno.test({
  name: "word of a person at a terminal lets agents go on that only answered each other",
  ignore: !linux,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    await using ann = await McpClient.start(bus, { name: "ann" });
    await using bob = await McpClient.start(bus, { name: "bob" });
    await bob.call("list");
    const start = await ann.call("send", { to: "bob, terminal-shop", text: "begin" });
    const answer = (text: string) => bob.call("send", { reply_to: start.fields.id, text });
    for (let n = 0; n < limits.threadAnswers.burst; n++) equal((await answer("ok")).isError, false);
    match((await answer("ok")).text, /Agents alone have answered each other/);
    // Neither does a script count as a person, nor an agent's shell.
    const words = ["send", "ann", "on", "--reply-to", `${start.fields.id}`];
    equal((await bus.run(words)).code, 5);
    equal(await typed(bus, words.join(" ")), 0);
    const after = await answer("ok");
    equal(after.isError, false, after.text);
  },
});
