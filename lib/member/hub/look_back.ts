import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { checkName } from "../../core/names.ts";
import type { HistoryEntry, HistoryResult } from "../../core/types.ts";
import type { HistoryOperation } from "../../core/operations.ts";
import { searchBack } from "./search_back.ts";
import type { DeliveryRecord, StoredMessage, Transaction } from "../../store/store.ts";

/**
 * A page of what `mailbox` sent and has read, newest first, or of all messages where everyone's are asked
 * for. A reader sees only its own delivery; the sender, and who asks for everyone's, sees all of them.
 * Throws `bad_request` for a partner that nobody is called, and for a search for nothing.
 */
export function lookBack(
  transaction: Transaction,
  mailbox: number | undefined,
  operation: HistoryOperation,
  atMs: number,
): HistoryResult {
  const { messages } = transaction;
  const partner = operation.with === undefined
    ? undefined
    : partnerOf(transaction, operation.with, atMs);
  const before = operation.before ?? Number.MAX_SAFE_INTEGER;
  const reader = operation.everyone === true ? undefined : mailbox;
  const shown = (message: StoredMessage) => {
    const records = messages.deliveries(message.id).filter((record) =>
      reader === undefined || message.sender === reader || record.mailbox === reader
    );
    return toEntry(message, records);
  };
  const thread = operation.thread === undefined
    ? undefined
    : messages.byId(operation.thread)?.thread ?? operation.thread;
  const pageBefore = (id: number, limit: number) =>
    reader !== undefined && thread === undefined
      ? messages.history(reader, { limit, before: id, partner })
      : messages.everyones({ limit, before: id, partner, thread, reader });
  if (operation.search !== undefined) {
    return searchBack(pageBefore, shown, { ...operation, before, search: operation.search });
  }
  const found = pageBefore(before, operation.limit + 1);
  const page = withinBytes(found.slice(0, operation.limit));
  return { entries: page.map(shown), older: found.length > page.length };
}

/** The message `id` with all that became of it so far; undefined where it is forgotten. */
export function entryOf({ messages }: Transaction, id: number): HistoryEntry | undefined {
  const message = messages.byId(id);
  return message === undefined ? undefined : toEntry(message, messages.deliveries(id));
}

/** The first ones whose texts fit into one answer, one at least. */
function withinBytes(messages: StoredMessage[]): StoredMessage[] {
  let bytes = 0;
  const end = messages.findIndex(({ text = "" }, index) => {
    // A UTF-16 unit is at most three bytes; exact counting would cost more than it saves here.
    bytes += text.length * 3;
    return index > 0 && bytes > limits.historyTextBytes;
  });
  return end === -1 ? messages : messages.slice(0, end);
}

function partnerOf({ mailboxes }: Transaction, name: string, atMs: number): number {
  const mailbox = mailboxes.byName(checkName(name)) ?? mailboxes.forwarded(name, atMs);
  if (mailbox !== undefined) return mailbox.id;
  throw new HustingsError("bad_request", `Nobody is called '${name}': list shows who is there`);
}

function toEntry(message: StoredMessage, records: DeliveryRecord[]): HistoryEntry {
  return {
    id: message.id,
    from: message.from,
    to: records.map(({ name, state, atMs }) => ({
      name,
      state,
      ...(atMs === undefined ? {} : { atMs }),
    })),
    atMs: message.atMs,
    text: message.text ?? "[damaged on disk]",
    thread: message.thread,
    ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
  };
}
