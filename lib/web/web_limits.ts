/** Bounds of the dashboard, with their units and reasons; those of the bus are in `core/limits.ts`. */
export const webLimits = {
  /** The key in the link: as much as the bus's own secret. */
  keyBytes: 32,
  /** A body of a request: a full text in which JSON escapes every byte as six, and its recipients. */
  bodyBytes: 6 * 1024 * 1024 + 64 * 1024,
  /** Connections at once: a browser opens six to one place; some windows, and as many strangers. */
  connections: 64,
  /** Pages that follow at once; a browser's own six connections end that earlier in one window. */
  streams: 16,
  /** Headers of a request: a browser's are some 1 KiB. */
  headerBytes: 16 * 1024,
  /** For a request's headers, and for all of it: what comes from this machine is there at once. */
  headersMs: 5_000,
  requestMs: 20_000,
  /** An idle connection is kept that long, for the next request. */
  idleMs: 30_000,
  /** One wait for events: after it the page is told that all is quiet, so that it knows the line is open. */
  quietMs: 15_000,
  /** A page that has heard nothing for so long connects anew: the line is dead, or the machine has slept. */
  silenceMs: 40_000,
  /** Between two deliveries to one page: the eye takes in no more, and events come together meanwhile. */
  deliveryMs: 50,
  /** Messages that one step of a search brings: a screen or two. */
  searchEntries: 50,
  /** Pages of the history that are read at once where a page has missed something: what an hour brings. */
  missedPages: 10,
  /** Characters and lines of a message that are shown at first; the rest when it is asked for. */
  shownLength: 1_200,
  shownLines: 18,
  /** Recipients of a message that are listed at once; more are counted, and listed when that is asked for. */
  shownRecipients: 4,
  /** Minutes in the chart of the traffic, and deliveries in that of the times until they were read. */
  chartMinutes: 60,
  chartDeliveries: 120,
  /** How long a word about what was done stays. */
  noticeMs: 6_000,
  /** After the bus could not be asked, before it is asked again. */
  troubleMs: 1_000,
  /** First and longest pause before a page connects anew. */
  reconnectMs: 200,
  reconnectMsMax: 5_000,
  /** What the doctor found is told to every page for so long: looking takes half a second. */
  findingsMs: 1_000,
  /** How often an open page asks what the doctor finds. */
  examinationMs: 3 * 60_000,
  /** How long the file lies there that leads the browser to the link: it opens within seconds. */
  doorstepMs: 20_000,
} as const;
