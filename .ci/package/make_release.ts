import { createHash } from "node:crypto";
import { join } from "node:path";
import { version } from "../../lib/core/version.ts";
import { about } from "./about.ts";
import { homebrewFormula } from "./homebrew_formula.ts";
import { packAll } from "./pack.ts";
import type { Packer } from "./pack.ts";
import { platforms } from "./platforms.ts";
import type { Platform } from "./platforms.ts";
import { serverJson } from "./server_json.ts";

/** What a release is made of and where. */
export interface ReleaseParts {
  /** An empty directory, which becomes the release. */
  readonly out: string;
  readonly platforms: readonly Platform[];
  /** The checkout. */
  readonly root: string;
  /** Makes the binary of a platform as the file `path`. */
  readonly binary: (platform: Platform, path: string) => Promise<void>;
  readonly bundler?: Packer;
}

/** Says what keeps `tag` in `repository` from being a release of this program; undefined where nothing does. */
export function whyNoRelease(tag?: string, repository?: string): string | undefined {
  if (tag !== undefined && tag !== `v${version}`) {
    return `The tag is '${tag}' and the program's version ${version}: tag v${version}, or change ` +
      "lib/core/version.ts and deno.json";
  }
  if (repository && repository.toLowerCase() !== about.repository.toLowerCase()) {
    return `This is ${repository}, and the packages name ${about.repository}: change ` +
      ".ci/package/about.ts and packages/install.*, and run deno task package";
  }
  return undefined;
}

/**
 * Makes every file of a release: the binaries, the packages with them inside, the entry for the MCP
 * registry, Homebrew's formula (where all its platforms are among these), the install scripts, and last
 * the checksums of all of them. Gives the files' names. Rejects when one cannot be made.
 */
export async function makeRelease(parts: ReleaseParts): Promise<string[]> {
  const { out, root } = parts;
  const license = await Deno.readTextFile(join(root, "LICENSE"));
  const files: string[] = [];
  for (const platform of parts.platforms) {
    const path = join(out, platform.file);
    await parts.binary(platform, path);
    files.push(platform.file, ...await packAll(platform, path, license, out, parts.bundler));
  }
  const sums = new Map<string, string>();
  for (const file of files) sums.set(file, await sumOf(join(out, file)));
  const bundles = files.filter((file) => file.endsWith(".mcpb"))
    .map((file) => ({ file, sha256: sums.get(file)! }));
  const texts: [string, string][] = [["server.json", serverJson(version, bundles)]];
  if (platforms.every((each) => each.os === "windows" || sums.has(each.file))) {
    texts.push(["hustings.rb", homebrewFormula(version, sums)]);
  }
  for (const name of ["install.sh", "install.ps1"]) {
    texts.push([name, await Deno.readTextFile(join(root, "packages", name))]);
  }
  for (const [name, text] of texts) {
    await Deno.writeTextFile(join(out, name), text);
    sums.set(name, await sumOf(join(out, name)));
  }
  const lines = [...sums].map(([name, sum]) => `${sum}  ${name}\n`);
  await Deno.writeTextFile(join(out, "SHA256SUMS"), lines.join(""));
  return [...sums.keys(), "SHA256SUMS"];
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
