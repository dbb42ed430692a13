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
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const shared = (Deno.env.get("HUSTINGS_SHARE") ?? "").split(separator).filter(Boolean);
  const commandEnv = {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: Deno.env.get("HOME") ?? "",
    LANG: Deno.env.get("LANG") ?? "",
  };
  return { texts: new LongTexts(texts), allowed, home, commandEnv, shared };
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
