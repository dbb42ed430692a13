import { exitCodes } from "./exit_codes.ts";
import type { Call, Verb } from "./verb.ts";

export const uninstall: Verb = {
  name: "uninstall",
  summary: "take hustings out of the configuration of AI clients again",
  usage: ["uninstall CLIENT...", "uninstall", "uninstall --project"],
  about:
    `Takes out the server and the hooks of this program, the copies that install made, and what it
made and is empty now. A file that nobody has changed since is what it was before, byte for byte; in
every other one the rest stays as it is. Without a client: all that have anything of it.

Messages stay where they are.`,
  options: {
    project: { type: "boolean", help: "only the files of this repository" },
    "dry-run": { type: "boolean", help: "show the change as a diff, and write nothing" },
    json: { type: "boolean", help: "print JSON; errors too (on stderr)" },
  },
  json: `{"dryRun","clients":[{"client","files":[{"path","change":"changed"|"removed"|"none",
  "diff"?}]}],"messages"}`,
  run: async (call: Call) => {
    const { runUninstall } = await import("./install/run_uninstall.ts");
    await runUninstall(call);
    return exitCodes.ok;
  },
};
