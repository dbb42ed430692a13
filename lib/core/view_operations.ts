/**
 * Follows the whole bus. Without a cursor it is answered at once with a snapshot; with one it waits until
 * something happens. Who is no member may ask this, too.
 */
export interface ObserveOperation {
  readonly op: "observe";
  /** Where an earlier answer ended. */
  readonly cursor?: string;
  /** How long to wait for the first event; 0 answers at once. */
  readonly waitMs: number;
}

/** Holds up what is sent to somebody, until the opposite is said. */
export interface PauseOperation {
  readonly op: "pause";
  /** A name, or `*` for everyone. */
  readonly name: string;
  readonly paused: boolean;
}

/** Refuses agents further answers in a conversation, or allows them again. */
export interface StopOperation {
  readonly op: "stop";
  /** Any message of it. */
  readonly thread: number;
  readonly stopped: boolean;
}
