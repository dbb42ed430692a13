import { HustingsProcess } from "../support/hustings_process.ts";
import type { Context } from "./context.ts";
import type { Row } from "./row.ts";
import { typicalText } from "./typical_text.ts";

/** For nine tools; measured from its source. */
const claudeIpcBytes = 2_810;

const texts = [
  typicalText,
  "I have seen it: line 40 of the lexer still takes a tab for two characters. Shall I change that?",
];

/** What the tools cost in a model's context, and what a check adds to the texts that it brings. */
export async function contextBytes(_context: Context): Promise<Row[]> {
  await using bus = await HustingsProcess.create();
  const alice = await bus.agent("alice");
  const bob = await bus.agent("bob");
  const { tools } = await alice.client.listTools();
  for (const text of texts) {
    await alice.client.callTool({ name: "send", arguments: { to: "bob-shop", text } });
  }
  const checked = await bob.client.callTool({ name: "check", arguments: {} });
  const shown = bytesOf(checked["structuredContent"]);
  const bare = texts.reduce((sum, text) => sum + text.length, 0);
  return [
    {
      what: `bytes of tools/list, ${tools.length} tools`,
      ours: String(bytesOf(tools)),
      against: "claude-ipc-mcp, nine tools",
      other: String(claudeIpcBytes),
      ratio: bytesOf(tools) / claudeIpcBytes,
      aim: "< 3000",
    },
    {
      what: "bytes of a check with two messages, as the model sees it",
      ours: String(shown),
      against: "their texts alone",
      other: String(bare),
      ratio: shown / bare,
      aim: "to know",
    },
  ];
}

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
