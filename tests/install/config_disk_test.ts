import assert from "node:assert/strict";
import { systemDisk } from "../../lib/agents/install/config_disk.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

const windows = Deno.build.os === "windows";
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test({
  name: "a write goes through a link, keeps it, and gives the file the mode that it had",
  ignore: windows,
  fn: () => {
    using directory = new TemporaryDirectory();
    Deno.mkdirSync(directory.at("dotfiles"));
    Deno.writeTextFileSync(directory.at("dotfiles/real.json"), "old", { mode: 0o640 });
    Deno.chmodSync(directory.at("dotfiles/real.json"), 0o640);
    Deno.symlinkSync("dotfiles/real.json", directory.at("second"));
    Deno.symlinkSync(directory.at("second"), directory.at("first"));
    const before = systemDisk.read(directory.at("first"))!;
    assert.equal(before.mode, 0o640);
    systemDisk.write(directory.at("first"), { ...before, bytes: bytes("new") });
    assert.ok(Deno.lstatSync(directory.at("first")).isSymlink);
    assert.equal(Deno.readTextFileSync(directory.at("dotfiles/real.json")), "new");
    assert.equal(Deno.statSync(directory.at("dotfiles/real.json")).mode! & 0o777, 0o640);
    assert.deepEqual([...Deno.readDirSync(directory.at("dotfiles"))].map(({ name }) => name), [
      "real.json",
    ]);
  },
});

Deno.test({
  name: "a write makes the file that a link leads to, and refuses a circle",
  ignore: windows,
  fn: () => {
    using directory = new TemporaryDirectory();
    Deno.symlinkSync("later.json", directory.at("link"));
    assert.equal(systemDisk.read(directory.at("link")), undefined);
    systemDisk.write(directory.at("link"), { bytes: bytes("x"), mode: 0o600 });
    assert.equal(Deno.readTextFileSync(directory.at("later.json")), "x");
    Deno.symlinkSync("b", directory.at("a"));
    Deno.symlinkSync("a", directory.at("b"));
    assert.throws(
      () => systemDisk.write(directory.at("a"), { bytes: bytes("x"), mode: 0o600 }),
      /circle/,
    );
  },
});

Deno.test({
  name: "a write that fails leaves neither a changed file nor a draft beside it",
  ignore: windows || Deno.uid() === 0,
  fn: () => {
    using directory = new TemporaryDirectory();
    Deno.mkdirSync(directory.at("closed"));
    Deno.writeTextFileSync(directory.at("closed/a"), "old");
    Deno.chmodSync(directory.at("closed"), 0o500);
    assert.throws(() =>
      systemDisk.write(directory.at("closed/a"), { bytes: bytes("x"), mode: 0o600 })
    );
    assert.equal(Deno.readTextFileSync(directory.at("closed/a")), "old");
    Deno.chmodSync(directory.at("closed"), 0o700);
  },
});

Deno.test("directories that are made are told, and go when they are empty", () => {
  using directory = new TemporaryDirectory();
  const path = directory.at("a/b");
  assert.deepEqual(systemDisk.makeDirectory(path, 0o700), [directory.at("a"), path]);
  assert.deepEqual(systemDisk.makeDirectory(path, 0o700), []);
  systemDisk.removeEmptyDirectory(directory.at("a"));
  assert.ok(systemDisk.exists(path));
  systemDisk.removeEmptyDirectory(path);
  assert.ok(!systemDisk.exists(path));
});
