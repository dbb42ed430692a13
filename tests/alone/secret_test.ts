import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readSecret } from "../../lib/member/secret.ts";
import { SeededRandom } from "../support/seeded.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

const posix = { ignore: Deno.build.os === "windows" };
const asRoot = { ignore: Deno.build.os === "windows" || Deno.uid() !== 0 };
const random = new SeededRandom(1);

/** A directory with a secret in it. */
function withSecret(): { root: TemporaryDirectory; path: string; secret: Uint8Array } {
  const root = new TemporaryDirectory();
  const path = root.at("secret");
  return { root, path, secret: readSecret(path, random) };
}

function namesIn(root: TemporaryDirectory): string[] {
  return [...Deno.readDirSync(root.path)].map(({ name }) => name);
}

Deno.test(
  "secret is made at the first call, open to its owner alone, and is the same from then on",
  posix,
  () => {
    const umask = Deno.umask(0);
    const { root, path, secret } = withSecret();
    Deno.umask(umask);
    using _root = root;
    assert.equal(secret.length, 32);
    assert.notDeepEqual(secret, new Uint8Array(32));
    assert.equal(Deno.lstatSync(path).mode! & 0o777, 0o600);
    assert.deepEqual(readSecret(path, random), secret);
    assert.deepEqual(namesIn(root), ["secret"]);
  },
);

Deno.test("secret differs from one home to the next", () => {
  const [a, b] = [withSecret(), withSecret()];
  using _a = a.root;
  using _b = b.root;
  assert.notDeepEqual(a.secret, b.secret);
});

Deno.test("secret that is open to others is refused with the cure", posix, () => {
  const { root, path } = withSecret();
  using _root = root;
  for (const mode of [0o640, 0o604, 0o610]) {
    Deno.chmodSync(path, mode);
    const message = `'${path}' is open to other users (mode ${mode.toString(8)}), ` +
      `so the bus does not use it: chmod 600 '${path}'`;
    assert.throws(() => readSecret(path, random), { code: "bad_request", message });
  }
});

Deno.test("secret that is a link is refused, wherever it leads", posix, () => {
  const { root, path } = withSecret();
  using _root = root;
  const link = root.at("link");
  for (const target of [path, root.at("missing")]) {
    Deno.symlinkSync(target, link);
    const message = /link' is a symbolic link.*replace it by what it points to/;
    assert.throws(() => readSecret(link, random), { code: "bad_request", message });
    Deno.removeSync(link);
  }
});

Deno.test("secret that is no file is refused", () => {
  using root = new TemporaryDirectory();
  const path = root.at("secret");
  Deno.mkdirSync(path, { mode: 0o700 });
  const refusal = { code: "bad_request", message: /secret' is no file.*move it away/ };
  assert.throws(() => readSecret(path, random), refusal);
});

Deno.test("secret of another user is refused with the cure", asRoot, () => {
  const { root, path } = withSecret();
  using _root = root;
  Deno.chownSync(path, 12345, 12345);
  const message = /secret' belongs to user 12345, not to you \(0\).*chown 0 '/;
  assert.throws(() => readSecret(path, random), { code: "bad_request", message });
});

Deno.test("secret of a wrong length is refused with the cure, and kept", posix, () => {
  const { root, path, secret } = withSecret();
  using _root = root;
  for (const wrong of [new Uint8Array(0), secret.slice(1), Uint8Array.of(...secret, 10)]) {
    Deno.writeFileSync(path, wrong);
    const message = new RegExp(`has ${wrong.length} bytes instead of 32: end all agents, remove`);
    assert.throws(() => readSecret(path, random), { code: "bad_request", message });
    assert.deepEqual(Deno.readFileSync(path), wrong);
  }
});

Deno.test("secret cannot be made where there is no place, and nothing is left behind", () => {
  using root = new TemporaryDirectory();
  assert.throws(() => readSecret(root.at("missing/secret"), random), Deno.errors.NotFound);
});

Deno.test("twenty processes that make the secret at once all read the same one", async () => {
  using root = new TemporaryDirectory();
  const program = fileURLToPath(import.meta.resolve("../support/secret_process.ts"));
  const args = ["run", "-A", "--no-check", program, root.at("secret")];
  const options = { args, stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
  const processes = Array.from({ length: 20 }, () => {
    const child = new Deno.Command(Deno.execPath(), options).spawn();
    return { child, output: child.stdout.getReader(), input: child.stdin.getWriter() };
  });
  for (const { output } of processes) await output.read();
  await Promise.all(processes.map(({ input }) => input.write(Uint8Array.of(10))));
  const secrets = await Promise.all(processes.map(async ({ child, output, input }) => {
    const { value } = await output.read();
    output.releaseLock();
    await child.stdout.cancel();
    await input.close();
    await child.status;
    return new TextDecoder().decode(value);
  }));
  const onDisk = [...await Deno.readFile(root.at("secret"))];
  const hex = onDisk.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  assert.equal(onDisk.length, 32);
  assert.deepEqual(secrets, secrets.map(() => hex));
  assert.deepEqual(namesIn(root), ["secret"]);
});
