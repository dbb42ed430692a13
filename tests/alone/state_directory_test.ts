import assert from "node:assert/strict";
import { openStateDirectory, stateDirectoryPath } from "../../lib/member/state_directory.ts";
import type { Surroundings } from "../../lib/member/state_directory.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

const posix = { ignore: Deno.build.os === "windows" };
const asRoot = { ignore: Deno.build.os === "windows" || Deno.uid() !== 0 };

/** Where the state is kept in such surroundings. */
function place(os: Surroundings["os"], env: Record<string, string>): string {
  return stateDirectoryPath({ os, env: (name) => env[name] });
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o777;
}

Deno.test("state lives where HUSTINGS_HOME says, on every platform", () => {
  const env = { HUSTINGS_HOME: "/chosen", HOME: "/home/u", XDG_STATE_HOME: "/state" };
  for (const os of ["linux", "darwin"] as const) assert.equal(place(os, env), "/chosen");
  assert.equal(place("windows", { HUSTINGS_HOME: "D:\\h", LOCALAPPDATA: "C:\\a" }), "D:\\h");
});

Deno.test("state lives in the platform's own place when nothing else is said", () => {
  const home = { HOME: "/home/u", HUSTINGS_HOME: "" };
  assert.equal(place("linux", home), "/home/u/.local/state/hustings");
  assert.equal(place("linux", { ...home, XDG_STATE_HOME: "/state" }), "/state/hustings");
  const relative = { ...home, XDG_STATE_HOME: "state" };
  assert.equal(
    place("linux", relative),
    "/home/u/.local/state/hustings",
    "relative paths are void",
  );
  const mac = "/home/u/Library/Application Support/hustings";
  assert.equal(place("darwin", { ...home, XDG_STATE_HOME: "/state" }), mac);
  assert.equal(place("windows", { ...home, LOCALAPPDATA: "C:\\a" }), "C:\\a\\hustings");
  const local = "C:\\Users\\ann\\AppData\\Local";
  const usual = { USERPROFILE: "C:\\Users\\ann", LOCALAPPDATA: local };
  assert.equal(place("windows", usual), `${local}\\hustings`);
  const scanty = { ...usual, LOCALAPPDATA: "" };
  assert.equal(place("windows", scanty), `${local}\\hustings`, "a client passed on less");
});

Deno.test("state has no place when the environment names no home, and the error says what to set", () => {
  for (const os of ["linux", "darwin", "windows"] as const) {
    assert.throws(() => place(os, {}), { code: "bad_request", message: /HUSTINGS_HOME/ });
  }
});

Deno.test(
  "state directory is made with access for its owner alone, whatever umask says",
  posix,
  () => {
    using root = new TemporaryDirectory();
    const umask = Deno.umask(0);
    try {
      const path = root.at("a/b/home");
      const directory = openStateDirectory(path, false);
      assert.equal(modeOf(path), 0o700);
      assert.equal(directory.path, path);
      for (const file of [directory.secret, directory.store, directory.lock, directory.endpoint]) {
        assert.ok(file.startsWith(`${path}/`));
      }
      assert.deepEqual([...Deno.readDirSync(path)], [], "nothing is in it yet");
      assert.deepEqual(openStateDirectory(path, false), directory, "it is used again");
    } finally {
      Deno.umask(umask);
    }
  },
);

Deno.test(
  "state directory that is open to others is refused with the cure, and left so",
  posix,
  () => {
    using root = new TemporaryDirectory();
    const path = root.at("home");
    Deno.mkdirSync(path);
    for (const mode of [0o755, 0o770, 0o701]) {
      Deno.chmodSync(path, mode);
      const message = `'${path}' is open to other users (mode ${mode.toString(8)}), ` +
        `so the bus does not use it: chmod 700 '${path}'`;
      assert.throws(() => openStateDirectory(path, false), { code: "bad_request", message });
      assert.equal(modeOf(path), mode);
    }
  },
);

Deno.test("state directory that is a link is refused, wherever it leads", posix, () => {
  using root = new TemporaryDirectory();
  const path = root.at("home");
  Deno.mkdirSync(root.at("real"), { mode: 0o700 });
  for (const target of [root.at("real"), root.at("missing")]) {
    Deno.symlinkSync(target, path);
    const message = new RegExp(`'${path}' (is a symbolic link|cannot be made).*: (replace|set)`);
    assert.throws(() => openStateDirectory(path, false), { code: "bad_request", message });
    Deno.removeSync(path);
  }
});

Deno.test("state directory that is a file, or below one, is refused", () => {
  using root = new TemporaryDirectory();
  const path = root.at("home");
  Deno.writeTextFileSync(path, "mine");
  const isFile = { code: "bad_request", message: /home' is no directory.*move it away/ };
  assert.throws(() => openStateDirectory(path, false), isFile);
  const below = { code: "bad_request", message: /home\/inner' cannot be made.*HUSTINGS_HOME/ };
  assert.throws(() => openStateDirectory(`${path}/inner`, false), below);
  assert.equal(Deno.readTextFileSync(path), "mine");
});

Deno.test("state directory of another user is refused with the cure", asRoot, () => {
  using root = new TemporaryDirectory();
  const path = root.at("home");
  Deno.mkdirSync(path, { mode: 0o700 });
  Deno.chownSync(path, 12345, 12345);
  const message = `'${path}' belongs to user 12345, not to you (0), ` +
    `so the bus does not use it: chown 0 '${path}'`;
  assert.throws(() => openStateDirectory(path, false), { code: "bad_request", message });
});
