import type { DiskEvent } from "./disk_event.ts";

const changing = ["pwrite64", "write", "ftruncate", "fsync", "fdatasync", "openat", "unlink"];
/** Recorded so that a way to change a file which this reader does not know is not overlooked. */
const unknown = ["pwritev", "pwritev2", "writev", "unlinkat", "rename", "renameat", "renameat2"]
  .concat(["fallocate", "truncate", "link", "linkat"]);

/** Why writes cannot be recorded here; undefined where they can. */
export function noRecorder(): string | undefined {
  const hint = "needs strace (Debian: apt-get install strace)";
  if (Deno.build.os !== "linux") return hint;
  try {
    const args = ["-o", "/dev/null", "-e", "trace=none", "true"];
    const { success } = new Deno.Command("strace", { args, stderr: "null" }).outputSync();
    return success ? undefined : `${hint} and the right to trace a process`;
  } catch {
    return hint;
  }
}

/**
 * Runs a command under strace and returns what it did to the files in `directory` and to that
 * itself, with what it said on stdout. `logs`: a directory of its own. Throws when the command fails.
 */
export async function recordDisk(
  command: readonly string[],
  directory: string,
  logs: string,
): Promise<DiskEvent[]> {
  const trace = [...changing, ...unknown].map((call) => `?${call}`).join();
  const { success, stderr } = await new Deno.Command("strace", {
    // One log a thread: no call is cut in two by another thread's.
    args: ["-ff", "-o", `${logs}/thread`, "-y", "-xx", "-s", "1000000000"]
      .concat(["-e", `trace=${trace}`, ...command]),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`The recorded process failed: ${new TextDecoder().decode(stderr)}`);
  const threads: DiskEvent[][] = [];
  for await (const { name } of Deno.readDir(logs)) {
    const events = eventsOf(await Deno.readTextFile(`${logs}/${name}`), directory);
    if (events.some(({ kind }) => kind !== "said")) threads.push(events);
  }
  if (threads.length === 1) return threads[0]!;
  throw new Error(
    `${threads.length} threads changed files in ${directory}: their order is unknown`,
  );
}

function eventsOf(log: string, directory: string): DiskEvent[] {
  const events: DiskEvent[] = [];
  for (const line of log.split("\n")) {
    const [, call, given, result] = line.match(/^(\w+)\((.*)\) += (\d+)/) ?? [];
    if (call === undefined) continue; // a signal, the end, or a call that failed
    const event = eventOf(call, given!.split(", "), Number(result), directory);
    if (event !== undefined) events.push(event);
  }
  return events;
}

/** strace writes every byte of a string as \xNN, so that a comma always parts two arguments. */
function eventOf(
  call: string,
  args: readonly string[],
  result: number,
  directory: string,
): DiskEvent | undefined {
  const path = pathOf(call === "openat" ? args[1]! : args[0]!);
  if (call === "write" && args[0]!.startsWith("1<")) {
    return { kind: "said", text: new TextDecoder().decode(bytesOf(args[1]!)).trimEnd() };
  }
  if (path !== directory && !path.startsWith(`${directory}/`)) return undefined;
  switch (call) {
    case "openat":
      return args[2]!.includes("O_CREAT") ? { kind: "create", path } : undefined;
    case "pwrite64": {
      const bytes = bytesOf(args[1]!).slice(0, result);
      return { kind: "write", path, at: Number(args[3]), bytes };
    }
    case "ftruncate":
      return { kind: "truncate", path, length: Number(args[1]) };
    case "fsync":
    case "fdatasync":
      return { kind: "flush", path };
    case "unlink":
      return { kind: "unlink", path };
    default:
      throw new Error(`${call} on ${path}: the model of the disk does not know this call`);
  }
}

/** The path in `"\xNN…"`, or behind a descriptor, as in `21<\xNN…>`. */
function pathOf(arg: string): string {
  return new TextDecoder().decode(bytesOf(arg));
}

function bytesOf(arg: string): Uint8Array<ArrayBuffer> {
  const hex = arg.slice(arg.indexOf("\\x"), arg.lastIndexOf("\\x") + 4);
  const bytes = new Uint8Array(hex.length / 4);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(i * 4 + 2, i * 4 + 4), 16);
  return bytes;
}
