/**
 * Every bound of the bus, with its unit and its reason; those of the MCP side alone stand in
 * `mcp_limits.ts` beside their use. Nothing else in the tree may invent one.
 */
export const limits = {
  /** First port of the bus; also the port of the program that this one replaces. */
  basePort: 9876,
  /** Ports that are tried from the base on: another user's bus or a foreign program may hold some. */
  portCount: 10,

  /** Text of one message, in UTF-8 bytes. What a person still calls a message; a file is shared by path. */
  textBytes: 1024 * 1024,
  /** Text that the reader gets whole; above it comes a summary and the path of a file (for its context). */
  inlineTextBytes: 10 * 1024,
  /** Characters of the beginning that is shown of a longer text: what one takes in at a glance. */
  summaryLength: 300,
  /** Text of a shared file: room for what is said about it stays in the message. */
  sharedFileBytes: 1016 * 1024,
  /** Output of a shared command; what goes beyond is cut: a log of that length is a file. */
  sharedOutputBytes: 256 * 1024,
  /** How long a shared command may run. */
  sharedCommandMs: 30_000,
  /** A frame on the wire: a full text in which JSON escapes every byte as six, and its envelope. */
  frameBytes: 8 * 1024 * 1024,
  /** Text handed out by one check: several long messages, and still far below a frame. */
  checkTextBytes: 1024 * 1024,
  /** Messages handed out by one check: more only fill a model's context; the rest stays queued. */
  checkMessages: 50,
  /** Text on one page of history: as for a check; 200 long messages would be beyond a frame. */
  historyTextBytes: 1024 * 1024,
  /** Messages of another program's store that an import has under way at once: a commit or two. */
  importedMessages: 100,
  /** How long an import waits for that program to end a commit of its own. */
  importBusyMs: 2_000,
  /**
   * What one request of a search in the history looks at, in messages and in bytes of text: some 20 ms,
   * in which the broker answers nobody else. And the characters of what is searched for.
   */
  searchedMessages: 2_000,
  searchedBytes: 4 * 1024 * 1024,
  searchLength: 256,
  /** Names in one send: a longer list is a broadcast. */
  recipients: 64,
  /** Entries of one page of history. */
  historyEntries: 200,
  /** Characters of a name, as in the program that this one replaces. */
  nameLength: 32,
  /** Characters of a directory or client as a member tells it; the longest path of common systems. */
  pathLength: 4096,
  /**
   * Agents in a list: a model reads no more of them with profit. All that are here are in it, and then
   * those that went last.
   */
  listedAgents: 50,
  /** Near names offered for a name that nobody has. */
  nearNames: 3,

  /** Connections of a broker, members and newcomers together: some hundred agents; far below 1,024 files. */
  connections: 512,
  /**
   * Connections that have not proved that they hold the secret: a burst of 100 processes fits. One
   * more closes the oldest of them, so that strangers cannot keep members out.
   */
  unprovenConnections: 128,
  /** Time to prove it: a process on this machine needs one millisecond. */
  handshakeMs: 2_000,
  /** Silence after which a broker that accepted is passed over (SIGSTOP, a frozen container). */
  silentMs: 2_000,
  /**
   * The same for a broker that is seen to run, by who starts: where a hundred processes start at once,
   * each has a fiftieth of a processor, and the broker itself is still loading. Most clients give a
   * call 60 s.
   */
  silentRunningMs: 30_000,
  /** Silence after which the next port is tried, before anything is judged: a claim takes some 10 ms. */
  glanceMs: 300,
  /**
   * After the death of a broker, the longest time that a follower with nothing to ask leaves to those who
   * have: to come back costs a millisecond of a processor that all of them want at that moment.
   */
  courtesyMs: 200,
  /**
   * How much earlier than the others a process that asked to be the broker is told that it can: to bind
   * a port takes a millisecond, and the requests of the others wait for so long.
   */
  headStartMs: 20,
  /** How often it asks again, where another one was faster: newcomers race without being told. */
  handovers: 3,
  /**
   * When a follower rehearses a broker's work, up to twice as late: a start, of one or of a hundred, needs
   * the processor for itself.
   */
  rehearsalMs: 2_000,
  /** How often a follower that waits for an answer makes sure that its broker is alive. */
  pulseMs: 500,
  /** How often one that only watches for messages looks whether the others have passed its broker over. */
  watchingLookMs: 5_000,
  /**
   * And one that wants nothing: each wakening counts, of ten agents all day long. As often both ask the
   * broker itself, as a full disk takes no word of a new one.
   */
  restingPulseMs: 30_000,
  /** How often a broker looks after its port and lock, and how late that must be to show a pause. */
  upkeepMs: 1_000,
  pauseShownMs: 1_000,
  /** Requests that one member may have under way: a model calls a few tools at once, a script more. */
  requestsUnderWay: 1_000,
  /** Bytes that wait to be written to one member; it is closed beyond it: it does not read. */
  unsentBytes: 32 * 1024 * 1024,

  /**
   * What one member may send, at once and then each second. Scripts send bursts of hundreds and a
   * process that sends one by one manages some 1,500 a second; what is faster is a loop gone wild.
   */
  sentMessages: { burst: 10_000, perSecond: 2_000 },
  /** The same in bytes of text: many full messages at once, then less than any disk of today takes. */
  sentBytes: { burst: 64 * 1024 * 1024, perSecond: 16 * 1024 * 1024 },
  /** Unread messages of one sender at one recipient: more than a model reads in a day. */
  backlogMessages: 10_000,
  /** Changes of name of one member: all the others get a message about each. */
  renames: { burst: 30, perSecond: 1 / 10 },

  /** How long a person is left without a word, and how often the word changes: each second. */
  progressMs: 1_000,
  /** How long a command of the system is waited for: it takes milliseconds, unless a disk hangs. */
  commandMs: 3_000,
  /**
   * How long a file is tried to be replaced that somebody has open, on Windows, and the pause between two
   * tries: a scanner lets go of a small file after some milliseconds, and a claim must not wait for long.
   */
  renameMs: 100,
  renamePauseMs: 10,
  /** Free space on the disk of the store below which 'doctor' warns: what a full reader's day takes. */
  lowDiskBytes: 64 * 1024 * 1024,

  /** How long a call waits for a bus to come up before it says that there is none. */
  busDownMs: 10_000,
  /** The longest wait of one check, in ms; what a client allows is shorter (lib/agents). */
  waitMs: 3_600_000,
  /** Events that one `observe` brings: a screen shows fewer. And characters of where it ended. */
  observedEvents: 200,
  /**
   * What the broker keeps of them, in number and in characters of text: who is further behind gets a
   * snapshot. And for how long after somebody looked on: a page that is loaded anew goes on.
   */
  keptEvents: 2_000,
  keptEventsLength: 4 * 1024 * 1024,
  observedMs: 60_000,
  /** The least time between two answers to one who looks on: of a flood an eye sees no more. */
  observedPauseMs: 50,
  /** The same between two rounds of members that look different, and how many are told in one. */
  memberChangesMs: 250,
  memberChanges: 50,
  cursorLength: 128,
  /** Brokers of the past that are kept: a view shows when they changed, not what was a week ago. */
  reigns: 100,
  /** Conversations that are stopped at once: more than a person stops by hand in a month. */
  stoppedThreads: 200,
  /** A wait whose length the caller left open: below the 60 s at which most clients give up. */
  defaultWaitMs: 45_000,
  /** The longest watch: a session that stays open over a night is still woken in the morning. */
  watchMs: 24 * 3600_000,
  /**
   * How long a session counts as being at work after the last sign of it: while it does, its hooks
   * have the first chance to show a message, and nothing wakes it. One that was interrupted tells
   * nobody of its end.
   */
  workingMs: 60_000,
  /** Senders that a watch names: what wakes an agent is one line. */
  watchSenders: 8,
  /** Processes that a hook names as its ancestors: a shell or two, and the client. */
  ancestors: 16,
  /** How long a hook looks for a broker: a client waits for its hooks, and where there is no bus, for nothing. */
  attendMs: 300,
  /** How long a hook may take in all: what it does not manage stays queued, and comes with the next one. */
  hookMs: 1_500,
  /** What a client tells its hook: it may hold the output of a tool. */
  hookInputBytes: 16 * 1024 * 1024,
  /** How long it has for that: a client that leaves the pipe open has written all by then. */
  hookInputMs: 300,
  /**
   * What a hook shows at once, in UTF-8 bytes: clients cut off or set aside what is longer than some
   * 10,000 characters. And how much of it one check brings: the rest is what is written around them.
   */
  hookOutputBytes: 8 * 1024,
  hookTextBytes: 6 * 1024,
  /**
   * How long the hook lasts that wakes an idle session: a little less than the longest watch, so that it
   * ends by itself where its client gives it a day.
   */
  waitHookMs: 24 * 3600_000 - 60_000,
  /** How long such a hook looks for a bus, or for its own session on it, before it gives up. */
  waitHookLostMs: 5 * 60_000,
  /** The first and longest pause of who waits for messages, before jitter, until it looks for a lost bus again. */
  lostPauseMs: 100,
  lostPauseMsMax: 10_000,
  /** The longest one of who looks on, where nothing tells it of the next broker: an eye waits no longer. */
  unmarkedPauseMs: 500,
  /** How long a client's command may take to queue a message for one of its sessions: it starts a program. */
  queueMs: 15_000,
  /** Names of senders in an announcement: who it is matters less, the more there are. */
  announcedNames: 5,
  /** What became of own messages, kept for the next check of their sender; older news is in the history. */
  sentNews: 20,
  /** Rooms that one member may be in: more is a flood. */
  rooms: 64,
  /**
   * Answers of agents alone in one conversation, at once and then each second: two agents that only
   * thank each other come to rest, two that work something out are hardly slowed. A person's word in
   * it begins anew.
   */
  threadAnswers: { burst: 30, perSecond: 1 / 30 },
  /** Conversations whose answers are counted: those of a busy hour; the oldest begins anew. */
  threads: 1_000,

  /**
   * A request of a legacy script: a full text in which each character of two bytes is written as six,
   * and its data. Nobody who sends it has proved anything, so it is half a frame.
   */
  legacyRequestBytes: 4 * 1024 * 1024,
  /** Levels of nesting in it: Python's own reader gives up at some 1,000; nobody needs a tenth. */
  legacyDepth: 100,
  /** Time for such a request, and again for its sender to take the answer: what the scripts wait themselves. */
  legacyMs: 5_000,
  /** Time that a script has to hang up by itself; whoever reads to the end is shown that only then. */
  legacyHangUpMs: 100,
  /** Legacy connections at once: each takes milliseconds. One more closes the oldest: they can be anybody's. */
  legacyConnections: 16,
  /**
   * The longest answer to them: they read once, at most 65,535 bytes, and whatever came by then. What is
   * well below that comes in one piece.
   */
  legacyReplyBytes: 48 * 1024,
  /** What the program of those scripts allowed one name, and one name's registrations. */
  legacyRequests: { count: 100, windowMs: 60_000 },
  /** Registrations of all names together: whoever makes up names must not fill the store with them. */
  legacyRegistrations: { count: 300, windowMs: 60_000 },
  /** Names whose registrations are counted: those of such a minute. */
  legacyNames: 300,
  /** Unread messages at one name beyond which scripts cannot send there, as they know it. */
  legacyQueue: 100,
  /** Changes of a script's name, as it knows them: one an hour. */
  legacyRenames: { count: 1, windowMs: 3600_000 },

  /** Messages that a view of the bus holds: more than somebody looks through; the history has the rest. */
  viewedMessages: 20_000,
  /** And characters of their texts together: twice as many bytes of memory at most. */
  viewedTextLength: 32 * 1024 * 1024,
  /** Messages of which a view knows a change before it knows them: those of the page that is under way. */
  viewedEarly: 1_000,

  /** Time that members have, after a takeover, to come back before their names and leases are free. */
  returnMs: 1_000,
  /** How long a server that starts lets its race go first, before it loads what MCP needs: no client may wait long for a slow one. */
  raceFirstMs: 50,
  /** First and longest pause between two rounds of a race, before jitter. */
  pauseMs: 5,
  pauseMsMax: 250,
  /** Rounds of a race that find the lock held by somebody who cannot be reached: about five seconds. */
  raceRounds: 24,
  /** Time in which a process that was told to go has gone; Claude Code kills 400 ms after SIGINT. */
  resignMs: 100,

  /** How long one request to a server of NATS may take before it is repeated: a leader is chosen in one second. */
  natsRequestMs: 2_000,
  /** How long one server may take to let a process in, names and encryption together, before the next is tried. */
  natsConnectMs: 3_000,
  /** How long nothing succeeds with one of several servers before the next is tried: a choice of leaders is no reason. */
  natsOtherServerMs: 3_000,
  /** The pause between two tries to come back to a server, before jitter: a restart takes some 100 ms. */
  natsPauseMs: 100,
  /** How long a sign of life on NATS counts, and how often it is given: two of them may get lost. */
  natsLifeMs: 15_000,
  natsRenewMs: 5_000,
  /**
   * With many members it is given seldomer, so that all of them together give one in a second: each comes to
   * everybody. And how long a sign counts at the most: who is not connected is known without it.
   */
  natsRenewShareMs: 1_000,
  natsLifeMsMax: 3600_000,
  /** The shortest time between two signs of life that tell something new: others need it by the eye. */
  natsTellMs: 200,
  /**
   * In a crowd it is told later, at a moment of chance within this for each pair of processes: so that what all
   * of them tell is at the most some 20,000 deliveries a second, a third of what one processor of a server
   * carries. Who asks a process is told at once. Below 45 processes it is nothing.
   */
  natsTellPairMs: 0.1,
  /** How long a process may take to answer whether it is there: one that is stopped is connected all the same. */
  natsAliveMs: 1_000,
  /** When who asked for a process that nobody answers for asks again: it may be on its way back. */
  natsDoubtMs: 200,
  /** Changes of the directory that were lost to others at once: each of hundred agents that start wins one. */
  natsRounds: 200,

  /** How long an old name forwards after a rename, and how long it is kept for who left: two hours. */
  forwardMs: 2 * 3600_000,
  /** How long a message waits for a name that nobody has, and a name for an agent that left: a week. */
  keepMs: 7 * 24 * 3600_000,
  /**
   * How long what was read is kept for history, and what is unread for an agent that is not there: a
   * month, in which somebody comes back from a holiday.
   */
  historyMs: 30 * 24 * 3600_000,
  /**
   * Size of the store beyond which what was read goes earlier, the oldest first: some ten thousand
   * messages. The file keeps its size; its free pages are used again.
   */
  historyBytes: 64 * 1024 * 1024,
  /** Messages looked at in one step of the clean-up, which holds others up for a millisecond or two. */
  tidyMessages: 256,
  /** Text forgotten in one such step. */
  tidyBytes: 1024 * 1024,
  /** Pause after the clean-up has come to messages that are young: nothing falls due sooner. */
  tidyPauseMs: 10 * 60_000,

  /**
   * How far the wall clock may run ahead of the monotonic one before the clean-up doubts it: more than
   * the drift of a month. And how long it doubts: a day, in which somebody sets a wrong clock right.
   */
  wallAheadMs: 3600_000,
  wallDoubtMs: 24 * 3600_000,

  /**
   * Of a text, what one message of a server holds, and what is left beside it for the envelope: a server
   * takes 1 MiB unless its owner says otherwise, and keeps all of what is under way in memory.
   */
  natsPartBytes: 512 * 1024,
  natsHeaderBytes: 8 * 1024,
  /** Changes that are asked for one by one, before all that is there is listed anew: the list costs as much. */
  natsSingleChanges: 32,
  /** Messages of which it is kept in mind that they are read: what tells of a change may be behind by a few. */
  natsGoneKeys: 1_000,
  /** Unread messages of a realm beyond which they are not counted anew for each list: that takes some 10 µs each. */
  natsManyUnread: 5_000,
  /**
   * How long after it was refused a process asks the server again to tell it of changes, before jitter, and how
   * long at the most: twice as long after each refusal, as a server to which a crowd comes back is only slow.
   */
  natsFollowPauseMs: 500,
  natsFollowPauseMsMax: 8_000,
  /**
   * A crowd that a server has lost comes back to what it tells one after the other, in an order of chance: so
   * long for each process, where there are more than some. Asked for all at once it takes the server longer
   * than they wait for its answers, and they would ask again and again.
   */
  natsReturnShareMs: 10,
  natsReturnProcesses: 50,
  /** How long after something lies on a server it is told at the latest: what is not, is asked for anew. */
  natsToldMs: 2_000,
  /** How often who waits asks for mail of which it was not told: a server of several may drop a subscription. */
  natsLookMs: 5_000,
  /** And how long for each process in a crowd, so that all of them together ask fifty times in a second. */
  natsLookShareMs: 20,

  /** Operations in one commit: bounds the time in which nothing else is answered. */
  batchOperations: 256,
  /** New text in one commit: bounds what a disk that fills up at that moment has to take afterwards. */
  batchBytes: 1024 * 1024,
  /** Pages of 4 KiB after which the log is carried over into the database: recovery takes milliseconds. */
  walPages: 256,
  /** Bytes of a log that could not be carried over beyond which no more new messages are taken. */
  walBytes: 1536 * 1024,
  /**
   * Disk space kept for acknowledgements: the longest log (`walBytes`, one commit of `batchBytes` and
   * one message of `textBytes`) can be carried over in it, and then goes on in place.
   */
  reserveBytes: 4 * 1024 * 1024,
  /** Size up to which a claim compares all tables with their indexes: some 50 ms at most. */
  comparedBytes: 16 * 1024 * 1024,
  /** Size up to which the pages are looked through where the last broker did not end: the same time. */
  lookedThroughBytes: 48 * 1024 * 1024,
  /** How long the status tells of damage to the store: a week, so that its user comes across it. */
  noticeMs: 7 * 24 * 3600_000,
} as const;
