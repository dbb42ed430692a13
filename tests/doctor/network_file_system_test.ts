import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { networkFileSystem } from "../../lib/member/network_file_system.ts";
import { openStateDirectory } from "../../lib/member/state_directory.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

function mounts(...entries: readonly [string, string][]): string {
  return entries.map(([point, type], index) =>
    `${index + 20} 1 0:${index} / ${point} rw,relatime shared:${index} - ${type} source rw\n`
  ).join("");
}

Deno.test({
  name: "networkFileSystem goes by the longest mount point above the path, the later of two",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const table = mounts(["/", "ext4"], ["/net", "nfs4"], ["/net/disk", "xfs"], ["/a\\040b", "9p"]);
    const types = ["/net/x/y", "/net", "/net/disk/x", "/network", "/a b/c", "/x"].map((path) =>
      networkFileSystem(path, table)
    );
    assert.deepEqual(types, ["nfs4", "nfs4", undefined, undefined, "9p", undefined]);
    const later = mounts(["/", "nfs"], ["/", "btrfs"]);
    assert.equal(networkFileSystem("/x", later), undefined);
  },
});

Deno.test("networkFileSystem knows those of other machines from those of this one", () => {
  const at = (type: string) => networkFileSystem("/x", mounts(["/", type])) !== undefined;
  const remote = ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone", "ceph"];
  const local = ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "apfs", "fuse.gvfsd", "fuseblk", ""];
  assert.deepEqual([remote.filter(at), local.filter(at)], [remote, []]);
  assert.equal(networkFileSystem("/x", ""), undefined);
});

Deno.test("openStateDirectory refuses a network file system, names it and the cure, and makes nothing", () => {
  using root = new TemporaryDirectory();
  const path = root.at("home");
  assert.throws(
    () => openStateDirectory(path, mounts(["/", "ext4"], [root.path, "nfs4"])),
    (error) => {
      assert.ok(error instanceof HustingsError && error.code === "bad_request");
      assert.match(
        error.message,
        /home' lies on a network file system \(nfs4\).*set HUSTINGS_HOME/,
      );
      return true;
    },
  );
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  openStateDirectory(path, mounts(["/", "nfs4"], [root.path, "ext4"]));
});
