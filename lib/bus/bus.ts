import type { ObserveResult, PausedView, StoppedView } from "../core/bus_events.ts";
import type { AdoptOperation, ImportOperation } from "../core/import_operations.ts";
import type {
  Activity,
  CheckResult,
  HelloResult,
  HistoryResult,
  ImportResult,
  ListResult,
  Receipt,
  RenameResult,
  RoomResult,
  StatusResult,
  WatchResult,
} from "../core/types.ts";

/** Who joins. */
export interface Identity {
  /** Short name of the AI client: `claude`, `gemini`, `terminal`. */
  readonly client: string;
  /** The directory in which it works, absolute. */
  readonly directory: string;
  /** The name that it would like; without one it is found from client and directory. */
  readonly name?: string;
  /** Fail with `name_in_use` when the name cannot be had, instead of finding another one. */
  readonly must?: boolean;
  /** Several processes may act under this name at once: the commands of one terminal. */
  readonly shared?: boolean;
  /** The client's own id of the conversation; a conversation that is taken up again has its name again. */
  readonly session?: string;
  /** The process of the client: its hooks descend from it. */
  readonly parent?: number;
  /** The directory of the repository that it works in. */
  readonly repository?: string;
  readonly branch?: string;
  /** A person types what this member sends. */
  readonly human?: boolean;
}

/** What can change about who joined. */
export type IdentityChange = Pick<Identity, "session" | "branch">;

export interface Outgoing {
  /** Names, rooms (`#shop`), or `*` for everyone; may be empty for an answer, which then goes to the asker. */
  readonly to: readonly string[];
  readonly text: string;
  /** The id of the message that this answers. */
  readonly replyTo?: number;
}

export interface CheckOptions {
  /** How long to wait for the first message; 0 answers at once. */
  readonly waitMs: number;
  /** Only answers to this message. */
  readonly replyTo?: number;
  /** No more text than this, in UTF-8 bytes, but one message at least. */
  readonly textBytes?: number;
}

export interface WatchOptions {
  /** How long to wait, in ms, at most `limits.watchMs`. */
  readonly waitMs: number;
  /** Only messages with a higher id. */
  readonly after: number;
}

/**
 * Messages that were handed to this process. They are its own until it says what became of them:
 * `confirm` when their texts were returned to the model (or shown to the person), `release` when
 * they were not, which queues them again. When the process dies first, they are queued again and
 * marked as redelivered.
 */
export interface Handed extends CheckResult {
  confirm(): Promise<void>;
  release(): Promise<void>;
}

export interface ListOptions {
  /** Also every agent that is away, not only the last that were here. */
  readonly all?: boolean;
}

export interface HistoryOptions {
  readonly limit: number;
  readonly with?: string;
  readonly before?: number;
  /** Only messages with this in their text or in one of their names; see `HistoryResult.searchedTo`. */
  readonly search?: string;
  /** All conversations of the bus, not only one's own; who is no member may ask for them, too. */
  readonly everyone?: true;
  /** Only the conversation of this message, whichever of it that is. */
  readonly thread?: number;
}

export interface ObserveOptions {
  /** Where the last result ended; without it a snapshot comes at once. */
  readonly cursor?: string;
  /** How long to wait for something to happen, in ms, at most `limits.waitMs`. */
  readonly waitMs: number;
}

export interface PauseOptions {
  /** A name, or `*` for everyone. */
  readonly name: string;
  readonly paused: boolean;
}

export interface StopOptions {
  /** Any message of the conversation. */
  readonly thread: number;
  readonly stopped: boolean;
}

/** A message that another program kept, for one reader. */
export type ImportedMessage = Omit<ImportOperation, "op">;

/** A name that another program kept, and which one led to it there. */
export type ImportedName = Omit<AdoptOperation, "op">;

/**
 * A process that speaks for a member for a while, without being one: a hook of its session. Each call
 * rejects as those of `Bus` do, but none outlives its broker: what follows is up to who attends.
 */
export interface Attendant {
  /** Whom it speaks for. */
  readonly name: string;
  readonly unread: number;
  check(options: CheckOptions): Promise<Handed>;
  watch(options: WatchOptions): Promise<WatchResult>;
  leave(): void;
}

/** Of which session somebody is a hook. */
export interface AttendIdentity {
  readonly client: string;
  readonly directory: string;
  readonly session?: string;
  readonly ancestors?: readonly number[];
  readonly activity?: Activity;
}

/**
 * What agents do on a bus, whatever it rests on. Every call waits out a takeover; each rejects with
 * a `HustingsError` that can be shown as it is: `bus_down` when there was no broker for ten seconds,
 * `cancelled` when `signal` ended it, and what the call itself says.
 */
export interface Bus {
  /** Presents this process and takes its name. All other calls wait until this was done. */
  join(identity: Identity): Promise<HelloResult>;
  /**
   * Tells what changed since. With a session whose name another process does not have by now, the name
   * may change to what that session was called before.
   */
  present(change: IdentityChange): Promise<HelloResult>;
  /**
   * Resolves once the message is on disk. Rejects with `bad_name`, `too_large`, `empty_text`,
   * `no_recipient` or `no_such_message`; then nothing was sent to anyone.
   */
  send(message: Outgoing, signal?: AbortSignal): Promise<Receipt>;
  /** Takes what is queued; with a wait, the first message ends it. An empty result means: nothing came. */
  check(options: CheckOptions, signal?: AbortSignal): Promise<Handed>;
  /**
   * Waits for messages that nothing else brings to this member's model, and takes none of them:
   * what wakes an idle session.
   */
  watch(options: WatchOptions, signal?: AbortSignal): Promise<WatchResult>;
  list(options?: ListOptions): Promise<ListResult>;
  /** Changes the own name; rejects with `bad_name` or `name_in_use`. The old name forwards for a while. */
  rename(name: string): Promise<RenameResult>;
  /** Enters or leaves a room; rejects with `bad_name`, or `too_many_requests` beyond `limits.rooms`. */
  room(room: string, inside: boolean): Promise<RoomResult>;
  history(options: HistoryOptions): Promise<HistoryResult>;
  /**
   * Takes a message of another program in the name of who wrote it there. Rejects with `bad_name`,
   * `too_large` or `too_many_requests`; then it was not taken.
   */
  import(message: ImportedMessage): Promise<ImportResult>;
  /** Keeps a name of another program; rejects with `bad_name`, or `name_in_use` where it cannot forward. */
  adopt(name: ImportedName): Promise<ImportResult>;
  status(): Promise<StatusResult>;
  /**
   * Follows the whole bus. Without a cursor it answers at once with a snapshot; with one it waits until
   * something happens, and brings all that happened since, at most `limits.observedEvents` a result.
   * Like `history` of everyone, `pause` and `stopThread`, this does not wait for `join`.
   */
  observe(options: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult>;
  /**
   * Holds up what is sent to somebody, or to everyone, or lets it go on: it stays queued, and checks,
   * hooks and what wakes sessions show nothing of it. Rejects with `bad_name`, and with `no_recipient`
   * for a name that nobody has.
   */
  pause(options: PauseOptions): Promise<PausedView>;
  /**
   * Refuses agents further answers in a conversation, or allows them again, as a person's message in it
   * does. Rejects with `no_such_message`, and with `too_many_requests` beyond `limits.stoppedThreads`.
   */
  stopThread(options: StopOptions): Promise<StoppedView>;
  /** Goes: finishes what is under way on disk, frees the name, lets another be the broker. */
  leave(): Promise<void>;
}
