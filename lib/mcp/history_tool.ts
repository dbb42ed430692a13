import * as z from "zod";
import { limits } from "../core/limits.ts";
import type { HistoryEntry } from "../core/types.ts";
import { fenced, quoted } from "../agents/fenced.ts";
import { mcpLimits } from "./mcp_limits.ts";
import { provenance } from "../agents/message_view.ts";
import { deliveryState, deliveryText } from "./receipt_view.ts";
import type { Outcome, Tool } from "./tool.ts";
import { makeTool } from "./tool.ts";
import { when } from "../agents/when.ts";

const limitMust = `must be a whole number from 1 to ${limits.historyEntries}`;
const beforeMust = "must be the id of a message, a whole number from 1";

/** `history`: what the agent sent and received, oldest first, with the state of each message. */
export function historyTool(): Tool {
  return makeTool({
    name: "history",
    description: "Messages you sent or received earlier, and whether they were read or answered.",
    input: z.strictObject({
      limit: z.int(limitMust).min(1, limitMust).max(limits.historyEntries, limitMust).optional()
        .describe(`How many, ${mcpLimits.historyEntries} if left out`),
      with: z.string("must be a name").optional().describe("Only with this agent"),
      before: z.int(beforeMust).min(1, beforeMust).optional().describe("Only older than this id"),
    }),
    annotations: { readOnlyHint: true },
    run: async (args, call) => {
      const limit = args.limit ?? mcpLimits.historyEntries;
      const { entries, older } = await call.session.bus.history({
        limit,
        ...(args.with === undefined ? {} : { with: args.with }),
        ...(args.before === undefined ? {} : { before: args.before }),
      });
      const ordered = entries.toSorted((a, b) => a.id - b.id).map((entry) => {
        const shown = call.shown(entry);
        // One that is shown by its beginning and a path is short; one alone comes whole.
        return shown !== entry || limit === 1 ? shown : clipped(entry);
      });
      return page(ordered, older, call.nowMs());
    },
  });
}

function clipped(entry: HistoryEntry): HistoryEntry {
  const textLength = mcpLimits.historyTextLength;
  if (entry.text.length <= textLength) return entry;
  const rest = entry.text.length - textLength;
  const how = `limit 1 and before ${entry.id + 1} show all`;
  // Not in the middle of a character that takes two units.
  const beginning = entry.text.slice(0, textLength).replace(/[\ud800-\udbff]$/, "");
  return {
    ...entry,
    text: `${beginning}… [${rest} characters more: ${how}]`,
  };
}

function page(entries: readonly HistoryEntry[], older: boolean, nowMs: number): Outcome {
  const first = entries[0];
  if (first === undefined) return { fields: { messages: [] }, text: "No messages." };
  const more = older ? [`For older ones set before to ${first.id}.`] : [];
  return {
    fields: {
      note: provenance,
      messages: entries.map((entry) => entryFields(entry, nowMs)),
      ...(older ? { older: more[0] } : {}),
    },
    text: [provenance, ...entries.map((entry) => entryText(entry, nowMs)), ...more].join("\n\n"),
  };
}

function entryFields(entry: HistoryEntry, nowMs: number): Record<string, unknown> {
  return {
    id: entry.id,
    from: entry.from,
    to: Object.fromEntries(entry.to.map((view) => [view.name, deliveryState(view, nowMs)])),
    at: when(entry.atMs, nowMs),
    ...(entry.replyTo === undefined ? {} : { reply_to: entry.replyTo }),
    text: quoted(entry.text),
  };
}

function entryText(entry: HistoryEntry, nowMs: number): string {
  const reply = entry.replyTo === undefined ? "" : `, reply to #${entry.replyTo}`;
  return `#${entry.id} from ${entry.from}, ${when(entry.atMs, nowMs)}${reply} ` +
    `(${deliveryText(entry.to, nowMs)}):\n${fenced(entry.text)}`;
}
