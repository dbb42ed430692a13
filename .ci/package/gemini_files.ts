import { about } from "./about.ts";
import { json } from "./files.ts";
import type { Files } from "./files.ts";
import { guide } from "./guide.ts";
import { hookFile } from "./hook_file.ts";
import type { Platform } from "./platforms.ts";

/**
 * The files of the extension for Gemini CLI, which runs the program from the PATH or, for a platform,
 * the one inside it.
 */
export function geminiFiles(version: string, license: string, platform?: Platform): Files {
  const command = platform === undefined
    ? about.name
    : `\${extensionPath}\${/}bin\${/}${platform.program}`;
  return {
    "gemini-extension.json": json({
      ...{ name: about.name, version, description: about.description },
      mcpServers: { [about.name]: { command } },
      contextFileName: "HUSTINGS.md",
    }),
    "hooks/hooks.json": json(hookFile("gemini", hookProgram(platform))),
    "HUSTINGS.md": guide,
    "LICENSE": license,
  };
}

/** Gemini CLI runs hooks by bash, and on Windows by PowerShell, which calls a quoted path by `&` only. */
function hookProgram(platform: Platform | undefined): string {
  if (platform === undefined) return about.name;
  if (platform.os === "windows") return `& "\${extensionPath}\\bin\\${platform.program}"`;
  return `"\${extensionPath}/bin/${platform.program}"`;
}
