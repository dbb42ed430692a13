// Makes the files of a release: `deno task release --out DIR`. `--tag` is refused where it is not that of
// the program's version; `--targets` (as `deno compile` names them, with commas) takes only these
// platforms; `--binaries DIR` takes binaries that are there, by their names in the release, instead of
// compiling them. A bundle for Claude Desktop is packed by npx.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { version } from "../lib/core/version.ts";
import { build } from "./compile.ts";
import { makeRelease, whyNoRelease } from "./package/make_release.ts";
import { findPlatform, platforms } from "./package/platforms.ts";
import type { Platform } from "./package/platforms.ts";

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      out: { type: "string" },
      tag: { type: "string" },
      targets: { type: "string" },
      binaries: { type: "string" },
    },
  });
  const why = whyNoRelease(values.tag, Deno.env.get("GITHUB_REPOSITORY"));
  if (why !== undefined) give(why);
  const { out, targets, binaries } = values;
  if (out === undefined) give("--out names no directory for the files of the release");
  await Deno.mkdir(out, { recursive: true });
  if ((await Array.fromAsync(Deno.readDir(out))).length > 0) {
    give(`${out} is not empty: name another directory`);
  }
  const files = await makeRelease({
    out,
    root: fileURLToPath(new URL("../", import.meta.url)),
    platforms: targets === undefined ? platforms : targets.split(",").map(findPlatform),
    binary: async (platform, path) => {
      if (binaries === undefined) await build(path, platform.target);
      else await Deno.copyFile(join(binaries, platform.file), path);
      await tryBinary(platform, path);
    },
  });
  say(files.join("\n"));
}

/** The binary of this machine's platform has to run, and to be of this version. */
async function tryBinary(platform: Platform, path: string): Promise<void> {
  if (platform.target !== Deno.build.target) return;
  const { code, stdout } = await new Deno.Command(await Deno.realPath(path), {
    args: ["--version"],
  }).output();
  const told = new TextDecoder().decode(stdout).trim();
  if (code !== 0 || told !== version) {
    throw new Error(
      `${path} --version ended with ${code} and says '${told}' instead of ${version}`,
    );
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function give(reason: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${reason}\n`));
  Deno.exit(2);
}
