import assert from "node:assert/strict";
import { editors } from "../../lib/agents/install/editors.ts";
import { removeFrom } from "../../lib/agents/install/file_changes.ts";
import type { PlannedFile } from "../../lib/agents/install/planned_file.ts";
import { InstallBench } from "./install_bench.ts";

/** The files of `golden/`: as a user may have them, and as they are after the installation. */
const cases: Readonly<Record<string, { readonly client: string; readonly file: number }>> = {
  claude: { client: "claude", file: 0 },
  "claude_settings": { client: "claude", file: 1 },
  "claude_desktop": { client: "claude-desktop", file: 0 },
  gemini: { client: "gemini", file: 0 },
  codex: { client: "codex", file: 0 },
  "codex_hooks": { client: "codex", file: 1 },
  cursor: { client: "cursor", file: 0 },
  "cursor_hooks": { client: "cursor", file: 1 },
  windsurf: { client: "windsurf", file: 0 },
  vscode: { client: "vscode", file: 0 },
  cline: { client: "cline", file: 0 },
  zed: { client: "zed", file: 0 },
  opencode: { client: "opencode", file: 0 },
  goose: { client: "goose", file: 0 },
};

function golden(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(`golden/${name}`, import.meta.url));
}

/** All text of it, the byte order mark too. */
function shown(bytes: Uint8Array | undefined): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function planned(client: string, file: number, content: Uint8Array<ArrayBuffer>): PlannedFile {
  const bench = new InstallBench();
  bench.disk.put(bench.paths(client)[file]!, content);
  return bench.plan(client)[file]!;
}

function traces({ list, hooks, client }: PlannedFile): Parameters<typeof removeFrom>[2] {
  return { ...(list && { list: list as "mcpServers" }), ...(hooks && { hooksOf: client }) };
}

for (const [name, { client, file }] of Object.entries(cases)) {
  Deno.test(`install keeps comments, order and form when it changes ${name} of ${client}`, () => {
    const { after } = planned(client, file, golden(`${name}.in`));
    assert.equal(shown(after), shown(golden(`${name}.out`)));
  });

  Deno.test(`install changes nothing in ${name} of ${client} when it has done so before`, () => {
    const once = golden(`${name}.out`);
    const { after, made } = planned(client, file, once);
    assert.equal(shown(after), shown(once));
    assert.deepEqual(made, []);
  });

  Deno.test(`taking out of ${name} of ${client} gives the very bytes back`, () => {
    const input = golden(`${name}.in`);
    const change = planned(client, file, input);
    const editor = editors[change.format];
    const after = shown(change.after).replace(/^\ufeff/, "");
    const back = removeFrom(editor, after, traces(change), change.made);
    assert.equal(back, shown(input).replace(/^\ufeff/, ""));
  });
}
