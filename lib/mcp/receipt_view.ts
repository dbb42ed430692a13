import { legacyOwner } from "../core/legacy_owner.ts";
import { limits } from "../core/limits.ts";
import type { DeliveryView, Receipt, ReceiptRecipient, SentNews } from "../core/types.ts";
import { howItNotices } from "../agents/attention_words.ts";
import { oneLine } from "../agents/fenced.ts";
import { when } from "../agents/when.ts";

const keepDays = limits.keepMs / (24 * 3600_000);

/** A receipt for `structuredContent`: the id, and for each name how its agent will notice. */
export function receiptFields(receipt: Receipt, nowMs: number): Record<string, unknown> {
  return {
    id: receipt.id,
    state: "on disk",
    to: Object.fromEntries(
      receipt.recipients.map((recipient) => [recipient.name, notice(recipient, nowMs)]),
    ),
  };
}

/** The same as text. */
export function receiptText(receipt: Receipt, nowMs: number): string {
  const lines = receipt.recipients.map((recipient) => {
    const line = `${recipient.name}: ${notice(recipient, nowMs)}`;
    return line.endsWith("?") ? line : `${line}.`;
  });
  if (lines.length === 0) lines.push("Nobody else has been here yet: nobody will get it.");
  return [`On disk as message ${receipt.id}.`, ...lines].join(lines.length > 1 ? "\n" : " ");
}

/** What became of own messages, by their ids: `bob: read 21:02Z (just now)`. */
export function newsFields(news: readonly SentNews[], nowMs: number): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const each of news) {
    const line = deliveryText([each], nowMs);
    fields[each.id] = each.id in fields ? `${fields[each.id]}; ${line}` : line;
  }
  return fields;
}

/** The same as lines of text. */
export function newsText(news: readonly SentNews[], nowMs: number): string[] {
  return Object.entries(newsFields(news, nowMs)).map(([id, line]) => `Your #${id}: ${line}`);
}

/** How far a message got with each of its readers: `bob: read 21:02Z (just now)`. */
export function deliveryText(deliveries: readonly DeliveryView[], nowMs: number): string {
  return deliveries.map((view) => `${view.name}: ${deliveryState(view, nowMs)}`).join("; ");
}

/** How far a message got with one reader. */
export function deliveryState(view: DeliveryView, nowMs: number): string {
  const word = view.state === "accepted" ? "queued, not read yet" : view.state;
  return view.atMs === undefined ? word : `${word} ${when(view.atMs, nowMs)}`;
}

function notice(recipient: ReceiptRecipient, nowMs: number): string {
  const renamed = recipient.writtenAs === undefined ? "" : ` (renamed: was ${recipient.writtenAs})`;
  return presence(recipient, nowMs) + renamed;
}

function presence(recipient: ReceiptRecipient, nowMs: number): string {
  if (recipient.paused) return "paused by a person; gets it when that is over";
  switch (recipient.presence) {
    case "waiting":
      return "waiting now";
    case "here":
      return oneLine(howItNotices(recipient, recipient.client ?? ""));
    case "away": {
      if (recipient.client === legacyOwner.client) {
        return `a script, checks now and then, last ${when(recipient.sinceMs ?? nowMs, nowMs)}`;
      }
      const since = recipient.sinceMs === undefined
        ? ""
        : ` since ${when(recipient.sinceMs, nowMs)}`;
      return `away${since}; gets it when it is back`;
    }
    case "nobody": {
      const near = recipient.near ?? [];
      const meant = near.length === 0 ? "" : `; did you mean ${near.map(quoted).join(" or ")}?`;
      return `nobody has this name yet; kept for ${keepDays} days${meant}`;
    }
  }
}

function quoted(name: string): string {
  return `'${name}'`;
}
