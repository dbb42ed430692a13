import type { CheckResult, Message } from "../../core/types.ts";
import type { Delivery, Lease, Transaction } from "../../store/store.ts";

/** What stands in place of a text that changed on disk: never a silently wrong one. */
const damagedText =
  "[The text of this message was damaged on disk and cannot be shown. Ask its sender to send it again.]";

/**
 * Leases what is queued in `mailbox` to one request of one process and returns it; with `replyTo`,
 * only the answers to that message. The same request again gets the same messages again. `senders`
 * are the mailboxes that they came from, one for each.
 */
export function handOver(
  { mailboxes, messages }: Transaction,
  mailbox: number,
  lease: Lease,
  replyTo: number | undefined,
  atMs: number,
): { readonly result: CheckResult; readonly senders: readonly number[] } {
  let deliveries = messages.leased(lease);
  if (deliveries.length === 0) {
    deliveries = messages.queued(mailbox, replyTo);
    messages.lease(mailbox, deliveries.map((delivery) => delivery.message.id), lease, atMs);
  }
  const more = mailboxes.byId(mailbox)?.accepted ?? 0;
  const senders = deliveries.map((delivery) => delivery.message.sender);
  return { result: { messages: deliveries.map(toMessage), more }, senders };
}

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
