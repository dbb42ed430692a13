import { allowedCommands } from "../agents/allowed_commands.ts";
import { ownStateDirectory } from "../agents/own_state_directory.ts";
import type { MemberView, StatusResult } from "../core/types.ts";
import { duration } from "./duration.ts";
import { exitCodes } from "./exit_codes.ts";
import { readLegacySetting } from "../member/legacy/legacy_setting.ts";
import type { StateDirectory } from "../member/state_directory.ts";
import type { LegacySetting } from "../member/legacy/legacy_setting.ts";
import { onBus } from "./on_bus.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainLine } from "./plain_text.ts";
import { paint, prose, writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

export const status: Verb = {
  name: "status",
  summary: "show the broker, or the server, and the state of the bus",
  usage: ["status"],
  about: `Names the process that is the broker, its epoch (it grows with every change of broker) and
uptime, counts members and messages, and tells your branch, your rooms, which commands
agents may run and share, and whether legacy scripts take part. When no agent runs, this command is the broker for its moment
and says so. On a bus that several machines share it names the server instead.`,
  options: busOptions,
  json: `{"broker"?:{"name","pid","port","epoch","sinceMs","version"},"server"?:{"name","version",
"url","realm","cluster"?,"replicas","sinceMs"},"me","membersHere","membersAway","accepted","handed","storeBytes","home","warnings"?:[...],"branch"?,
"rooms":[...],"commands":[...],"legacy":"off"|"open"|"secret"}   A bus has a "broker" or a
"server"; "branch" and "rooms" are your own; "commands" are allowed.`,
  run,
};

function run(call: Call) {
  expectWords(call, "status", 0);
  return onBus(call, async (bus) => {
    const [status, { members }] = await Promise.all([bus.status(), bus.list()]);
    const result = withSettings(status, members.find((member) => member.me));
    const view = () => statusView(result, members, Date.now());
    await writeOut(call.json ? `${plainJson(result)}\n` : view());
    return exitCodes.ok;
  });
}

/** What the bus answers, with what the terminal knows of itself and of what its user has allowed. */
interface OwnStatus extends StatusResult {
  readonly branch?: string;
  readonly rooms: readonly string[];
  readonly commands: readonly string[];
  /** How scripts of claude-ipc-mcp take part. */
  readonly legacy: LegacySetting["mode"] | "off";
}

function withSettings(status: StatusResult, own: MemberView | undefined): OwnStatus {
  const directory = ownStateDirectory();
  const { commands, fault } = allowedCommands(directory.settings);
  const legacy = legacyMode(directory);
  const faults = [fault, legacy.fault].filter((each) => each !== undefined);
  const warnings = [...status.warnings ?? [], ...faults];
  return {
    ...status,
    ...(own?.branch === undefined ? {} : { branch: own.branch }),
    rooms: own?.rooms ?? [],
    commands: [...commands.keys()],
    legacy: legacy.mode,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function legacyMode(directory: StateDirectory): { mode: OwnStatus["legacy"]; fault?: string } {
  try {
    return { mode: readLegacySetting(directory)?.mode ?? "off" };
  } catch (error) {
    return { mode: "off", fault: error instanceof Error ? error.message : String(error) };
  }
}

/** The longest title is 'messages'. */
const titleColumns = 8;

function statusView(result: OwnStatus, members: readonly MemberView[], nowMs: number): string {
  const { membersHere, membersAway, accepted, handed } = result;
  const lines = [
    ...brokerLines(result.broker, nowMs),
    ...serverLines(result.server, nowMs),
    ["you", plainLine(ownPlace(result))],
    ["members", `${membersHere} here (${doing(members)}), ${membersAway} away`],
    ["messages", `${accepted} queued, ${handed} handed out and not yet read`],
    ["store", storeLine(result)],
    ...(result.commands.length === 0 ? [] : [["commands", result.commands.join(", ")]]),
    ...(result.legacy === "off" ? [] : [["legacy", legacyWords[result.legacy]]]),
    ...(result.warnings ?? []).map((text) => ["warning", plainLine(text)]),
  ];
  return lines.map(([title, text]) =>
    prose(`${paint("bold", title!.padEnd(titleColumns))}  ${text}\n`, titleColumns + 2)
  ).join("");
}

function brokerLines(broker: StatusResult["broker"], nowMs: number): string[][] {
  if (broker === undefined) return [];
  const alone = broker.pid === Deno.pid
    ? "; this command, for its moment: no agent was there to be it"
    : "";
  const who = broker.name === "" ? "a process without an agent" : plainLine(broker.name);
  return [
    ["broker", `${who} (process ${broker.pid}, port ${broker.port})${alone}`],
    ["epoch", `${broker.epoch}, for ${duration(nowMs - broker.sinceMs)}`],
    ["version", plainLine(broker.version)],
  ];
}

function serverLines(server: StatusResult["server"], nowMs: number): string[][] {
  if (server === undefined) return [];
  const { url, name, version, cluster, realm, sinceMs, replicas } = server;
  const where = cluster === undefined ? "" : `, cluster ${plainLine(cluster)}`;
  const copies = replicas === 1 ? "one copy" : `${replicas} copies`;
  return [
    ["server", `${plainLine(url)} (${plainLine(name)}, NATS ${plainLine(version)}${where})`],
    ["realm", `${realm}, for ${duration(nowMs - sinceMs)}, ${copies} of all`],
  ];
}

function storeLine({ storeBytes, home, server }: OwnStatus): string {
  const size = `${Math.ceil(storeBytes / 1024)} KiB`;
  return server === undefined
    ? `${size} in ${plainLine(home)}`
    : `${size} on the server; what is this machine's own is in ${plainLine(home)}`;
}

const legacyWords = {
  secret: "scripts of claude-ipc-mcp take part with a secret",
  open: "scripts of claude-ipc-mcp, and all programs on this machine, take part without a secret",
};

function ownPlace({ me, branch, rooms }: OwnStatus): string {
  const where = branch === undefined ? "" : `, on ${branch}`;
  return `${me}${where}${rooms.length === 0 ? "" : `, in ${rooms.join(" ")}`}`;
}

function doing(members: readonly MemberView[]): string {
  const here = members.filter((member) => member.presence !== "away");
  const waiting = here.filter((member) => member.presence === "waiting");
  const working = here.filter((member) => member.activity === "working");
  return `${waiting.length} waiting, ${working.length} at work`;
}
