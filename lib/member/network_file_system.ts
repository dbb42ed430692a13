import { dirname, resolve } from "node:path";

/** Types of file systems that live on another machine, or on the host of a virtual one. */
const remote =
  /^(nfs[34]?|cifs|smb[23]?|smbfs|9p|afs|ceph|lustre|gpfs|beegfs|glusterfs|ncpfs|davfs)$/;
const remoteFuse = /^fuse\.(sshfs|s3fs|rclone|glusterfs|ceph|davfs2?|smbnetfs|curlftpfs|gcsfuse)$/;

/** The text of /proc/self/mountinfo; empty where there is none. */
export function readMounts(): string {
  if (Deno.build.os !== "linux") return "";
  try {
    return Deno.readTextFileSync("/proc/self/mountinfo");
  } catch {
    return "";
  }
}

/**
 * The type of the network file system on which `path` lies, or will lie once it is made; undefined
 * where it is a local one, or the system does not tell.
 */
export function networkFileSystem(path: string, mounts: string): string | undefined {
  const type = fileSystemType(realPath(path), mounts);
  return type !== undefined && (remote.test(type) || remoteFuse.test(type)) ? type : undefined;
}

/** The longest mount point above `path` decides; of two on the same one, the later (proc_pid_mountinfo(5)). */
function fileSystemType(path: string, mounts: string): string | undefined {
  let best: { readonly point: string; readonly type: string | undefined } | undefined;
  for (const line of mounts.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const escaped = before.split(" ")[4];
    if (escaped === undefined) continue;
    const point = escaped.replace(
      /\\([0-7]{3})/g,
      (_, code) => String.fromCharCode(parseInt(code, 8)),
    );
    const above = point === "/" || path === point || path.startsWith(`${point}/`);
    const longer = best === undefined || point.length >= best.point.length;
    if (above && longer) best = { point, type: after.split(" ")[0] };
  }
  return best?.type;
}

/** Of what exists of `path`, with the rest behind it. */
function realPath(path: string): string {
  const whole = resolve(path);
  for (let known = whole;; known = dirname(known)) {
    try {
      return Deno.realPathSync(known) + whole.slice(known.length);
    } catch {
      if (dirname(known) === known) return whole;
    }
  }
}
