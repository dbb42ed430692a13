import { limits } from "../core/limits.ts";
import type { HistoryResult } from "../core/types.ts";
import { exitCodes } from "./exit_codes.ts";
import { historyView } from "./message_view.ts";
import { onBus } from "./on_bus.ts";
import { expectWords, textOption, wholeOption } from "./option_values.ts";
import { plainJson } from "./plain_text.ts";
import { writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

/** Entries where the caller left the number open: about a screen. */
const defaultLimit = 20;

export const history: Verb = {
  name: "history",
  summary: "show what you sent and received, and what became of it",
  usage: ["history [--limit N] [--with NAME] [--before ID]"],
  about:
    `Shows the last messages of your name, the newest at the end. Nothing is noted as read. Each
reader's state is one of: queued, handed (its process has it), read, answered. The exit
code is 3 when there are none.`,
  options: {
    limit: { type: "string", value: "N", help: `how many, at most ${limits.historyEntries}` },
    with: { type: "string", value: "NAME", help: "only those exchanged with this name" },
    before: { type: "string", value: "ID", help: "only those older than this message" },
    ...busOptions,
  },
  json: `{"entries":[{"id","from","to":[{"name","state":"accepted"|"handed"|"read"|"answered",
"atMs"?}],"atMs","text","replyTo"?,"thread"}],"older"}   "older": ask again with --before
the lowest id.`,
  run,
};

function run(call: Call) {
  expectWords(call, "history", 0);
  const limit = wholeOption(call, "limit", 1, limits.historyEntries) ?? defaultLimit;
  const before = wholeOption(call, "before", 1, Number.MAX_SAFE_INTEGER);
  const name = textOption(call, "with");
  return onBus(call, async (bus) => {
    const result = await bus.history({
      limit,
      ...(before === undefined ? {} : { before }),
      ...(name === undefined ? {} : { with: name }),
    });
    await writeOut(call.json ? `${plainJson(result)}\n` : view(result, Date.now()));
    return result.entries.length === 0 ? exitCodes.nothing : exitCodes.ok;
  });
}

function view({ entries, older }: HistoryResult, nowMs: number): string {
  if (entries.length === 0) return "No messages.\n";
  const lowest = Math.min(...entries.map((entry) => entry.id));
  const hint = older ? `\nThere are older ones: add --before ${lowest}\n` : "";
  return historyView(entries, nowMs) + hint;
}
