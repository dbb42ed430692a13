import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { networkFileSystem } from "../../lib/member/network_file_system.ts";
import type { FileFacts } from "../../lib/member/network_file_system.ts";
import { openStateDirectory } from "../../lib/member/state_directory.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

/** A machine that tells what it is told, and keeps which commands were asked. */
class Facts implements FileFacts {
  readonly asked: string[] = [];
  readonly os: FileFacts["os"];
  readonly #said: Partial<FileFacts>;
  readonly #output: string | undefined;

  constructor(os: FileFacts["os"], said: Partial<FileFacts> = {}, output?: string) {
    this.os = os;
    this.#said = said;
    this.#output = output;
  }

  realPath = (path: string) => this.#said.realPath?.(path) ?? { existing: path, whole: path };
  typeNumber = (path: string) => this.#said.typeNumber?.(path);
  device = (path: string) => this.#said.device?.(path);
  run = (...words: string[]) => {
    this.asked.push(words.join(" "));
    return Promise.resolve(this.#output);
  };
}

const fuse = { typeNumber: () => 0x65735546 };

function table(source: string, type: string, point = "/mnt/a b"): string {
  return "Filesystem Type 1024-blocks Used Available Capacity Mounted on\n" +
    `${source}  ${type}  1000 10 990  1% ${point}\n`;
}

Deno.test("networkFileSystem goes by the number of the type on Linux, and asks no command", async () => {
  const at = async (type: number | undefined) => {
    const facts = new Facts("linux", { typeNumber: () => type });
    const network = await networkFileSystem("/x", facts);
    assert.deepEqual(facts.asked, []);
    return network;
  };
  const remote = [0x6969, 0xff534d42, 0xfe534d42, 0x01021997, 0x00c36400];
  assert.deepEqual(await Promise.all(remote.map(at)), ["nfs", "cifs", "smb3", "9p", "ceph"]);
  const [ext4, btrfs, tmpfs, overlay, zfs] = [
    0xef53,
    0x9123683e,
    0x1021994,
    0x794c7630,
    0x2fc12fc1,
  ];
  const local = [ext4, btrfs, tmpfs, overlay, zfs];
  assert.deepEqual(await Promise.all(local.map(at)), local.map(() => false));
  assert.equal(await at(undefined), undefined);
});

Deno.test("networkFileSystem asks df where a program provides the file system", async () => {
  const at = async (type: string) => {
    const facts = new Facts("linux", fuse, table("me@host:/a 1 b", type));
    const network = await networkFileSystem("/mnt/a b/c", facts);
    assert.deepEqual(facts.asked, ["df -PT /mnt/a b/c"]);
    return network;
  };
  const remote = ["fuse.sshfs", "fuse.rclone", "fuse.s3fs"];
  assert.deepEqual(await Promise.all(remote.map(at)), remote);
  const local = ["fuse.gvfsd-fuse", "fuseblk", "fuse.gocryptfs"];
  assert.deepEqual(await Promise.all(local.map(at)), [false, false, false]);
});

Deno.test("networkFileSystem does not know where df is missing or says what nobody understands", async () => {
  const outputs = [undefined, "", "df: error\n", "Filesystem\n", "\0\n\n"];
  const said = await Promise.all(
    outputs.map((output) => networkFileSystem("/x", new Facts("linux", fuse, output))),
  );
  assert.deepEqual(said, outputs.map(() => undefined));
});

Deno.test("networkFileSystem goes by the mount point on macOS where the device is none of a disk", async () => {
  const disk = 0x01000004;
  const share = 0x2d000005;
  const device = (path: string) => path.startsWith("/Volumes") ? share : disk;
  const mounts = [
    "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)",
    "//me@nas/a%20b on /Volumes/a b (smbfs, nodev, nosuid, mounted by me)",
    "nas:/home (x) on /Volumes/home (nfs)",
    "/dev/disk9 on /Volumes/home/disk (hfs, local)",
  ].join("\n");
  const at = async (path: string) => {
    const facts = new Facts("darwin", { device }, mounts);
    return [await networkFileSystem(path, facts), ...facts.asked];
  };
  assert.deepEqual(await at("/Users/me"), [false]);
  assert.deepEqual(await at("/Volumes/a b/c"), ["smbfs", "/sbin/mount"]);
  assert.deepEqual(await at("/Volumes/home"), ["nfs", "/sbin/mount"]);
  assert.deepEqual(await at("/Volumes/home/disk/x"), [false, "/sbin/mount"]);
  assert.equal(await networkFileSystem("/Volumes/a b", new Facts("darwin", { device })), undefined);
  assert.equal(await networkFileSystem("/Users/me", new Facts("darwin")), undefined);
});

Deno.test("networkFileSystem knows a share by its real path on Windows", async () => {
  const realPath = (path: string) => {
    const whole = path.replace(/^Z:/, "\\\\nas\\share");
    return { existing: whole, whole };
  };
  const at = (path: string) => networkFileSystem(path, new Facts("windows", { realPath }));
  assert.equal(await at("C:\\Users\\me"), false);
  assert.ok(await at("Z:\\home"));
  assert.ok(await at("\\\\nas\\share\\home"));
});

Deno.test("networkFileSystem knows a disk of this machine, made or not, and never throws", async () => {
  using root = new TemporaryDirectory();
  assert.equal(await networkFileSystem(root.path), false);
  assert.equal(await networkFileSystem(root.at("not/there/yet")), false);
  await networkFileSystem("/nowhere/at/all\0");
});

Deno.test("openStateDirectory refuses a network file system, names it and the cure, and makes nothing", () => {
  using root = new TemporaryDirectory();
  const path = root.at("home");
  assert.throws(() => openStateDirectory(path, "nfs4"), (error) => {
    assert.ok(error instanceof HustingsError && error.code === "bad_request");
    assert.match(error.message, /home' lies on a network file system \(nfs4\).*set HUSTINGS_HOME/);
    return true;
  });
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  openStateDirectory(path, undefined);
});
