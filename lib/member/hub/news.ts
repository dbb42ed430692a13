import type { DeliveryState } from "../../core/delivery.ts";
import { limits } from "../../core/limits.ts";
import type { SentNews } from "../../core/types.ts";

/** One step of a message with one reader. */
export interface Step {
  readonly sender: number;
  readonly message: number;
  readonly reader: { readonly id: number; readonly name: string };
  readonly state: Exclude<DeliveryState, "accepted">;
  readonly atMs: number;
}

/**
 * What became of messages since their senders were told last: the newest state of each with each
 * reader. In memory and bounded: the history has all of it.
 */
export class News {
  readonly #bySender = new Map<number, Map<string, SentNews>>();

  note({ sender, message, reader, state, atMs }: Step): void {
    if (sender === reader.id) return;
    const news = this.#bySender.get(sender) ?? new Map<string, SentNews>();
    this.#bySender.set(sender, news);
    const key = `${message} ${reader.id}`;
    news.delete(key); // the newest comes last
    news.set(key, { id: message, name: reader.name, state, atMs });
    const [oldest] = news.keys();
    if (news.size > limits.sentNews) news.delete(oldest!);
  }

  /** What there is for `sender`, oldest first; it is told once. */
  take(sender: number): SentNews[] {
    const news = this.#bySender.get(sender);
    this.#bySender.delete(sender);
    return [...news?.values() ?? []];
  }

  /**
   * Messages that `reader` was handed are queued again: that they were handed is no news any more. It
   * may be so of others of them; those are news again once they were read.
   */
  queuedAgain(reader: number): void {
    for (const news of this.#bySender.values()) {
      for (const [key, { state }] of news) {
        if (state === "handed" && key.endsWith(` ${reader}`)) news.delete(key);
      }
    }
  }

  /** The agent of `mailbox` is gone. */
  forget(mailbox: number): void {
    this.#bySender.delete(mailbox);
  }
}
