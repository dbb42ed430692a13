import { limits } from "../../core/limits.ts";
import { readLegacySetting } from "../../member/legacy/legacy_setting.ts";
import type { LegacySetting } from "../../member/legacy/legacy_setting.ts";
import type { StateDirectory } from "../../member/state_directory.ts";
import { Findings } from "./findings.ts";
import type { Finding } from "./findings.ts";

/**
 * Reads how legacy scripts are served; nothing is found where they are not. `port` is where the
 * bus is, or would be.
 */
export function checkLegacy(directory: StateDirectory, port: number): readonly Finding[] {
  const legacy = new Findings("legacy");
  let setting: LegacySetting | undefined;
  try {
    setting = readLegacySetting(directory);
  } catch (error) {
    legacy.fault(error instanceof Error ? error.message : String(error));
  }
  if (setting?.mode === "secret") legacy.ok("Scripts of claude-ipc-mcp take part with a secret");
  if (setting?.mode === "open") {
    legacy.note(
      "Scripts of claude-ipc-mcp take part without a secret: so can every program on this machine",
      "set IPC_SHARED_SECRET, also for the scripts, and run 'hustings legacy on'; or 'hustings legacy off'",
    );
  }
  if (setting !== undefined && port !== limits.basePort) {
    legacy.note(
      `The bus is on port ${port}, and such scripts know only ${limits.basePort}`,
      `free port ${limits.basePort} for the bus, and set no HUSTINGS_PORT`,
    );
  }
  return legacy.all;
}
