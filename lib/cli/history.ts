import { limits } from "../core/limits.ts";
import type { Bus, HistoryOptions } from "../bus/bus.ts";
import type { HistoryEntry, HistoryResult } from "../core/types.ts";
import { exitCodes } from "./exit_codes.ts";
import { historyView } from "./message_view.ts";
import { onBus } from "./on_bus.ts";
import { expectWords, textOption, wholeOption } from "./option_values.ts";
import { plainJson } from "./plain_text.ts";
import { withProgress } from "./progress.ts";
import { writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, Verb } from "./verb.ts";

/** Entries where the caller left the number open: about a screen. */
const defaultLimit = 20;

export const history: Verb = {
  name: "history",
  summary: "show what you sent and received, and what became of it",
  usage: ["history [--limit N] [--with NAME] [--before ID]", "history --search TEXT"],
  about:
    `Shows the last messages of your name, the newest at the end. Nothing is noted as read. Each
reader's state is one of: queued, handed (its process has it), read, answered. --search
shows those that have TEXT in their text or in a name, in small letters or capitals. The
exit code is 3 when there are none.`,
  options: {
    limit: { type: "string", value: "N", help: `how many, at most ${limits.historyEntries}` },
    with: { type: "string", value: "NAME", help: "only those exchanged with this name" },
    before: { type: "string", value: "ID", help: "only those older than this message" },
    search: { type: "string", value: "TEXT", help: "only those with this in text or names" },
    ...busOptions,
  },
  json: `{"entries":[{"id","from","to":[{"name","state":"accepted"|"handed"|"read"|"answered",
"atMs"?}],"atMs","text","replyTo"?,"thread"}],"older","searchedTo"?}   "older": ask again with --before
the lowest id, or of a search with "searchedTo".`,
  run,
};

function run(call: Call) {
  expectWords(call, "history", 0);
  const limit = wholeOption(call, "limit", 1, limits.historyEntries) ?? defaultLimit;
  const before = wholeOption(call, "before", 1, Number.MAX_SAFE_INTEGER);
  const name = textOption(call, "with");
  const search = textOption(call, "search");
  const options: HistoryOptions = {
    limit,
    ...(before === undefined ? {} : { before }),
    ...(name === undefined ? {} : { with: name }),
    ...(search === undefined ? {} : { search }),
  };
  return onBus(call, async (bus) => {
    const result = search === undefined
      ? await bus.history(options)
      : await withProgress("Searching", () => searched(bus, options));
    await writeOut(call.json ? `${plainJson(result)}\n` : view(result, Date.now()));
    return result.entries.length === 0 ? exitCodes.nothing : exitCodes.ok;
  });
}

/** The broker looks at a part of the history in one request: asks on until there is enough, or no more. */
async function searched(bus: Bus, options: HistoryOptions): Promise<HistoryResult> {
  const found: HistoryEntry[] = [];
  let next = options;
  for (;;) {
    const result = await bus.history({ ...next, limit: options.limit - found.length });
    found.push(...result.entries);
    const isEnough = !result.older || found.length >= options.limit;
    if (isEnough || result.searchedTo === undefined) return { ...result, entries: found };
    next = { ...options, before: result.searchedTo };
  }
}

function view({ entries, older, searchedTo }: HistoryResult, nowMs: number): string {
  if (entries.length === 0) return "No messages.\n";
  const lowest = searchedTo ?? Math.min(...entries.map((entry) => entry.id));
  const hint = older ? `\nThere are older ones: add --before ${lowest}\n` : "";
  return historyView(entries, nowMs) + hint;
}
