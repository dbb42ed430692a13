import { limits } from "../../core/limits.ts";
import type { AgeingMessage, Mailbox, Transaction } from "../../store/store.ts";
import type { Presences } from "./views.ts";

/** How far one round of the clean-up has come. */
export interface TidyStep {
  /** The last message that was looked at; undefined when the round is over. */
  readonly after: number | undefined;
  /** Stopped conversations of which nothing is left, so that they were forgotten, too. */
  readonly stopsForgotten: number;
}

/**
 * One small step of the clean-up: looks at the messages after the id `after` and forgets those whose
 * time is over. What was read goes after `limits.historyMs`, or earlier while the store is larger than
 * `limits.historyBytes`. What is unread goes after `limits.keepMs` where nobody has the name, and after
 * `limits.historyMs` where its agent is not there. At the end of a round empty mailboxes of agents that
 * are long gone go too, and so do stops of conversations of which nothing is left.
 */
export function forgetOld(
  transaction: Transaction,
  after: number,
  presences: Presences,
  nowMs: number,
): TidyStep {
  const { mailboxes, messages } = transaction;
  const isLarge = messages.usedBytes() > limits.historyBytes;
  const found = messages.ageing(after, limits.tidyMessages);
  let bytes = 0;
  for (const message of found) {
    const isYoung = message.atMs > nowMs - limits.keepMs;
    // They are in the order of time: all that follow are younger.
    if (isYoung && !isLarge) break;
    if (bytes > limits.tidyBytes) return { after: message.id - 1, stopsForgotten: 0 };
    const expired = message.unreadIn.filter((id) =>
      isOver(mailboxes.byId(id), message, presences, nowMs)
    );
    for (const id of expired) messages.expire(id, message.id);
    const isRead = expired.length === message.unreadIn.length;
    if (!isRead || !(isLarge || message.atMs <= nowMs - limits.historyMs)) continue;
    messages.forget(message.id);
    bytes += message.textBytes;
  }
  const last = found.at(-1);
  const isMore = found.length === limits.tidyMessages && last !== undefined &&
    (isLarge || last.atMs <= nowMs - limits.keepMs);
  if (isMore) return { after: last.id, stopsForgotten: 0 };
  forgetMailboxes(transaction, presences, nowMs);
  return { after: undefined, stopsForgotten: transaction.oversight.forgetStopped() };
}

/** Whether an unread message has waited in `mailbox` for long enough. */
function isOver(
  mailbox: Mailbox | undefined,
  { atMs }: AgeingMessage,
  presences: Presences,
  nowMs: number,
): boolean {
  if (mailbox === undefined || mailbox.owner === undefined) return atMs <= nowMs - limits.keepMs;
  return !isHeld(mailbox, presences) && atMs <= nowMs - limits.historyMs;
}

function forgetMailboxes({ mailboxes }: Transaction, presences: Presences, nowMs: number): void {
  for (const mailbox of mailboxes.all()) {
    const isGone = mailbox.sinceMs <= nowMs - limits.keepMs;
    if (isGone && !isHeld(mailbox, presences)) mailboxes.remove(mailbox.id, nowMs);
  }
}

/** Somebody is there under the name, or was a moment ago and may come back. */
function isHeld(mailbox: Mailbox, presences: Presences): boolean {
  return mailbox.instance !== undefined || presences.isHere(mailbox.id);
}
