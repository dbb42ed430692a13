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

/** A turn is under way in the agent's session, or it is over and the session waits for its user. */
export type Activity = "working" | "idle";

/**
 * How a message gets before a model that does not check: it wakes an idle session, or hooks of the
 * session show it when they run next.
 */
export type Reach = "wake" | "hooks";

/** What is known of the session behind a member that is here; each is absent where nothing told it. */
export interface Attention {
  readonly activity?: Activity;
  readonly activitySinceMs?: number;
  readonly reach?: Reach;
}

/** What became of a message for one recipient, as its sender may see it. */
export interface DeliveryView {
  readonly name: string;
  readonly state: DeliveryState;
  /** When it came into this state; absent where that was not recorded. */
  readonly atMs?: number;
}

/** One line of a receipt. */
export interface ReceiptRecipient extends Attention {
  readonly name: string;
  /** Its AI client; absent while nobody has the name. */
  readonly client?: string;
  readonly presence: Presence;
  /** Since when it is away. */
  readonly sinceMs?: number;
  /** A person holds up what is sent to it: it stays queued until that is over. */
  readonly paused?: true;
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

/** How far an own message has come with one of its readers, since the last check that told of it. */
export interface SentNews {
  readonly id: number;
  readonly name: string;
  readonly state: DeliveryState;
  readonly atMs: number;
}

/** What a check brought. */
export interface CheckResult {
  readonly messages: readonly Message[];
  /** Messages that stay queued for this reader. */
  readonly more: number;
  /** What became of messages that this member sent, each told once; absent where there is no news. */
  readonly sent?: readonly SentNews[];
  /** A person holds up what is sent to this reader: that nothing came does not say that nothing is queued. */
  readonly paused?: true;
}

/** What a watch saw: it takes nothing. */
export interface WatchResult {
  /** Queued messages; 0 when none came. */
  readonly count: number;
  /** Who sent them, each once. */
  readonly from: readonly string[];
  /** The highest id among them: a later watch asks for what comes after it. */
  readonly newest: number;
  /** A newer watch for the same member has taken this one's place: this one is over. */
  readonly replaced?: true;
}

/** What a process that speaks for a member is told: whom it speaks for. */
export interface AttendResult {
  readonly name: string;
  readonly unread: number;
}

/** A room after one entered or left it. */
export interface RoomResult {
  /** With its `#`. */
  readonly room: string;
  readonly inside: boolean;
  /** Names of those in it, the caller among them where it is inside. */
  readonly members: readonly string[];
}

/** One agent of the bus. */
export interface MemberView extends Attention {
  readonly name: string;
  readonly client: string;
  readonly directory: string;
  /** The branch of the repository that it works in, where it works in one. */
  readonly branch?: string;
  /** The rooms that it is in, each with its `#`. */
  readonly rooms: readonly string[];
  readonly presence: Presence;
  /** Here since, or away since. */
  readonly sinceMs: number;
  /** Messages queued for it. */
  readonly unread: number;
  /** A person holds up what is sent to it, or to everyone. */
  readonly paused?: true;
  readonly me?: true;
  readonly broker?: true;
}

export interface ListResult {
  readonly members: readonly MemberView[];
  /** How many more there are, all of them away; absent where there are none. */
  readonly more?: number;
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
  /** There are older ones: ask again with `before` set to the lowest id, or to `searchedTo`. */
  readonly older: boolean;
  /**
   * Of a search, the lowest id that it came to: it looks at `limits.searchedMessages` in one request, so
   * that with no entry at all there may be older ones to look at. Absent where there was nothing to look at.
   */
  readonly searchedTo?: number;
}

/** What a bus rests on that has no broker: a server beyond this machine. */
export interface ServerView {
  readonly name: string;
  readonly version: string;
  /** Without password, token and files. */
  readonly url: string;
  readonly realm: string;
  readonly cluster?: string;
  /** Copies of what the bus keeps, the least of any part of it. */
  readonly replicas: number;
  /** Since when there is this bus. */
  readonly sinceMs: number;
}

export interface StatusResult {
  /** Absent on a bus without one. */
  readonly broker?: {
    readonly name: string;
    readonly pid: number;
    readonly port: number;
    readonly epoch: number;
    readonly sinceMs: number;
    readonly version: string;
  };
  /** Present on a bus that rests on a server, and has no broker. */
  readonly server?: ServerView;
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

export interface HandoverResult {
  /** False where the broker is there for nothing else, and stays. */
  readonly yields: boolean;
}

export interface ImportResult {
  /** False for what was here already. */
  readonly isNew: boolean;
}
