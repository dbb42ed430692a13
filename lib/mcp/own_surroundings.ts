import { allowedCommands } from "../agents/allowed_commands.ts";
import type { AllowedCommands } from "../agents/allowed_commands.ts";
import { LongTexts } from "../agents/long_texts.ts";
import { ownStateDirectory } from "../agents/own_state_directory.ts";
import { stateFiles } from "../member/state_directory.ts";
import type { StateDirectory } from "../member/state_directory.ts";
import { mcpLog } from "./mcp_log.ts";

/** What an MCP server needs of its environment for as long as it runs, read once. */
export interface OwnSurroundings {
  readonly texts: LongTexts;
  readonly allowed: AllowedCommands;
  /** The user's own directory of the bus: nothing of it is shared. */
  readonly home: string;
  /** What commands that are shared see of the environment. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Directories that the user lets agents share from, besides those they work in. */
  readonly shared: readonly string[];
}

/** Reads it. A settings file that is wrong is told of in the log; it allows nothing. */
export function ownSurroundings(): OwnSurroundings {
  const { path: home, settings, texts } = stateDirectory();
  const allowed = allowedCommands(settings);
  if (allowed.fault !== undefined) mcpLog(allowed.fault);
  const env = (name: string) => Deno.env.get(name);
  const shared = directoriesIn(env("HUSTINGS_SHARE") ?? "");
  return {
    texts: new LongTexts(texts),
    allowed,
    home,
    commandEnv: commandEnvironment(env),
    shared,
  };
}

/** The directories of a path list, which Windows parts by another sign: a drive has a colon. */
export function directoriesIn(list: string, os = Deno.build.os): string[] {
  return list.split(os === "windows" ? ";" : ":").filter(Boolean);
}

/**
 * What commands that are shared see of the environment. On Windows hardly any program starts without
 * the places of the system, and npm needs those of its user.
 */
export function commandEnvironment(
  env: (name: string) => string | undefined,
  os = Deno.build.os,
): Record<string, string> {
  if (os !== "windows") {
    return { PATH: env("PATH") ?? "", HOME: env("HOME") ?? "", LANG: env("LANG") ?? "" };
  }
  const known = {
    PATH: env("PATH"),
    SystemRoot: env("SystemRoot"),
    SystemDrive: env("SystemDrive"),
    ComSpec: env("ComSpec"),
    PATHEXT: env("PATHEXT"),
    TEMP: env("TEMP"),
    TMP: env("TMP"),
    USERPROFILE: env("USERPROFILE"),
    APPDATA: env("APPDATA"),
    LOCALAPPDATA: env("LOCALAPPDATA"),
  };
  const given = Object.entries(known).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given as [string, string][]);
}

/** An environment that names no home is what every call of the bus says then. */
function stateDirectory(): StateDirectory {
  try {
    return ownStateDirectory();
  } catch (error) {
    mcpLog(`${error}`);
    return stateFiles("");
  }
}
