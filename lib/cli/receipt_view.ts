import { howItNotices } from "../agents/attention_words.ts";
import { legacyOwner } from "../core/legacy_owner.ts";
import { limits } from "../core/limits.ts";
import type { Receipt, ReceiptRecipient } from "../core/types.ts";
import { duration } from "./duration.ts";
import { plainLine } from "./plain_text.ts";
import { prose } from "./terminal.ts";

const keptDays = limits.keepMs / (24 * 3600_000);

/** A receipt as a person reads it: that the message is on disk, and how each reader will notice. */
export function receiptView(receipt: Receipt, nowMs: number): string {
  const lines = receipt.recipients.map((recipient) => {
    const written = recipient.writtenAs === undefined
      ? ""
      : ` (formerly ${plainLine(recipient.writtenAs)})`;
    return prose(`  ${plainLine(recipient.name)}${written}: ${outlook(recipient, nowMs)}\n`, 2);
  });
  const none = "  nobody else is known on this bus yet\n";
  return `Message #${receipt.id} is on disk.\n${lines.join("") || none}`;
}

/** How a recipient will notice a message, in a few words that follow its name. */
export function outlook(recipient: ReceiptRecipient, nowMs: number): string {
  const { presence, sinceMs, near } = recipient;
  if (recipient.paused) return "is paused by a person; it gets it when that is over";
  switch (presence) {
    case "waiting":
      return "waits for messages and gets it now";
    case "here":
      return plainLine(howItNotices(recipient, recipient.client ?? ""));
    case "away": {
      if (recipient.client === legacyOwner.client) {
        return `is a script that checks now and then, last ${
          duration(nowMs - (sinceMs ?? nowMs))
        } ago`;
      }
      const since = sinceMs === undefined ? "" : ` for ${duration(nowMs - sinceMs)}`;
      return `has been away${since}; it is kept until it comes back, for ${keptDays} days at most`;
    }
    case "nobody": {
      const others = near === undefined || near.length === 0
        ? ""
        : `; did you mean ${near.map(plainLine).join(" or ")}?`;
      return `nobody has this name yet; it is kept for ${keptDays} days${others}`;
    }
  }
}
