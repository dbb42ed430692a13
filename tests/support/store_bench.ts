import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import type { Delivery, Mailbox, NewMessage, Outcome, Work } from "../../lib/store/store.ts";

/** A store in the hands of one broker, with short words for what tests do most. */
export class StoreBench implements Disposable {
  readonly store: SqliteStore;
  readonly epoch: number;
  #messages = 0;

  /** `path`: a file; without one the store is in memory. */
  constructor(path = ":memory:") {
    this.store = SqliteStore.open(path);
    this.epoch = this.store.claim({ port: 1, pid: 2, atMs: 3 });
  }

  /** What `work` returns in a batch of its own; throws what it threw. */
  run<T>(work: Work<T>): T {
    const outcome = this.store.batch(this.epoch, [work], { grows: false })[0]!;
    if ("error" in outcome) throw outcome.error;
    return outcome.done as T;
  }

  batch(...works: Work<unknown>[]): Outcome[] {
    return this.store.batch(this.epoch, works, { grows: false });
  }

  mailbox(name: string, atMs = 0): Mailbox {
    return this.run(({ mailboxes }) => mailboxes.create(name, atMs));
  }

  /** What the store says of a mailbox now. */
  seen(mailbox: Mailbox): Mailbox {
    return this.run(({ mailboxes }) => mailboxes.byId(mailbox.id))!;
  }

  /** Stores a message from the first to the others and returns its id. */
  send(from: Mailbox, to: readonly Mailbox[], changes: Partial<NewMessage> = {}): number {
    const message = this.message(from, to, changes);
    return this.run(({ messages }) => messages.insert(message, to.map(({ id }) => id)));
  }

  message(
    from: Mailbox,
    to: readonly Mailbox[],
    changes: Partial<NewMessage> = {},
  ): NewMessage {
    const number = ++this.#messages;
    return {
      uuid: `uuid-${number}`,
      sender: from.id,
      from: from.name,
      to: to.map(({ name }) => name),
      thread: undefined,
      replyTo: undefined,
      atMs: number,
      text: `text ${number}`,
      ...changes,
    };
  }

  /** Hands what is queued to one request of one process. */
  hand(mailbox: Mailbox, instance: string, request: number, atMs = 0): Delivery[] {
    return this.run(({ messages }) => {
      const queued = messages.queued(mailbox.id, undefined);
      const ids = queued.map(({ message }) => message.id);
      messages.lease(mailbox.id, ids, { instance, request }, atMs);
      return queued;
    });
  }

  queued(mailbox: Mailbox): Delivery[] {
    return this.run(({ messages }) => messages.queued(mailbox.id, undefined));
  }

  /** The state of a message for a mailbox. */
  state(mailbox: Mailbox, message: number): string | undefined {
    const records = this.run(({ messages }) => messages.deliveries(message));
    return records.find((record) => record.mailbox === mailbox.id)?.state;
  }

  [Symbol.dispose](): void {
    this.store.close();
  }
}

/** The ids of deliveries, in their order. */
export function idsOf(deliveries: readonly Delivery[]): number[] {
  return deliveries.map(({ message }) => message.id);
}
