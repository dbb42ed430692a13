import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { runCommand } from "./run_command.ts";
import type { RunCommand } from "./run_command.ts";

/**
 * The type of the network file system that a path lies on; false where it is a local one, undefined
 * where the system does not tell.
 */
export type Network = string | false | undefined;

/** What the system tells of a path: a parameter, as few machines have a network file system to try. */
export interface FileFacts {
  readonly os: typeof Deno.build.os;
  /** What exists of the path, or lies above it, and the path as a whole: without symbolic links. */
  realPath(path: string): { readonly existing: string; readonly whole: string };
  /** The number of the file system's type, which Linux tells. */
  typeNumber(path: string): number | undefined;
  /** The number of the device. */
  device(path: string): number | undefined;
  readonly run: RunCommand;
}

/** Types of file systems that live on another machine, or on the host of a virtual one. */
const remote =
  /^(nfs[34]?|cifs|smb[23]?|smbfs|afpfs|webdav|9p|afs|ceph|lustre|gpfs|beegfs|glusterfs|ncpfs|davfs)$/;
const remoteFuse = /^fuse\.(sshfs|s3fs|rclone|glusterfs|ceph|davfs2?|smbnetfs|curlftpfs|gcsfuse)$/;

/** The same by their numbers (statfs(2), linux/magic.h). */
const remoteNumbers: ReadonlyMap<number, string> = new Map([
  [0x6969, "nfs"],
  [0xff534d42, "cifs"],
  [0xfe534d42, "smb3"],
  [0x517b, "smbfs"],
  [0x01021997, "9p"],
  [0x5346414f, "afs"],
  [0x6b414653, "afs"],
  [0x00c36400, "ceph"],
  [0x0bd00bd0, "lustre"],
  [0x47504653, "gpfs"],
  [0x19830326, "beegfs"],
  [0x564c, "ncpfs"],
]);
const fuseNumber = 0x65735546;

/**
 * Whether `path` lies, or will lie once it is made, on a network file system; never rejects. The start
 * of an agent waits for this: a command is asked only where what costs nothing leaves it open.
 */
export function networkFileSystem(path: string, facts = thisMachine): Promise<Network> {
  const { existing, whole } = facts.realPath(path);
  switch (facts.os) {
    case "linux":
      return onLinux(existing, facts);
    case "darwin":
      return onMacOS(existing, facts);
    case "windows":
      // The real path of a drive that stands for a share is the share.
      return Promise.resolve(whole.startsWith("\\\\") && "a share of a network");
    default:
      return Promise.resolve(undefined);
  }
}

/** All that programs provide, of this machine or another, has one number: `df` knows its type. */
async function onLinux(path: string, facts: FileFacts): Promise<Network> {
  const number = facts.typeNumber(path);
  if (number === undefined) return undefined;
  if (number !== fuseNumber) return remoteNumbers.get(number) ?? false;
  const table = await facts.run("df", "-PT", path);
  // Source, type, three sizes, the part in use, and the mount point, with spaces in the outer two.
  const type = table?.trimEnd().split("\n").at(-1)
    ?.match(/\s(\S+)\s+[\d-]+\s+[\d-]+\s+[\d-]+\s+[\d-]+%?\s+\/.*$/)?.[1];
  return typeIfRemote(type);
}

/** All disks of a machine belong to one driver, that of `/`; for anything else `mount` has the type. */
async function onMacOS(path: string, facts: FileFacts): Promise<Network> {
  const [device, first] = [facts.device(path), facts.device("/")];
  if (device === undefined || first === undefined) return undefined;
  if (device >>> 24 === first >>> 24) return false;
  return typeIfRemote(mountedType(path, await facts.run("/sbin/mount") ?? ""));
}

/** The longest mount point above the path decides; of two on the same one, the later. */
function mountedType(path: string, mounts: string): string | undefined {
  let best: { readonly point: string; readonly type: string | undefined } | undefined;
  for (const line of mounts.split("\n")) {
    const [, point, type] = line.match(/ on (\/.*) \(([^,)]+)[^()]*\)$/) ?? [];
    if (point === undefined) continue;
    const above = point === "/" || path === point || path.startsWith(`${point}/`);
    const longer = best === undefined || point.length >= best.point.length;
    if (above && longer) best = { point, type };
  }
  return best?.type;
}

function typeIfRemote(type: string | undefined): Network {
  if (type === undefined) return undefined;
  return (remote.test(type) || remoteFuse.test(type)) && type;
}

const thisMachine: FileFacts = {
  os: Deno.build.os,
  realPath(path) {
    const whole = resolve(path);
    for (let existing = whole;; existing = dirname(existing)) {
      try {
        const real = Deno.realPathSync(existing);
        return { existing: real, whole: real + whole.slice(existing.length) };
      } catch {
        if (dirname(existing) === existing) return { existing, whole };
      }
    }
  },
  typeNumber: (path) => told(() => statfsSync(path).type),
  device: (path) => told(() => Deno.statSync(path).dev),
  run: runCommand,
};

function told(ask: () => number): number | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
