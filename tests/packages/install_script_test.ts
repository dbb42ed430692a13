import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { home } from "../../.ci/package/about.ts";
import { platforms } from "../../.ci/package/platforms.ts";
import { root } from "../support/sources.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

// Runs packages/install.sh against a release on 127.0.0.1, with every shell of the machine that is one.

const script = fileURLToPath(new URL("packages/install.sh", root));
const text = Deno.readTextFileSync(script);

/** What the script needs beside a downloader. */
const tools = [
  "uname",
  "mktemp",
  "mkdir",
  "rmdir",
  "rm",
  "mv",
  "chmod",
  "grep",
  "cat",
  "sha256sum",
];

const shells = [["sh"], ["dash"], ["busybox", "sh"], ["bash", "--posix"]]
  .filter(([name]) => find(name!) !== undefined);

function find(program: string): string | undefined {
  const places = (Deno.env.get("PATH") ?? "").split(":").map((place) => `${place}/${program}`);
  return places.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

const own = platforms.find(({ target }) => target === Deno.build.target)!;

/** A program that says what it is, as the release's binary does. */
const program = (version: string) => `#!/bin/sh\necho ${version}\n`;

const sumOf = (bytes: string) => createHash("sha256").update(bytes).digest("hex");

/** The files of a release over HTTP, and a user with a home. */
class Release implements AsyncDisposable {
  readonly files = new Map<string, string>();
  readonly asked: string[] = [];
  readonly directory = new TemporaryDirectory();
  readonly bin = this.directory.at("home/.local/bin");
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(version = "1.2.3") {
    Deno.mkdirSync(this.directory.at("home"));
    this.files.set(own.file, program(version));
    this.files.set(
      "SHA256SUMS",
      `${sumOf("other")}  other\n${sumOf(program(version))}  ${own.file}\n`,
    );
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(options, ({ url }) => {
      const name = new URL(url).pathname.slice(1);
      this.asked.push(name);
      const body = this.files.get(name);
      return body === undefined ? new Response(null, { status: 404 }) : new Response(body);
    });
  }

  /** Runs the script as its user does. */
  async install(
    shell: readonly string[] = ["sh"],
    env: Record<string, string> = {},
    source = text,
  ): Promise<{ code: number; out: string; error: string }> {
    const process = new Deno.Command(shell[0]!, {
      args: shell.slice(1),
      clearEnv: true,
      env: {
        HOME: this.directory.at("home"),
        PATH: Deno.env.get("PATH")!,
        HUSTINGS_INSTALL_URL: `http://127.0.0.1:${this.#server.addr.port}/`,
        ...env,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(source)).catch(() => {});
    await writer.close().catch(() => {});
    const { code, stdout, stderr } = await process.output();
    const said = new TextDecoder();
    return { code, out: said.decode(stdout), error: said.decode(stderr) };
  }

  /** A directory of programs that goes before, or in place of, those of the machine. */
  programs(entries: Record<string, string>, linked: readonly string[] = []): string {
    const place = Deno.makeTempDirSync({ dir: this.directory.path });
    for (const [name, body] of Object.entries(entries)) {
      Deno.writeTextFileSync(`${place}/${name}`, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    }
    for (const name of linked) {
      const path = find(name);
      if (path !== undefined) Deno.symlinkSync(path, `${place}/${name}`);
    }
    return place;
  }

  /** All that the home holds, directories, too. */
  left(): string[] {
    const found: string[] = [];
    const visit = (path: string) => {
      for (const { name, isDirectory } of Deno.readDirSync(path)) {
        found.push(`${path}/${name}`.slice(this.directory.at("home/").length));
        if (isDirectory) visit(`${path}/${name}`);
      }
    };
    visit(this.directory.at("home"));
    return found.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.directory[Symbol.dispose]();
  }
}

function test(name: string, fn: (release: Release) => Promise<void>): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      await using release = new Release();
      await fn(release);
    },
  });
}

for (const shell of shells) {
  test(`install.sh installs the program when it is run by ${shell.join(" ")}`, async (release) => {
    const { code, out, error } = await release.install(shell);
    assert.equal(code, 0, error);
    assert.equal(await Deno.readTextFile(`${release.bin}/hustings`), program("1.2.3"));
    assert.equal((await Deno.stat(`${release.bin}/hustings`)).mode! & 0o777, 0o755);
    assert.deepEqual(release.left(), [".local", ".local/bin", ".local/bin/hustings"]);
    assert.match(out, new RegExp(`Installed hustings 1\\.2\\.3 as ${release.bin}/hustings`));
    assert.match(out, /\nnext: hustings install\n$/);
  });

  test(`install.sh leaves nothing behind when the checksum is wrong, by ${shell.join(" ")}`, async (release) => {
    release.files.set(own.file, program("6.6.6"));
    const { code, error } = await release.install(shell);
    assert.equal(code, 1);
    assert.match(
      error,
      new RegExp(`${own.file} has the checksum ${sumOf(program("6.6.6"))} instead`),
    );
    assert.deepEqual(release.left(), []);
  });
}

test("install.sh replaces a program that runs when there is one already", async (release) => {
  await Deno.mkdir(release.bin, { recursive: true });
  const place = `${release.bin}/hustings`;
  await Deno.copyFile(find("sleep")!, place);
  await Deno.chmod(place, 0o755);
  const running = new Deno.Command(place, { args: ["60"] }).spawn();
  try {
    const { code, error } = await release.install();
    assert.equal(code, 0, error);
    assert.equal(await Deno.readTextFile(place), program("1.2.3"));
    assert.deepEqual(release.left(), [".local", ".local/bin", ".local/bin/hustings"]);
  } finally {
    running.kill("SIGKILL");
    await running.status;
  }
});

test("install.sh keeps the program that is there when the new one cannot be had", async (release) => {
  await Deno.mkdir(release.bin, { recursive: true });
  await Deno.writeTextFile(`${release.bin}/hustings`, "the old one");
  release.files.set("SHA256SUMS", "");
  assert.equal((await release.install()).code, 1);
  assert.equal(await Deno.readTextFile(`${release.bin}/hustings`), "the old one");
});

test("install.sh installs nothing when the release names no checksum of the binary", async (release) => {
  release.files.set("SHA256SUMS", `${sumOf(program("1.2.3"))}  ${own.file}.sig\n`);
  const { code, error } = await release.install();
  assert.equal(code, 1);
  assert.match(error, new RegExp(`SHA256SUMS names no checksum of ${own.file}`));
  assert.deepEqual(release.left(), []);
});

test("install.sh names the address when the release has no such file", async (release) => {
  release.files.delete(own.file);
  const { code, error } = await release.install();
  assert.equal(code, 1);
  assert.match(
    error,
    new RegExp(`http://127\\.0\\.0\\.1:\\d+/${own.file} could not be downloaded`),
  );
  assert.deepEqual(release.left(), []);
});

test("install.sh installs nothing when the binary does not run here", async (release) => {
  release.files.set(own.file, "#!/bin/sh\nexit 3\n");
  release.files.set("SHA256SUMS", `${sumOf("#!/bin/sh\nexit 3\n")} *${own.file}\n`);
  const { code, error } = await release.install();
  assert.equal(code, 1);
  assert.match(error, /does not run on this machine/);
  assert.deepEqual(release.left(), []);
});

const uname = (system: string, machine: string) =>
  `case $1 in -s) echo ${system} ;; -m) echo ${machine} ;; esac`;

test("install.sh names the platform when there is no binary for it", async (release) => {
  for (
    const [system, machine, cure] of [
      ["FreeBSD", "amd64", /no binary for the system 'FreeBSD': Linux, macOS and Windows have one/],
      ["Linux", "riscv64", /no binary for the processor 'riscv64': x86_64 and arm64 have one/],
      ["MINGW64_NT-10.0", "x86_64", /on Windows \(MINGW64_NT-10\.0\) run install\.ps1/],
    ] as const
  ) {
    const fakes = release.programs({ uname: uname(system, machine) });
    const { code, error } = await release.install(["sh"], {
      PATH: `${fakes}:${Deno.env.get("PATH")}`,
    });
    assert.equal(code, 1);
    assert.match(error, cure);
  }
  assert.deepEqual(release.asked, []);
});

test("install.sh asks for the file of each platform that a release has", async (release) => {
  const names = { linux: "Linux", macos: "Darwin", windows: "" };
  const others = platforms.filter(({ os }) => os !== "windows");
  for (const { os, arch, file } of others) {
    const machine = arch === "x64" ? "x86_64" : os === "macos" ? "arm64" : "aarch64";
    const fakes = release.programs({
      ...{ uname: uname(names[os], machine), sysctl: "exit 1", ldd: "echo glibc", xattr: "exit 1" },
    });
    release.files.set(file, program(file));
    release.files.set("SHA256SUMS", `${sumOf(program(file))}  ${file}\n`);
    const { code, error } = await release.install(["sh"], {
      PATH: `${fakes}:${Deno.env.get("PATH")}`,
    });
    assert.equal(code, 0, error);
    assert.equal(await Deno.readTextFile(`${release.bin}/hustings`), program(file));
  }
});

test("install.sh takes the mark of a download off on macOS only where there is one", async (release) => {
  const log = release.directory.at("log");
  const file = "hustings-macos-arm64";
  release.files.set(file, program("1.2.3"));
  release.files.set("SHA256SUMS", `${sumOf(program("1.2.3"))}  ${file}\n`);
  for (const [mark, words] of [["exit 0", "-p\n-d\n"], ["exit 1", "-p\n"]] as const) {
    const fakes = release.programs({
      uname: uname("Darwin", "arm64"),
      xattr: `echo $1 >>${log}; ${mark}`,
    });
    const { code, error } = await release.install(["sh"], {
      PATH: `${fakes}:${Deno.env.get("PATH")}`,
    });
    assert.equal(code, 0, error);
    assert.equal(await Deno.readTextFile(log), words);
    await Deno.remove(log);
  }
});

test("install.sh says what is missing when nothing can download or check", async (release) => {
  const bare = release.programs({}, tools);
  const sh = [find("sh")!];
  const without = await release.install(sh, { PATH: bare });
  assert.equal(without.code, 1);
  assert.match(without.error, /neither curl nor wget is on the PATH: install one of them/);
  const downloader = find("curl") === undefined ? "wget" : "curl";
  const unchecked = release.programs({}, [
    ...tools.filter((name) => name !== "sha256sum"),
    downloader,
  ]);
  const { code, error } = await release.install(sh, { PATH: unchecked });
  assert.equal(code, 1);
  assert.match(error, /no sha256sum, shasum or openssl is on the PATH/);
  assert.deepEqual(release.left(), []);
});

for (const checker of ["shasum", "openssl"].filter((name) => find(name) !== undefined)) {
  test(`install.sh checks by ${checker} when there is no sha256sum`, async (release) => {
    const downloader = find("curl") === undefined ? "wget" : "curl";
    const others = tools.filter((name) => name !== "sha256sum");
    const PATH = release.programs({}, [...others, downloader, checker, "sh", "env", "perl"]);
    const { code, error } = await release.install([find("sh")!], { PATH });
    assert.equal(code, 0, error);
    release.files.set(own.file, program("6.6.6"));
    assert.match((await release.install([find("sh")!], { PATH })).error, /has the checksum/);
  });
}

test("install.sh does nothing when only a part of it arrives", async (release) => {
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => line.startsWith("main "));
  for (const share of [0.2, 0.5, 0.9, 0.99]) {
    await release.install(["sh"], {}, text.slice(0, Math.floor(share * text.length)));
  }
  await release.install(["sh"], {}, lines.slice(0, last).join("\n"));
  assert.deepEqual([release.asked, release.left()], [[], []]);
});

test("install.sh tells how to get on the PATH when its directory is not, in the user's shell", async (release) => {
  const fish = await release.install(["sh"], { SHELL: "/usr/bin/fish" });
  assert.match(
    fish.out,
    new RegExp(`${release.bin} is not on your PATH[^]*fish_add_path '${release.bin}'`),
  );
  const bash = await release.install(["sh"], { SHELL: "/bin/bash" });
  assert.match(bash.out, new RegExp(`export PATH="${release.bin}:\\$PATH"`));
  const there = await release.install(["sh"], { PATH: `${Deno.env.get("PATH")}:${release.bin}` });
  assert.doesNotMatch(there.out, /PATH/);
});

test("install.sh says what is wrong when a variable is no version or no directory", async (release) => {
  const at = (env: Record<string, string>) => release.install(["sh"], env);
  const tagged = await at({ HUSTINGS_VERSION: "v1.0.0" });
  assert.match(tagged.error, /'v1\.0\.0': leave out the v, as in 1\.0\.0/);
  const odd = await at({ HUSTINGS_VERSION: "1/../x" });
  assert.match(odd.error, /'1\/\.\.\/x', which is no version/);
  const relative = await at({ HUSTINGS_INSTALL_DIR: "bin" });
  assert.match(relative.error, /'bin': write it from the root/);
  const file = await at({ HUSTINGS_INSTALL_DIR: "/dev/null/bin" });
  assert.match(file.error, /the directory \/dev\/null\/bin cannot be made/);
  for (const { code } of [tagged, odd, relative, file]) assert.equal(code, 1);
  const elsewhere = await at({ HUSTINGS_INSTALL_DIR: `${release.directory.path}/a b/bin/` });
  assert.equal(elsewhere.code, 0, elsewhere.error);
  assert.ok((await Deno.stat(`${release.directory.path}/a b/bin/hustings`)).isFile);
});

Deno.test("both install scripts take the release from where the packages say it is", () => {
  for (const name of ["install.sh", "install.ps1"]) {
    const own = Deno.readTextFileSync(new URL(`packages/${name}`, root));
    const addresses = own.match(/https:\/\/github\.com\/[\w-]+\/[\w-]+/g) ?? [];
    assert.deepEqual([...new Set(addresses)], [home], name);
    assert.ok(own.includes("releases/latest/download") || own.includes("/latest/download"));
  }
});
