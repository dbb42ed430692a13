import { runCommand } from "./run_command.ts";
import type { RunCommand } from "./run_command.ts";

/** Who listens on a port, as far as the system tells this user. */
export interface PortHolder {
  readonly uid?: number;
  readonly pid?: number;
  /** What the process is called. */
  readonly program?: string;
}

/** One address on which somebody listens. */
interface Listener extends PortHolder {
  readonly address: string;
  readonly port: number;
}

/**
 * Who listens on these ports of the loopback address, by the word of the system's own commands: the
 * process only where this user may look at it. A port is missing where nobody listens, or the system
 * does not tell.
 */
export async function portHolders(
  ports: readonly number[],
  os = Deno.build.os,
  run: RunCommand = runCommand,
): Promise<Map<number, PortHolder>> {
  const listeners = await allListeners(os, run);
  const holders = new Map<number, PortHolder>();
  for (const port of ports) {
    const there = listeners.filter((each) => each.port === port && isHeard(each.address));
    const exact = there.find(({ address }) => address === "127.0.0.1") ?? there[0];
    if (exact === undefined) continue;
    const { address: _, port: __, ...holder } = exact;
    holders.set(port, os === "windows" ? await withProgram(holder, run) : holder);
  }
  return holders;
}

async function allListeners(os: typeof Deno.build.os, run: RunCommand): Promise<Listener[]> {
  if (os === "windows") return byNetstat(await run("netstat", "-ano") ?? "");
  if (os === "linux") {
    const found = await run("ss", "-Hltnpe");
    if (found !== undefined) return bySs(found);
  }
  // Where the first is not on the PATH of a graphical client, it is at its usual place.
  const asked = ["-nP", "-iTCP", "-sTCP:LISTEN", "-FpcuLn"];
  return byLsof(await run("lsof", ...asked) ?? await run("/usr/sbin/lsof", ...asked) ?? "");
}

/** Whether who listens there gets connections to 127.0.0.1. */
function isHeard(address: string): boolean {
  return /^(\*|127\.0\.0\.1|0\.0\.0\.0|\[::\]|\[::ffff:127\.0\.0\.1\])$/.test(address);
}

/** Lines of ss(8): state, two queues, the address, that of the peer; then the process, and the user unless it is root. */
function bySs(text: string): Listener[] {
  return text.split("\n").flatMap((line) => {
    const [, address, port] = line.match(/^LISTEN\s+\d+\s+\d+\s+(\S+):(\d+)\s/) ?? [];
    if (address === undefined) return [];
    const [, program, pid] = line.match(/users:\(\("(.*?)",pid=(\d+),/) ?? [];
    const uid = Number(line.match(/ uid:(\d+)/)?.[1] ?? 0);
    const process = program === undefined ? {} : { program, pid: Number(pid) };
    return [{ address, port: Number(port), uid, ...process }];
  });
}

/** Output of `lsof -F`: a line a field, those of the process (p, c, u) before those of its files (n). */
function byLsof(text: string): Listener[] {
  const listeners: Listener[] = [];
  let holder: PortHolder = {};
  for (const line of text.split("\n")) {
    const value = line.slice(1);
    if (line[0] === "p") holder = { pid: Number(value) };
    else if (line[0] === "c") holder = { ...holder, program: value };
    else if (line[0] === "u") holder = { ...holder, uid: Number(value) };
    const [, address, port] = line.match(/^n(\S+):(\d+)$/) ?? [];
    if (address !== undefined) listeners.push({ address, port: Number(port), ...holder });
  }
  return listeners;
}

/** Lines of netstat of Windows. The state is told in the system's language: a listener has no peer. */
function byNetstat(text: string): Listener[] {
  return text.split("\n").flatMap((line) => {
    const [protocol, local, peer, , pid] = line.trim().split(/\s+/);
    const [, address, port] = local?.match(/^(\S+):(\d+)$/) ?? [];
    if (protocol !== "TCP" || address === undefined || !peer?.endsWith(":0")) return [];
    return [{ address, port: Number(port), pid: Number(pid) }];
  });
}

/** A line of `tasklist /FO CSV`: the program's name in quotes, and more. */
async function withProgram(holder: PortHolder, run: RunCommand): Promise<PortHolder> {
  const text = await run("tasklist", "/FI", `PID eq ${holder.pid}`, "/FO", "CSV", "/NH") ?? "";
  const [, program] = text.match(new RegExp(`^\\s*"([^"]+)","${holder.pid}"`)) ?? [];
  return program === undefined ? holder : { ...holder, program };
}
