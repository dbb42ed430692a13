// Tries the packages with the validators and the real clients that are installed, offline:
//
//   HUSTINGS_CLIENTS=DIR [HUSTINGS_BINARY=FILE] deno task packages:validate
//
// DIR holds each client's folder as npm makes it, as in DIR/claude/node_modules/.bin/claude (claude, codex,
// gemini). With a binary for this machine its packages are made, unpacked and tried, too. Ends with 1 when
// something fails.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleFiles } from "../../.ci/package/bundle_files.ts";
import { writeFiles } from "../../.ci/package/files.ts";
import { mcpb, packAll } from "../../.ci/package/pack.ts";
import { platforms } from "../../.ci/package/platforms.ts";
import type { Platform } from "../../.ci/package/platforms.ts";
import { version } from "../../lib/core/version.ts";
import { programUnderTest } from "../clients/ai_client.ts";
import type { Stage } from "../clients/ai_client.ts";
import { MockModel } from "../clients/mock_model.ts";
import { freeBase } from "../support/free_ports.ts";
import { RawAgent } from "../support/raw_agent.ts";
import { say } from "../support/say.ts";
import { PackageClient } from "./package_client.ts";
import type { Said } from "./package_client.ts";

const checkout = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const license = Deno.readTextFileSync(`${checkout}/LICENSE`);
let failed = 0;

/** Runs one step and prints how it went, with what was said. */
async function step(title: string, act: () => Promise<string>): Promise<void> {
  try {
    const said = await act();
    say(`ok      ${title}${said === "" ? "" : `\n${indented(said)}`}`);
  } catch (error) {
    failed += 1;
    say(`FAILED  ${title}\n${indented(error instanceof Error ? error.message : String(error))}`);
  }
}

function indented(text: string): string {
  return text.split("\n").filter((line) => line.trim() !== "").map((line) => `        ${line}`)
    .join("\n");
}

/** What was said, where it ended well and says what `pattern` fits. */
function good({ code, text }: Said, pattern = /^/): string {
  if (code === 0 && pattern.test(text)) return text;
  throw new Error(`ended with ${code}, and ${pattern} is wanted in: ${text}`);
}

let stages = 0;

class Trial {
  constructor(
    readonly installed: string,
    readonly root: string,
    readonly model: MockModel,
  ) {}

  /** A bus of its own, and a directory with the program as `hustings`, which knows that bus. */
  stage(): Stage & { readonly programs: string } {
    const root = `${this.root}/${++stages}`;
    const shop = `${root}/shop`;
    const [home, port, programs] = [`${root}/bus`, freeBase(), `${root}/programs`];
    for (const directory of [`${shop}/.git`, programs]) {
      Deno.mkdirSync(directory, { recursive: true });
    }
    Deno.writeTextFileSync(`${shop}/.git/HEAD`, "ref: refs/heads/main\n");
    const program = programUnderTest();
    const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
    // Codex starts servers with little of its environment.
    const env = { HUSTINGS_HOME: home, HUSTINGS_PORT: port, DENO_DIR: cache };
    const exports = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`);
    const line = program.map((word) => `'${word}'`).join(" ");
    Deno.writeTextFileSync(
      `${programs}/hustings`,
      `#!/bin/sh\n${exports.join("")}exec ${line} "$@"\n`,
    );
    Deno.chmodSync(`${programs}/hustings`, 0o755);
    return {
      installed: this.installed,
      root,
      shop,
      model: this.model,
      home,
      port,
      program,
      programs,
    };
  }
}

/** The server answers the model, and a hook shows the model what came while a tool ran. */
async function talks(client: PackageClient, stage: Stage): Promise<string> {
  const peer = await RawAgent.start(stage, "peer", stage.shop);
  const text = `shown by a hook ${crypto.randomUUID()}`;
  const from = stage.model.shown.length;
  const over = client.prompt(["send", { to: "peer-shop", text: "busy", wait_s: 8 }], ["list", {}]);
  over.catch(() => {});
  try {
    const { messages } = await peer.call("check", { wait_s: 60 }) as { messages?: unknown[] };
    if (messages?.length !== 1) throw new Error(`its session sent nothing: ${(await over).text}`);
    await peer.call("send", { to: `${client.name}-shop`, text });
    await stage.model.sees(text, from, 30_000);
    good(await over);
    return "";
  } finally {
    await peer.close();
  }
}

/** A session that waits for its user is woken by a message, by the plugin's hook that waits. */
async function wakes(client: PackageClient, stage: Stage): Promise<string> {
  const peer = await RawAgent.start(stage, "peer", stage.shop);
  const terminal = await client.idle();
  try {
    const text = `wakes ${crypto.randomUUID()}`;
    const from = stage.model.shown.length;
    await until(async () => {
      const { agents } = await peer.call("list", {}) as { agents: Record<string, string>[] };
      return agents.some((each) => /^idle, can be woken/.test(each["presence"]!));
    });
    await peer.call("send", { to: `${client.name}-shop`, text });
    await stage.model.sees(text, from, 30_000);
    return "";
  } finally {
    await terminal[Symbol.asyncDispose]();
    await peer.close();
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!await isSo()) {
    if (performance.now() > endMs) {
      throw new Error("its hook did not say within 60 s that it waits");
    }
    // The bus tells nobody of another's presence.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function tryClaude(
  client: PackageClient,
  stage: Stage,
  marketplace: string,
  plugin: string,
): Promise<void> {
  const source = `${marketplace}/${plugin}`;
  for (const path of [marketplace, source]) {
    const strict = path === source ? ["--profile", "directory"] : [];
    await step(
      ["claude plugin validate", ...strict, path].join(" "),
      async () =>
        good(await client.run("plugin", "validate", ...strict, path), /Validation passed/),
    );
  }
  await step("claude plugin marketplace add, claude plugin install", async () => {
    good(await client.run("plugin", "marketplace", "add", marketplace));
    return good(
      await client.run("plugin", "install", "hustings@hustings"),
      /Successfully installed/,
    );
  });
  await step("claude mcp list", async () => good(await client.run("mcp", "list"), /✔ Connected/));
  await step(
    "Claude Code: the server answers, and a hook shows a message",
    () => talks(client, stage),
  );
}

async function tryCodex(trial: Trial, marketplace: string): Promise<void> {
  const stage = trial.stage();
  const client = new PackageClient("codex", stage, stage.programs);
  await step("codex plugin marketplace add, codex plugin add", async () => {
    good(await client.run("plugin", "marketplace", "add", marketplace));
    return good(await client.run("plugin", "add", "hustings@hustings"), /Added plugin/);
  });
  await step(
    "codex mcp list",
    async () => good(await client.run("mcp", "list"), /hustings .*enabled/),
  );
  await step("Codex: the server answers, and a hook shows a message", () => talks(client, stage));
}

async function tryGemini(trial: Trial, extension: string, isOnPath: boolean): Promise<void> {
  const stage = trial.stage();
  const client = new PackageClient("gemini", stage, isOnPath ? stage.programs : undefined);
  await step(
    `gemini extensions validate ${extension}`,
    async () =>
      good(await client.run("extensions", "validate", extension), /successfully validated/),
  );
  await step(
    "gemini extensions install",
    async () =>
      good(
        await client.run("extensions", "install", extension, "--consent"),
        /installed successfully/,
      ),
  );
  await step("gemini mcp list", async () => good(await client.run("mcp", "list"), /Connected/));
  await step(
    "Gemini CLI: the server answers, and a hook shows a message",
    () => talks(client, stage),
  );
}

async function tryBundles(root: string): Promise<void> {
  for (const platform of platforms) {
    const directory = `${root}/bundle-${platform.file}`;
    await writeFiles(directory, bundleFiles(version, license, platform));
    await step(
      `mcpb validate, for ${platform.target}`,
      async () =>
        good(
          await tool("npx", "-y", mcpb, "validate", `${directory}/manifest.json`),
          /validation passes/,
        ),
    );
  }
}

/** The packages of this machine's platform, with the binary inside and nothing on the PATH. */
async function tryArchives(trial: Trial, binary: string, has: (name: string) => boolean) {
  const platform = platforms.find(({ target }) => target === Deno.build.target) as Platform;
  const out = `${trial.root}/archives`;
  await Deno.mkdir(out);
  const names = await packAll(platform, resolve(binary), license, out);
  for (const name of names) {
    const into = `${out}/${name}.d`;
    await Deno.mkdir(into);
    const words = name.endsWith(".mcpb")
      ? ["npx", "-y", mcpb, "unpack", `${out}/${name}`, into]
      : ["tar", "-xzf", `${out}/${name}`, "-C", into];
    await step(`unpack ${name}`, async () => good(await tool(...words)));
  }
  const [plugin, extension, bundle] = names.map((name) => `${out}/${name}.d`);
  if (has("claude")) {
    const stage = trial.stage();
    const client = new PackageClient("claude", stage);
    await tryClaude(client, stage, `${plugin}/hustings-plugin`, "plugin");
    await step("Claude Code: an idle session is woken (needs tmux)", () => wakes(client, stage));
  }
  if (has("codex")) await tryCodex(trial, `${plugin}/hustings-plugin`);
  if (has("gemini")) await tryGemini(trial, extension!, false);
  await step(
    "the bundle's binary tells its version",
    async () => good(await tool(`${bundle}/server/${platform.program}`, "--version"), /^\d/),
  );
}

async function tool(...words: string[]): Promise<Said> {
  const [command, ...args] = words;
  const output = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
  const { code, stdout, stderr } = await new Deno.Command(command!, { args, ...output }).output();
  return { code, text: new TextDecoder().decode(new Uint8Array([...stdout, ...stderr])).trim() };
}

async function main(installed: string): Promise<number> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "hustings-packages-" }));
  await using model = new MockModel();
  const trial = new Trial(resolve(installed), root, model);
  const has = (name: string) => {
    const there = [...Deno.readDirSync(installed)].some((entry) => entry.name === name);
    if (!there) say(`skipped ${name}: it is not installed there`);
    return there;
  };
  if (has("claude")) {
    const stage = trial.stage();
    const client = new PackageClient("claude", stage, stage.programs);
    await tryClaude(client, stage, checkout, "packages/plugin");
  }
  if (has("codex")) await tryCodex(trial, checkout);
  if (has("gemini")) await tryGemini(trial, `${checkout}/packages/gemini`, true);
  await tryBundles(root);
  const binary = Deno.env.get("HUSTINGS_BINARY");
  if (binary) await tryArchives(trial, binary, has);
  else say("skipped the packages with a binary inside: HUSTINGS_BINARY names none");
  await Deno.remove(root, { recursive: true }).catch(() => {});
  say(failed === 0 ? "all good" : `${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) {
  const installed = Deno.env.get("HUSTINGS_CLIENTS");
  if (!installed) say("skipped: HUSTINGS_CLIENTS names no directory of installed AI clients");
  Deno.exit(installed ? await main(installed) : 0);
}
