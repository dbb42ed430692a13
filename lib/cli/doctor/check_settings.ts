import { allowedCommands } from "../../agents/allowed_commands.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";

/** Reads what the user has allowed at `path`; nothing is found where there is no such file. */
export function checkSettings(path: string): readonly Finding[] {
  const settings = new Findings("settings");
  const { commands, fault } = allowedCommands(path);
  if (fault !== undefined) settings.fault(fault);
  if (commands.size > 0) {
    settings.ok(`Agents may run and share: ${[...commands.keys()].join(", ")}`);
  }
  return settings.all;
}
