import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

/** Called so because `import` is a word of the language. */
export const importVerb: Verb = {
  name: "import",
  summary: "take over unread messages and names from claude-ipc-mcp",
  usage: ["import [PATH] [--dry-run]"],
  about:
    `Reads the database of claude-ipc-mcp (PATH, else ~/.claude-ipc-data/messages.db), which may
be in use, and changes nothing of it. It takes every unread message, every name, and the
changes of names of the last two hours, which forward here for what is left of those. A
message keeps the names of who wrote it and for whom; its first line says that it was
imported and when it was written. It counts from now for how long it is kept. Where a longer
text lies in a file of its own, the message names that file.

It can be done again at any time: what is here already does not come twice. The exit code is
3 when there was nothing to take, and 5 when something was left out; it says why.`,
  options: {
    "dry-run": { type: "boolean", help: "say what it would take, and take nothing" },
    ...busOptions,
  },
  json: `{"path","dryRun","messages":{"new","known"},"names":{"new","known"},
"forwards":{"new","known"},"leftOut":[{"what","why"}]}   "known" were here already.`,
  run: async (call: Call) => {
    // Only an import reads another program's database.
    const { runImport } = await import("./import/run_import.ts");
    return await runImport(call);
  },
};
