/** The bounds of a view in the terminal, with their reasons; those of the bus stand in `limits.ts`. */
export const watchLimits = {
  /** Pause between two pictures of the screen: 30 a second are smooth, and more nobody sees. */
  frameMs: 33,
  /** Silence after the byte of the Escape key that makes it this key: the rest of an arrow key comes with it. */
  escapeMs: 50,
  /** Code points in one place of the screen: an emoji of a family has eight, and accents need three. */
  graphemeLength: 12,
  /** Places whose width is remembered: those of all scripts that one reads at once. */
  knownWidths: 4_096,
  /** Columns and rows below which a picture says nothing. */
  columnsMin: 20,
  rowsMin: 6,
  /** The size of a terminal that does not tell its own. */
  columnsAssumed: 80,
  rowsAssumed: 24,
  /** Columns and rows from which on all panes stand side by side. */
  columnsWide: 72,
  rowsWide: 18,
  /** Pause between two pictures where only the bus has changed: nobody reads more than ten a second. */
  trafficMs: 100,
  /** Characters that are kept of a text: with all messages that a view holds some 80 MB at the most. */
  textLength: 4_000,
  /** Characters of a first line in the list of messages: more fits on no screen. */
  firstLineLength: 500,
  /** Messages that are shown before the first new one, unless told: about what `tail` shows. */
  lastMessages: 10,
  /** Messages that `--last` and `--since` go back to: a minute of reading for a script. */
  lastMessagesMax: 10_000,
  /** Pages of the history that are read for `--last` and `--since`, and after a gap: of 200 messages each. */
  historyPages: 50,
  /** Messages of a conversation in which those who take part in it are looked for: who left is not written to. */
  participantsFrom: 100,
  /** Messages whose names a stream of lines remembers, to tell whose states a filter lets through. */
  rememberedMessages: 10_000,
  /** Bytes that one key press may be: an unfinished sequence beyond it is none. */
  keyBytes: 32,
  /** How long one question after news waits for them: as often, at least, the bus shows that it is there. */
  observeMs: 5_000,
  /** Time without an answer from the bus after which a view says that it waits for one. */
  silenceMs: 1_500,
  /** Pause before the bus is asked again after an error that came at once. */
  againMs: 500,
  /** How long a notice stays at the foot of the screen. */
  noticeMs: 8_000,
  /** How often ages on the screen are drawn anew while nothing happens. */
  agesMs: 10_000,
} as const;
