import { join } from "node:path";
import { version } from "../../lib/core/version.ts";
import { about } from "./about.ts";
import { bundleFiles } from "./bundle_files.ts";
import { below, writeFiles } from "./files.ts";
import type { Files } from "./files.ts";
import { geminiFiles } from "./gemini_files.ts";
import type { Platform } from "./platforms.ts";
import { marketplaceFile, pluginFiles } from "./plugin_files.ts";
import { runTool } from "./run_tool.ts";

/** Makes one file of all that lies in a directory. */
export type Packer = (directory: string, file: string) => Promise<void>;

/** What one package of one platform is made of. */
interface Package {
  readonly file: string;
  readonly files: Files;
  /** Where in it the binary belongs. */
  readonly program: string;
  readonly pack: Packer;
}

/** The MCPB tool whose output was tried. */
export const mcpb = "@anthropic-ai/mcpb@2.1.2";

/** Packs a bundle by the tool of those who made the format; needs npx, and npm's registry once. */
export const packBundle: Packer = (directory, file) =>
  runTool("npx", ["-y", mcpb, "pack", directory, file]);

/** The packages of a platform, each with the binary inside, in the order of the release's files. */
export function packagesFor(platform: Platform, license: string, bundler: Packer): Package[] {
  const { os, node, arch, program } = platform;
  const plugin = pluginFiles(version, license, { inside: program });
  return [
    {
      file: `hustings-plugin-${os}-${arch}.tar.gz`,
      // A directory of its own: people unpack it where they are.
      files: below("hustings-plugin", {
        ...marketplaceFile(version, "./plugin"),
        ...below("plugin", plugin),
      }),
      program: `hustings-plugin/plugin/bin/${program}`,
      pack: packArchive,
    },
    {
      // Gemini CLI finds the file of its platform among a release's by this beginning.
      file: `${node}.${arch}.${about.name}.tar.gz`,
      files: geminiFiles(version, license, platform),
      program: `bin/${program}`,
      pack: packArchive,
    },
    {
      file: `hustings-${os}-${arch}.mcpb`,
      files: bundleFiles(version, license, platform),
      program: `server/${program}`,
      pack: bundler,
    },
  ];
}

/**
 * Makes the packages of `platform` with `binary` inside, as files of `out`; gives their names. Rejects
 * when a file cannot be read or written or a tool fails.
 */
export async function packAll(
  platform: Platform,
  binary: string,
  license: string,
  out: string,
  bundler: Packer = packBundle,
): Promise<string[]> {
  const packages = packagesFor(platform, license, bundler);
  for (const { file, files, program, pack } of packages) {
    const directory = await Deno.makeTempDir({ prefix: "hustings-package-" });
    try {
      await writeFiles(directory, files);
      const inside = join(directory, program);
      await Deno.mkdir(join(inside, ".."), { recursive: true });
      await Deno.copyFile(binary, inside);
      if (Deno.build.os !== "windows") await Deno.chmod(inside, 0o755);
      await pack(directory, join(out, file));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
  return packages.map(({ file }) => file);
}

/** The same bytes for the same files where the system's tar can: GNU's, which releases are made with. */
async function packArchive(directory: string, file: string): Promise<void> {
  const { stdout } = await new Deno.Command("tar", { args: ["--version"] }).output();
  const same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"]
    // A drive's letter is no other machine's name.
    .concat(["--force-local"]);
  const isGnu = new TextDecoder().decode(stdout).includes("GNU tar");
  // Not the directory itself: its mode would become that of where it is unpacked.
  const entries = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
  await runTool("tar", ["-czf", file, ...(isGnu ? same : []), "-C", directory, ...entries]);
}
