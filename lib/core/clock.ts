/** Time as the core sees it: a parameter, so that tests and the simulation can turn it. */
export interface Clock {
  /** Milliseconds since 1970 for people to read; it may jump. */
  wallMs(): number;
  /** Milliseconds that only grow; the one measure for deadlines. */
  monotonicMs(): number;
  /** Calls `fn` once after `delayMs`; returns what takes it back. */
  after(delayMs: number, fn: () => void): () => void;
}

/** Randomness as the core sees it. */
export interface Random {
  /** `length` random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
  /** A number from 0 up to, without, 1. */
  fraction(): number;
}
