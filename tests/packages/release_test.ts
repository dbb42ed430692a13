import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { homebrewFormula } from "../../.ci/package/homebrew_formula.ts";
import { makeRelease, whyNoRelease } from "../../.ci/package/make_release.ts";
import { findPlatform, platforms } from "../../.ci/package/platforms.ts";
import type { Platform } from "../../.ci/package/platforms.ts";
import { serverJson } from "../../.ci/package/server_json.ts";
import { version } from "../../lib/core/version.ts";
import { root } from "../support/sources.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

const checkout = fileURLToPath(root);
const sumOf = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

/** A release in `out` whose binaries say which platform they are for; its bundles are their manifests. */
function release(out: string, wanted: readonly Platform[]): Promise<string[]> {
  return makeRelease({
    out,
    root: checkout,
    platforms: wanted,
    binary: (platform, path) => Deno.writeTextFile(path, `for ${platform.target}`),
    bundler: (directory, file) => Deno.copyFile(`${directory}/manifest.json`, file),
  });
}

async function archived(directory: TemporaryDirectory, file: string): Promise<string> {
  const options = { args: ["-tvzf", file], cwd: directory.path };
  const { code, stdout } = await new Deno.Command("tar", options).output();
  assert.equal(code, 0);
  return new TextDecoder().decode(stdout);
}

Deno.test("a release holds every platform's binary and packages, and the checksum of each file", async () => {
  using directory = new TemporaryDirectory();
  const files = await release(directory.path, platforms);
  const there = (await Array.fromAsync(Deno.readDir(directory.path))).map(({ name }) => name);
  assert.deepEqual(there.sort(), [...files].sort());
  assert.equal(files.length, 4 * platforms.length + 5);
  const lines = (await Deno.readTextFile(directory.at("SHA256SUMS"))).trimEnd().split("\n");
  const sums = new Map(lines.map((line) => line.split("  ").reverse() as [string, string]));
  assert.deepEqual([...sums.keys(), "SHA256SUMS"].sort(), [...files].sort());
  for (const [name, sum] of sums) {
    assert.equal(sum, sumOf(await Deno.readFile(directory.at(name))), name);
  }
  const { packages } = JSON.parse(await Deno.readTextFile(directory.at("server.json")));
  for (const { identifier, fileSha256 } of packages) {
    assert.equal(fileSha256, sums.get(identifier.split("/").at(-1)), identifier);
  }
  const formula = await Deno.readTextFile(directory.at("hustings.rb"));
  assert.equal(formula, homebrewFormula(version, sums));
});

Deno.test("an archive has its binary as a program, and Gemini's manifest where that looks for it", async () => {
  using directory = new TemporaryDirectory();
  const files = await release(directory.path, [findPlatform("x86_64-unknown-linux-gnu")]);
  assert.deepEqual(files.slice(0, 4), [
    ...["hustings-linux-x64", "hustings-plugin-linux-x64.tar.gz", "linux.x64.hustings.tar.gz"],
    "hustings-linux-x64.mcpb",
  ]);
  assert.ok(
    !files.includes("hustings.rb"),
    "a formula without all of its platforms installs nothing",
  );
  const gemini = await archived(directory, "linux.x64.hustings.tar.gz");
  assert.match(gemini, / gemini-extension\.json$/m);
  const plugin = await archived(directory, "hustings-plugin-linux-x64.tar.gz");
  assert.match(plugin, / hustings-plugin\/\.claude-plugin\/marketplace\.json$/m);
  if (Deno.build.os === "windows") return;
  assert.match(gemini, /^-rwxr-xr-x .* bin\/hustings$/m);
  assert.match(plugin, /^-rwxr-xr-x .* hustings-plugin\/plugin\/bin\/hustings$/m);
});

Deno.test("a tag that is not the version's, or another repository, is no release, and is told why", () => {
  assert.equal(whyNoRelease(), undefined);
  assert.equal(whyNoRelease(`v${version}`, "Hustings/hustings"), undefined);
  assert.match(whyNoRelease("v99.0.0")!, /'v99\.0\.0' and the program's version .*: tag v/);
  assert.match(whyNoRelease(version)!, /: tag v/);
  assert.match(
    whyNoRelease(`v${version}`, "fork/hustings")!,
    /This is fork\/hustings, .*about\.ts/,
  );
});

Deno.test("a target that there is not is refused with those that there are", () => {
  assert.throws(
    () => findPlatform("x86_64-unknown-linux-musl"),
    /'x86_64-unknown-linux-musl'.*-gnu, /,
  );
});

Deno.test("the entry for the MCP registry keeps the rules of its schema of 2025-12-11", () => {
  const bundles = platforms.map(({ os, arch }) => ({
    file: `hustings-${os}-${arch}.mcpb`,
    sha256: sumOf(os + arch),
  }));
  const entry = JSON.parse(serverJson("1.2.3", bundles));
  assert.match(entry.$schema, /\/2025-12-11\/server\.schema\.json$/);
  assert.match(entry.name, /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
  assert.ok(entry.name.length <= 200);
  for (const text of [entry.title, entry.description]) {
    assert.ok(text.length >= 1 && text.length <= 100);
  }
  assert.match(entry.version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(Object.keys(entry.repository), ["url", "source"]);
  assert.equal(entry.packages.length, platforms.length);
  for (const each of entry.packages) {
    const known = ["registryType", "identifier", "version", "fileSha256", "transport"];
    assert.deepEqual(Object.keys(each), known);
    assert.equal(each.registryType, "mcpb");
    assert.match(each.fileSha256, /^[a-f0-9]{64}$/);
    assert.deepEqual(each.transport, { type: "stdio" });
    // The registry takes bundles from releases on GitHub whose address says that they are some.
    assert.match(
      each.identifier,
      /^https:\/\/github\.com\/[^/]+\/[^/]+\/releases\/download\/v1\.2\.3\/.*mcp/,
    );
  }
});

Deno.test("the formula has the address and hash of each system that Homebrew serves", () => {
  const sums = new Map(platforms.map(({ file }) => [file, sumOf(file)]));
  const formula = homebrewFormula("1.2.3", sums);
  for (const { os, file } of platforms) {
    assert.equal(formula.includes(`/v1.2.3/${file}"`), os !== "windows", file);
    assert.equal(formula.includes(sumOf(file)), os !== "windows", file);
  }
  sums.delete("hustings-macos-x64");
  assert.throws(() => homebrewFormula("1.2.3", sums), /needs the hash of hustings-macos-x64/);
});

Deno.test("the workflow of a release makes it by the task that is tested here, with a pinned compiler", async () => {
  const workflow = await Deno.readTextFile(new URL(".github/workflows/release.yml", root));
  assert.match(workflow, /deno task release --out dist --tag "\$GITHUB_REF_NAME"/);
  const gate = await Deno.readTextFile(new URL(".github/workflows/ci.yml", root));
  const pin = (text: string) => [...new Set(text.match(/deno-version: .*/g))];
  assert.equal(pin(workflow).length, 1);
  assert.deepEqual(pin(workflow), pin(gate));
  for (const { file } of platforms.filter(({ os, arch }) => arch === "arm64" && os === "linux")) {
    assert.ok(workflow.includes(`file: ${file}`));
  }
});
