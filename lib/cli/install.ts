import { exitCodes } from "./exit_codes.ts";
import type { Call, Verb } from "./verb.ts";

export const install: Verb = {
  name: "install",
  summary: "add hustings to the configuration of AI clients",
  usage: ["install CLIENT...", "install", "install CLIENT... --project", "install --dry-run"],
  about:
    `Writes this program's own path into the client's list of MCP servers, and where the client has
hooks, those that show its model what came. Comments, order and form of the files stay; before its
first change a file is copied to FILE.hustings-backup beside it. What is in place already is left as
it is; a program that has moved gets its new path. A file that cannot be read is not changed.

Without a client it looks for those that are on this machine, shows what it would do, and asks.

Clients: claude, claude-desktop, gemini, codex, cursor, windsurf, vscode, cline, zed, opencode, goose.`,
  options: {
    project: { type: "boolean", help: "write the files of this repository, not the user's own" },
    "no-hooks": { type: "boolean", help: "leave the hooks out" },
    "dry-run": { type: "boolean", help: "show the change as a diff, and write nothing" },
    yes: { type: "boolean", help: "do not ask" },
    force: { type: "boolean", help: "replace another program's server that is called hustings" },
    json: { type: "boolean", help: "print JSON; errors too (on stderr)" },
  },
  json: `{"dryRun","clients":[{"client","files":[{"path","change":"made"|"changed"|"none",
  "backup"?,"diff"?}]}],"next":[...]}`,
  run: async (call: Call) => {
    // Only the installation needs the libraries that read the clients' files.
    const { runInstall } = await import("./install/run_install.ts");
    return await runInstall(call) ? exitCodes.ok : exitCodes.nothing;
  },
};
