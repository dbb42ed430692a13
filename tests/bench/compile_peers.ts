// Builds what the binary is measured against, in the same way, and the binary:
// `DENORT_BIN=… deno run -A tests/bench/compile_peers.ts DIRECTORY`, with a compiler that fits the runtime;
// then `deno task bench --binaries DIRECTORY`.
import { fileURLToPath } from "node:url";

const [directory] = Deno.args;
if (directory === undefined) throw new Error("Name the directory for the binaries");
await Deno.mkdir(directory, { recursive: true });
const path = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));
await deno("run", "-A", path("../../.ci/compile.ts"), "--output", `${directory}/hustings`);
for (const [name, file] of [["hello", "hello.ts"], ["empty", "empty_server.ts"]] as const) {
  const bundle = `${directory}/${name}.mjs`; // Node runs it, too
  await deno("bundle", "--quiet", "--minify", `--output=${bundle}`, path(`./peers/${file}`));
  const flags = ["--no-config", "--no-check", "--no-code-cache", "--allow-all"];
  await deno("compile", ...flags, `--output=${directory}/${name}`, bundle);
}

async function deno(...args: string[]): Promise<void> {
  const { code } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn().status;
  if (code !== 0) throw new Error(`deno ${args[0]} ended with ${code}`);
}
