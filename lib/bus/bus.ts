import type {
  CheckResult,
  HelloResult,
  HistoryResult,
  ListResult,
  Receipt,
  RenameResult,
  StatusResult,
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
}

export interface Outgoing {
  /** Names, or `*` for everyone; may be empty for an answer, which then goes to the asker. */
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

export interface HistoryOptions {
  readonly limit: number;
  readonly with?: string;
  readonly before?: number;
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
   * Resolves once the message is on disk. Rejects with `bad_name`, `too_large`, `empty_text`,
   * `no_recipient` or `no_such_message`; then nothing was sent to anyone.
   */
  send(message: Outgoing, signal?: AbortSignal): Promise<Receipt>;
  /** Takes what is queued; with a wait, the first message ends it. An empty result means: nothing came. */
  check(options: CheckOptions, signal?: AbortSignal): Promise<Handed>;
  list(): Promise<ListResult>;
  /** Changes the own name; rejects with `bad_name` or `name_in_use`. The old name forwards for a while. */
  rename(name: string): Promise<RenameResult>;
  history(options: HistoryOptions): Promise<HistoryResult>;
  status(): Promise<StatusResult>;
  /** Goes: finishes what is under way on disk, frees the name, lets another be the broker. */
  leave(): Promise<void>;
}
