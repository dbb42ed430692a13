import { busUrl } from "../bus/bus_url.ts";
import { busPorts } from "../bus/bus_ports.ts";
import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { readLegacySetting, writeLegacySetting } from "../member/legacy/legacy_setting.ts";
import type { LegacySetting } from "../member/legacy/legacy_setting.ts";
import { networkFileSystem } from "../member/network_file_system.ts";
import { openStateDirectory } from "../member/state_directory.ts";
import { ownStateDirectory } from "../agents/own_state_directory.ts";
import { exitCodes } from "./exit_codes.ts";
import { expectWords } from "./option_values.ts";
import { plainJson } from "./plain_text.ts";
import { prose, writeOut } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";

const words = ["on", "off"] as const;

/** What `legacy` says of each mode; `off` is no setting. */
const modes: Readonly<Record<LegacySetting["mode"] | "off", string>> = {
  off: "off: a connection of a claude-ipc-mcp script is closed without an answer",
  secret: "on, for scripts with the secret that IPC_SHARED_SECRET held then",
  open: "on and open: every program of every user on this machine can send to your agents as a " +
    "script, take over the name of any script with its messages, and see all names. It cannot " +
    "take the name of an agent",
};

export const legacy: Verb = {
  name: "legacy",
  summary: "let scripts of claude-ipc-mcp 2.0 take part",
  usage: ["legacy", "legacy on", "legacy on --open", "legacy off"],
  choices: words,
  about:
    `Scripts such as ipc_register.py, ipc_send.py and ipc_check.py are members then, unchanged: their
names are on the list, and messages go both ways. They prove nothing by themselves, so this is off until
you switch it on. Without a word it shows how it is set. It holds for the bus, whoever is its broker, and
at once; a broker is there as long as an agent runs.

With the secret that the scripts have in IPC_SHARED_SECRET, 'legacy on' takes it from there and lets in
only those that know it. Without one, 'legacy on --open' lets in everybody on this machine, other users
included: they can send to your agents, register any script's name anew, read its messages and see all
names. Names of agents and terminals cannot be taken in either way.`,
  options: {
    "secret-from-env": { type: "boolean", help: "take the secret of IPC_SHARED_SECRET" },
    open: { type: "boolean", help: "ask for no secret" },
    json: { type: "boolean", help: "print JSON; errors too (on stderr)" },
  },
  json: `{"mode":"off"|"open"|"secret","port"}   "port" is where the bus is when it can.`,
  run,
};

async function run(call: Call) {
  expectWords(call, "legacy", 1);
  const [word] = call.words;
  const isKnown = word === undefined || words.some((known) => known === word);
  if (!isKnown) {
    throw wrong(`'legacy' knows no '${word}': write hustings legacy on, off, or nothing more`);
  }
  const given = ["secret-from-env", "open"].find((option) => call.values[option] === true);
  if (word !== "on" && given !== undefined) {
    throw wrong(`--${given} belongs to 'on': write hustings legacy on --${given}`);
  }
  if (word === "on") await switchTo(wantedSetting(call));
  if (word === "off") await switchTo(undefined);
  const { mode } = readLegacySetting(ownStateDirectory()) ?? { mode: "off" as const };
  const [port] = busPorts(Deno.env.get("HUSTINGS_PORT"));
  await writeOut(call.json ? `${plainJson({ mode, port })}\n` : prose(view(mode, port!), 2));
  return exitCodes.ok;
}

function view(mode: keyof typeof modes, port: number): string {
  const elsewhere = mode !== "off" && port !== limits.basePort
    ? `\nHUSTINGS_PORT leads this bus to port ${port}; such scripts know only ${limits.basePort}.`
    : "";
  return `Legacy scripts: ${modes[mode]}.${elsewhere}${onServer(mode)}\n`;
}

/** They are members of the bus of this machine alone. */
function onServer(mode: keyof typeof modes): string {
  const named = mode === "off" ? undefined : busUrl();
  return named === undefined
    ? ""
    : "\nThat holds for the bus of this machine. Your agents meet on a server, by the word of " +
      `${named.source}, where such scripts do not come: 'hustings join local' leads the agents back.`;
}

function wantedSetting(call: Call): LegacySetting {
  const secret = Deno.env.get("IPC_SHARED_SECRET");
  const fromEnv = call.values["secret-from-env"] === true;
  if (call.values["open"] === true) {
    if (fromEnv) throw wrong("--open and --secret-from-env exclude each other: leave one out");
    return { mode: "open" };
  }
  if (secret) return { mode: "secret", secret };
  if (fromEnv) {
    throw wrong("IPC_SHARED_SECRET is not set here: set it as the scripts have it, and try again");
  }
  throw wrong(
    "IPC_SHARED_SECRET is not set here, so nothing was switched on. Set it as the scripts have it, or " +
      "write hustings legacy on --open: then every program of every user on this machine can send to " +
      "your agents as a script, take over any script's name and read its messages",
  );
}

async function switchTo(setting: LegacySetting | undefined): Promise<void> {
  const { path } = ownStateDirectory();
  const { legacy } = openStateDirectory(path, await networkFileSystem(path));
  writeLegacySetting(legacy, setting);
}

function wrong(message: string): HustingsError {
  return new HustingsError("bad_request", message);
}
