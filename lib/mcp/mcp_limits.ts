/** Bounds of the MCP side, with their units and reasons; those of the bus are in `core/limits.ts`. */
export const mcpLimits = {
  /** One line of input: what the MCP SDKs allow, and room for a full text in which JSON escapes every byte. */
  lineBytes: 10 * 1024 * 1024,
  /** Bytes taken from the input at once: the capacity of a pipe on Linux. */
  chunkBytes: 64 * 1024,
  /** Between two signs of life of a call that waits; clients that count them give up after 60 s at the earliest. */
  progressMs: 10_000,
  /** For a client to show that it has read a response; one that never does is believed to have. */
  allReadMs: 1_000,
  /** Names of allowed commands, as JSON, in the list of tools; its 3,000 bytes leave no more. */
  listedCommandBytes: 64,
  /** For a client to say in which directories it works; without an answer only the agent's own counts. */
  rootsMs: 2_000,
  /** Characters of a text in a page of history; an entry that is asked for alone comes whole. */
  historyTextLength: 1_000,
  /** Entries of a page of history when the caller names no number. */
  historyEntries: 20,
  /**
   * Texts that one check brings, in UTF-8 bytes, one at least: clients cut the middle out of a longer
   * result or set it aside (Claude Code documents 50,000 characters), and what is written around the
   * texts counts. What a model never saw must not count as read.
   */
  checkTextBytes: 24 * 1024,
  /** Characters of a caller's value that an error repeats. */
  shownLength: 60,
} as const;
