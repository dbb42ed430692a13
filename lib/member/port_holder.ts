/** Who listens on a port, as far as the system tells. */
export interface PortHolder {
  readonly uid: number;
  readonly pid?: number;
  /** What the process is called. */
  readonly program?: string;
}

/**
 * Who listens on `port` of the loopback address, by /proc: the user always, the process only where
 * this one may look at it. Undefined where nobody does, or the system does not tell.
 */
export function portHolder(port: number): PortHolder | undefined {
  if (Deno.build.os !== "linux") return undefined;
  const socket = listeningSocket(port, readText("/proc/net/tcp")) ??
    listeningSocket(port, readText("/proc/net/tcp6"));
  if (socket === undefined) return undefined;
  const { uid, inode } = socket;
  const pid = ownerOf(inode);
  if (pid === undefined) return { uid };
  return { uid, pid, program: readText(`/proc/${pid}/comm`).trim() };
}

/**
 * A line of /proc/net/tcp: number, local address, remote address, state, four more, uid, timeout,
 * inode (proc_pid_net(5)). Addresses that get connections to 127.0.0.1: itself and the wildcards.
 */
function listeningSocket(
  port: number,
  table: string,
): { readonly uid: number; readonly inode: string } | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [address, its] = fields[1]?.split(":") ?? [];
    const heard = address !== undefined && /^(0100007F|0+)$/.test(address);
    if (heard && its === wanted && fields[3] === "0A") {
      return { uid: Number(fields[7]), inode: fields[9] ?? "" };
    }
  }
  return undefined;
}

function ownerOf(inode: string): number | undefined {
  const link = `socket:[${inode}]`;
  for (const { name } of entries("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    for (const descriptor of entries(`/proc/${name}/fd`)) {
      if (readLink(`/proc/${name}/fd/${descriptor.name}`) === link) return Number(name);
    }
  }
  return undefined;
}

// What belongs to others, or ends meanwhile, cannot be read.

function entries(path: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)];
  } catch {
    return [];
  }
}

function readLink(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
