import type { CheckResult, Message } from "../../core/types.ts";
import { isPaused } from "./hold_up.ts";
import type { Step } from "./news.ts";
import type { Delivery, Lease, Transaction } from "../../store/store.ts";

/** What a check brought, and the step that this is for each of its messages. */
export interface Checked {
  readonly result: CheckResult;
  readonly steps: readonly Step[];
  /** A person holds up whatever is queued. */
  readonly isHeldUp?: boolean;
}

/** What stands in place of a text that changed on disk: never a silently wrong one. */
export const damagedText =
  "[The text of this message was damaged on disk and cannot be shown. Ask its sender to send it again.]";

/**
 * Leases what is queued in `mailbox` to one request of one process and returns it; with `replyTo`,
 * only the answers to that message. The same request again gets the same messages again. `steps`
 * is what this is for each of them. Where a person holds the mailbox up, it seems to be empty.
 */
export function handOver(
  transaction: Transaction,
  mailbox: number,
  lease: Lease,
  { replyTo, textBytes }: {
    readonly replyTo: number | undefined;
    readonly textBytes: number | undefined;
  },
  atMs: number,
): Checked {
  const { mailboxes, messages } = transaction;
  let deliveries = messages.leased(lease);
  if (deliveries.length === 0) {
    if (isPaused(transaction, mailboxes.byId(mailbox))) return heldUp;
    deliveries = messages.queued(mailbox, replyTo, textBytes);
    messages.lease(mailbox, deliveries.map((delivery) => delivery.message.id), lease, atMs);
  }
  const reader = mailboxes.byId(mailbox);
  const steps = deliveries.map(({ message }): Step => ({
    sender: message.sender,
    message: message.id,
    reader: { id: mailbox, name: reader?.name ?? "" },
    state: "handed",
    atMs,
  }));
  return { result: { messages: deliveries.map(toMessage), more: reader?.accepted ?? 0 }, steps };
}

const heldUp: Checked = { result: { messages: [], more: 0 }, steps: [], isHeldUp: true };

function toMessage({ message, redelivered }: Delivery): Message {
  return {
    id: message.id,
    from: message.from,
    to: message.to,
    atMs: message.atMs,
    text: message.text ?? damagedText,
    thread: message.thread,
    ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
    ...(redelivered ? { redelivered: true } : {}),
  };
}
