import { deepEqual, equal, rejects } from "node:assert/strict";
import { runAllowedCommand } from "../lib/agents/run_allowed_command.ts";
import { TemporaryDirectory } from "./support/temporary_directory.ts";

const unix = Deno.build.os !== "windows";
const env = { PATH: Deno.env.get("PATH") ?? "" };
const aDayMs = 24 * 3600_000;

/**
 * A command that starts another one and waits for it. `ended` resolves with what the two have said of
 * themselves once neither runs any more: a pipe that both hold open tells it.
 */
async function startedCommand(directory: TemporaryDirectory) {
  const pipe = directory.at("pipe");
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  const script = `exec 3>${pipe}; sleep 1000 & echo begun >&3; wait`;
  const opened = Deno.open(pipe);
  const begun = Promise.withResolvers<void>();
  const ended = (async () => {
    let said = "";
    for await (const text of (await opened).readable.pipeThrough(new TextDecoderStream())) {
      said += text;
      begun.resolve();
    }
    return said;
  })();
  return { command: ["sh", "-c", script], begun: begun.promise, ended };
}

Deno.test({
  name: "command is ended when its time is over",
  ignore: !unix,
  fn: async () => {
    using directory = new TemporaryDirectory();
    const place = { directory: directory.path, env, timeMs: 1 };
    const { signal } = new AbortController();
    const output = await runAllowedCommand(["sleep", "1000"], place, signal);
    deepEqual(output, { text: "", code: undefined, isCut: false });
  },
});

Deno.test({
  name: "command is ended with all that it has started when its call is cancelled",
  ignore: !unix,
  fn: async () => {
    using directory = new TemporaryDirectory();
    const { command, begun, ended } = await startedCommand(directory);
    const cancelling = new AbortController();
    const place = { directory: directory.path, env, timeMs: aDayMs };
    const running = runAllowedCommand(command, place, cancelling.signal);
    await begun;
    cancelling.abort();
    await rejects(running, { code: "cancelled", message: /nothing was sent/ });
    equal(await ended, "begun\n");
  },
});

Deno.test("command is not begun when its call was cancelled before", async () => {
  using directory = new TemporaryDirectory();
  const place = { directory: directory.path, env };
  const running = runAllowedCommand(["/no/such/program"], place, AbortSignal.abort());
  await rejects(running, { code: "cancelled" });
});
