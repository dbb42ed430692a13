import type { DeliveryState } from "../core/delivery.ts";

/** An address: a name and the queue behind it. Renaming changes the label, never the queue. */
export interface Mailbox {
  readonly id: number;
  readonly name: string;
  /** The agent it belongs to; undefined while nobody has taken the name. */
  readonly owner: { readonly client: string; readonly directory: string } | undefined;
  /** Several processes may act under it at once. */
  readonly shared: boolean;
  /** The process that holds it; always undefined for a shared one. */
  readonly instance: string | undefined;
  readonly pid: number;
  /** The last conversation of the client that held it and is known; it may come back. */
  readonly session: string | undefined;
  readonly branch: string | undefined;
  /** Held since, or left since, or made at. */
  readonly sinceMs: number;
  readonly accepted: number;
  readonly handed: number;
  /** A person holds up what is queued in it. */
  readonly paused: boolean;
}

export interface StoredMessage {
  readonly id: number;
  readonly uuid: string;
  readonly sender: number;
  /** The sender's name at that time. */
  readonly from: string;
  /** Names as the sender wrote them. */
  readonly to: readonly string[];
  readonly thread: number;
  readonly replyTo: number | undefined;
  readonly atMs: number;
  /** Undefined when the text on disk does not fit its checksum. */
  readonly text: string | undefined;
}

export interface NewMessage {
  readonly uuid: string;
  readonly sender: number;
  readonly from: string;
  readonly to: readonly string[];
  /** Undefined for the first message of a conversation. */
  readonly thread: number | undefined;
  readonly replyTo: number | undefined;
  readonly atMs: number;
  readonly text: string;
}

export interface Delivery {
  readonly message: StoredMessage;
  readonly redelivered: boolean;
}

/** Queued messages as a watch sees them. */
export interface Waiting {
  readonly count: number;
  readonly newest: number;
  /** Names of the senders, each once; the first ones of many. */
  readonly from: readonly string[];
}

/** What a delivery looks like to the sender. */
export interface DeliveryRecord {
  readonly mailbox: number;
  readonly name: string;
  readonly state: DeliveryState;
  readonly atMs: number | undefined;
}

/** What decides for how long a message is kept. */
export interface AgeingMessage {
  readonly id: number;
  readonly atMs: number;
  readonly textBytes: number;
  /** The mailboxes in which it has not been read. */
  readonly unreadIn: readonly number[];
}

/** A message in the queue of one of its readers. */
export interface Queued {
  readonly mailbox: number;
  readonly message: number;
  /** The reader's name. */
  readonly name: string;
}

/** A process and one of its requests: what a lease is bound to. */
export interface Lease {
  readonly instance: string;
  readonly request: number;
}

export interface Mailboxes {
  byId(id: number): Mailbox | undefined;
  /** By any spelling of its name; forwardings are not followed. */
  byName(name: string): Mailbox | undefined;
  byInstance(instance: string): Mailbox | undefined;
  /** Those of one agent, the one used last first. */
  ofOwner(client: string, directory: string): Mailbox[];
  all(): Mailbox[];
  /** Those that a process holds. */
  held(): Mailbox[];
  /** At most `limit` of those that belong to an agent, the one used last first. */
  lately(limit: number): Mailbox[];
  /** How many of them were used after `sinceMs`. */
  countSince(sinceMs: number): number;
  /** At most `limit` of those without owner that have mail. */
  unclaimed(limit: number): Mailbox[];
  /** A new one without owner. */
  create(name: string, atMs: number): Mailbox;
  /** Gives it to an agent and, unless shared, to one process of it. */
  occupy(id: number, by: {
    readonly client: string;
    readonly directory: string;
    readonly shared: boolean;
    readonly instance: string;
    readonly pid: number;
    readonly session?: string | undefined;
    readonly branch?: string | undefined;
    readonly atMs: number;
  }): void;
  /** Notes what became known of who holds it. */
  describe(id: number, of: {
    readonly session?: string | undefined;
    readonly branch?: string | undefined;
  }): void;
  /** Frees what the process holds. */
  vacate(instance: string, atMs: number): void;
  /** Notes when a shared mailbox was last used. */
  touchShared(id: number, atMs: number): void;
  /** Holds up what is queued in it, or lets it go on. */
  pause(id: number, paused: boolean): void;
  /** Names of those that are held up, in their order. */
  paused(): string[];
  /** Changes the label, and forwards the old one until `forwardUntilMs`. */
  rename(id: number, name: string, forwardUntilMs: number): void;
  /** Lets the name `name`, which nobody has, lead to it until `untilMs`. */
  forward(name: string, id: number, untilMs: number): void;
  /** Moves queue, history and forwardings of `from` to `into` and removes `from`. */
  absorb(into: number, from: number): void;
  /**
   * Removes one to which no message and no forwarding leads at `nowMs`, and the rooms that it alone was
   * in; returns false otherwise.
   */
  remove(id: number, nowMs: number): boolean;
  /** Where the old name `name` leads at `nowMs`. */
  forwarded(name: string, nowMs: number): Mailbox | undefined;
}

/** Somebody is in a room by working in its repository or by entering, or out of it by leaving. */
export type RoomWay = "works" | "entered" | "left";

/** A place with a name (without its `#`) that several mailboxes share. */
export interface Room {
  readonly id: number;
  readonly name: string;
}

export interface Rooms {
  /** By any spelling of its name. */
  byName(name: string): Room | undefined;
  byRepository(repository: string): Room | undefined;
  all(): Room[];
  create(name: string, repository: string | undefined): Room;
  /** Those that are in it. */
  members(room: number): number[];
  /** Those in which the mailbox is, by name. */
  of(mailbox: number): Room[];
  /** The rooms of all mailboxes, as `of`. */
  ofAll(): Map<number, Room[]>;
  way(room: number, mailbox: number): RoomWay | undefined;
  set(room: number, mailbox: number, way: Exclude<RoomWay, "left">): void;
  /**
   * Takes the mailbox out of a room. For a repository's that is noted, so that to work there does not
   * lead back in. A room that nobody has anything to do with any more is gone.
   */
  leave(room: number, mailbox: number): void;
  /** Forgets that the mailbox works in other rooms than `room`; those that nobody is left in are gone. */
  worksOnlyIn(mailbox: number, room: number | undefined): void;
}

export interface Messages {
  byUuid(uuid: string): StoredMessage | undefined;
  byId(id: number): StoredMessage | undefined;
  /** Stores it and queues it for each of `mailboxes`; returns its id. */
  insert(message: NewMessage, mailboxes: readonly number[]): number;
  /** What lease already holds: the answer to a repeated request. */
  leased(lease: Lease): Delivery[];
  /** Queued deliveries, oldest first, within `limits` of count and bytes (one at least); not yet leased. */
  queued(mailbox: number, replyTo: number | undefined, textBytes?: number): Delivery[];
  /** What is queued in `mailbox` with an id above `after`: nothing of it is taken. */
  waiting(mailbox: number, after: number): Waiting;
  /** The mailbox that sent `message`. */
  senderOf(message: number): number | undefined;
  lease(mailbox: number, messages: readonly number[], lease: Lease, atMs: number): void;
  /** Marks as read what this process was the last to be handed; returns how many that were. */
  read(mailbox: number, messages: readonly number[], instance: string, atMs: number): number;
  /** Queues again, unmarked, what the lease holds; returns what that was. */
  release(lease: Lease): Queued[];
  /** Queues again, marked as redelivered, all that the process holds; returns what that was. */
  requeue(instance: string): Queued[];
  /** Marks `message` as answered by the reader `mailbox`; false where it never was handed to it. */
  answered(mailbox: number, message: number, atMs: number): boolean;
  /** The next `limit` messages after the id `after`, oldest first. */
  ageing(after: number, limit: number): AgeingMessage[];
  /** Takes `message` out of the queue of `mailbox`. */
  expire(mailbox: number, message: number): void;
  /** Removes a message and what became of it. */
  forget(message: number): void;
  /** Bytes in use on disk, without the pages that are free for what comes. */
  usedBytes(): number;
  isRecipient(mailbox: number, message: number): boolean;
  deliveries(message: number): DeliveryRecord[];
  /**
   * Messages that `mailbox` sent or has read, newest first, with ids below `before`: at most `limit`, and
   * none behind the first with which their texts are more than `limits.historyTextBytes`.
   */
  history(mailbox: number, options: {
    readonly limit: number;
    readonly before: number;
    readonly partner: number | undefined;
  }): StoredMessage[];
  /** The same of all messages, read or not. */
  everyones(options: PastOptions): StoredMessage[];
}

/** Which of all messages are wanted, newest first. */
export interface PastOptions {
  readonly limit: number;
  readonly before: number;
  /** Only what this mailbox sent or got. */
  readonly partner: number | undefined;
  /** Only the conversation that began with this message. */
  readonly thread: number | undefined;
  /** Only what this mailbox sent or has read. */
  readonly reader: number | undefined;
}

/** What a person holds up, and who the brokers were: for those who watch the bus. */
export interface Oversight {
  /** The last reigns, at most `limit`, newest first, the present one among them. */
  reigns(limit: number): (Reign & { readonly sinceMs: number })[];
  isEveryonePaused(): boolean;
  pauseEveryone(paused: boolean): void;
  /** Conversations in which agents are refused answers, the last that was stopped first. */
  stopped(): number[];
  isStopped(thread: number): boolean;
  stop(thread: number, atMs: number): void;
  /** Returns false where it was not stopped. */
  resume(thread: number): boolean;
  /** Forgets those of which no message is left; returns how many that were. */
  forgetStopped(): number;
}

/** What one operation of a transaction works on. */
export interface Transaction {
  readonly mailboxes: Mailboxes;
  readonly messages: Messages;
  readonly rooms: Rooms;
  readonly oversight: Oversight;
}

export type Work<T> = (transaction: Transaction) => T;

/** What became of one operation of a batch. */
export type Outcome = { readonly done: unknown } | { readonly error: unknown };

export interface Reign {
  readonly epoch: number;
  readonly port: number;
  readonly pid: number;
}

/** The durable store. All calls are synchronous: nothing else happens inside a transaction. */
export interface Store {
  /** Raises the epoch by one, on disk, in the name of a new broker; returns the new epoch. */
  claim(by: { readonly port: number; readonly pid: number; readonly atMs: number }): number;
  /** The same where the epoch is still `judged`, as a compare-and-set; undefined where it is not. */
  claimOver(
    judged: number,
    by: { readonly port: number; readonly pid: number; readonly atMs: number },
  ): number | undefined;
  /** Notes, in its epoch, that the broker has moved to `port`. Throws `fenced`. */
  moved(epoch: number, port: number): void;
  /** The last claim. */
  reign(): Reign;
  /**
   * Carries the operations out in one transaction, durable when this returns. An operation that
   * throws is undone alone; its error is its outcome. Throws `fenced` when `epoch` is not the
   * store's, `store_full` or `store_damaged` when the commit fails; then none of them happened.
   *
   * `grows`: there are new messages among them, so that they are refused as `store_full` before the
   * last space is used. All else may use what is kept for it, and goes on when the disk is full.
   */
  batch(
    epoch: number,
    works: readonly Work<unknown>[],
    options: { readonly grows: boolean },
  ): Outcome[];
  /** Processes that hold a mailbox or a lease, by the word of the store. */
  instances(): string[];
  /** Bytes on disk. */
  sizeBytes(): number;
  /** What the user has to be told about the store, newest first; nothing where all is well. */
  warnings(nowMs: number): string[];
  /** Notes beside the store how far it has come, if it has come further: its broker calls it at times. */
  keepMark(): void;
  close(): void;
}
