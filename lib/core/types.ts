import type { DeliveryState } from "./delivery.ts";

/** A message as its reader gets it. */
export interface Message {
  /** Its number on this bus; grows with time; what `replyTo` names. */
  readonly id: number;
  readonly from: string;
  /** All names it went to, as the sender wrote them; `*` is everyone. */
  readonly to: readonly string[];
  readonly atMs: number;
  readonly text: string;
  /** The message that it answers. */
  readonly replyTo?: number;
  /** The first message of the conversation. */
  readonly thread: number;
  /** It may have been seen before: the process that held it died before it said so. */
  readonly redelivered?: true;
}

/** How the recipient will notice: it waits now, it is here, it is away, or nobody has the name. */
export type Presence = "waiting" | "here" | "away" | "nobody";

/** What became of a message for one recipient, as its sender may see it. */
export interface DeliveryView {
  readonly name: string;
  readonly state: DeliveryState;
  /** When it came into this state; absent where that was not recorded. */
  readonly atMs?: number;
}

/** One line of a receipt. */
export interface ReceiptRecipient {
  readonly name: string;
  readonly presence: Presence;
  /** Since when it is away. */
  readonly sinceMs?: number;
  /** The sender wrote this older name; it forwards. */
  readonly writtenAs?: string;
  /** Names that exist and look like the one that nobody has. */
  readonly near?: readonly string[];
}

/** The proof that a message is on disk. */
export interface Receipt {
  readonly id: number;
  readonly atMs: number;
  readonly recipients: readonly ReceiptRecipient[];
}

/** What a check brought. */
export interface CheckResult {
  readonly messages: readonly Message[];
  /** Messages that stay queued for this reader. */
  readonly more: number;
}

/** One agent of the bus. */
export interface MemberView {
  readonly name: string;
  readonly client: string;
  readonly directory: string;
  readonly presence: Presence;
  /** Here since, or away since. */
  readonly sinceMs: number;
  /** Messages queued for it. */
  readonly unread: number;
  readonly me?: true;
  readonly broker?: true;
}

export interface ListResult {
  readonly members: readonly MemberView[];
  /** Names with queued messages that nobody has taken yet. */
  readonly unclaimed: readonly { readonly name: string; readonly unread: number }[];
}

/** One entry of the history of what a member sent and received. */
export interface HistoryEntry {
  readonly id: number;
  readonly from: string;
  readonly to: readonly DeliveryView[];
  readonly atMs: number;
  readonly text: string;
  readonly replyTo?: number;
  readonly thread: number;
}

export interface HistoryResult {
  readonly entries: readonly HistoryEntry[];
  /** There are older ones: ask again with `before` set to the lowest id. */
  readonly older: boolean;
}

export interface StatusResult {
  readonly broker: {
    readonly name: string;
    readonly pid: number;
    readonly port: number;
    readonly epoch: number;
    readonly sinceMs: number;
    readonly version: string;
  };
  readonly me: string;
  readonly membersHere: number;
  readonly membersAway: number;
  readonly accepted: number;
  readonly handed: number;
  readonly storeBytes: number;
  readonly home: string;
  /** What is wrong with the store or was, and what became of the messages; absent where all is well. */
  readonly warnings?: readonly string[];
}

export interface HelloResult {
  readonly name: string;
  /** The name that was asked for and could not be had. */
  readonly wanted?: string;
  readonly unread: number;
}

export interface RenameResult {
  readonly name: string;
  readonly former: string;
  readonly forwardsUntilMs: number;
}
