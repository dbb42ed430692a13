/**
 * How many messages of each sender wait unread at each recipient, as far as this broker has seen: it
 * counts from nought when it begins, and a message that was handed out is no longer waiting, even if
 * it is queued again. So it may count too few, never too many for long: an emptied queue is nought.
 */
export class Backlog {
  readonly #bySender = new Map<number, Map<number, number>>();

  count(sender: number, recipient: number): number {
    return this.#bySender.get(recipient)?.get(sender) ?? 0;
  }

  /** A message of `sender` was queued for `recipient`. */
  queued(sender: number, recipient: number): void {
    const counts = this.#bySender.get(recipient) ?? new Map<number, number>();
    counts.set(sender, (counts.get(sender) ?? 0) + 1);
    this.#bySender.set(recipient, counts);
  }

  /** One message of each of `senders` was handed to `recipient`, for whom `left` stay queued. */
  handed(recipient: number, senders: readonly number[], left: number): void {
    const counts = this.#bySender.get(recipient);
    if (counts === undefined) return;
    if (left === 0) return void this.#bySender.delete(recipient);
    for (const sender of senders) {
      const count = (counts.get(sender) ?? 0) - 1;
      if (count > 0) counts.set(sender, count);
      else counts.delete(sender);
    }
  }
}
