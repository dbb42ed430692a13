/** A log longer than this is not looked through: a broker keeps it far shorter. */
const lookedThroughBytes = 32 * 1024 * 1024;

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * Looks through a write-ahead log that nobody uses for damage that SQLite passes over: at the first
 * frame whose checksum is wrong it takes the log as ended (sqlite.org/fileformat2.html#walformat).
 *
 * A wrong frame in the last commit may be a write that was cut off, before anybody was told of it.
 * One in an earlier commit is damage: that was on disk before the next commit began. Returns what is
 * wrong, or undefined.
 */
export function logFault(path: string): string | undefined {
  const bytes = readWhole(path);
  if (bytes === undefined || bytes.length === 0) return undefined;
  if (bytes.length < headerBytes) return "its log is cut";
  const log = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = log.getUint32(0);
  const sum = new Sum(log, magic === 0x377f0682);
  sum.add(0, 24);
  if ((magic & ~1) !== 0x377f0682 || !sum.is(24)) return "the head of its log is damaged";
  const frameBytes = frameHeaderBytes + log.getUint32(8);
  let at = headerBytes;
  for (; at + frameBytes <= bytes.length; at += frameBytes) {
    if (!isOfThisRound(log, at)) break;
    sum.add(at, 8);
    sum.add(at + frameHeaderBytes, frameBytes - frameHeaderBytes);
    if (!sum.is(at + 16)) break;
  }
  return isCommitFollowed(log, at, frameBytes) ? "its log is damaged" : undefined;
}

/** From the frame at `at` on: is there one that ends a commit, and one of this round after it? */
function isCommitFollowed(log: DataView, at: number, frameBytes: number): boolean {
  let isCommitted = false;
  for (; at + frameHeaderBytes <= log.byteLength; at += frameBytes) {
    if (!isOfThisRound(log, at)) continue;
    if (isCommitted) return true;
    isCommitted = log.getUint32(at + 4) !== 0;
  }
  return false;
}

/** Frames of an older round of the log have other salts. */
function isOfThisRound(log: DataView, at: number): boolean {
  return log.getUint32(at + 8) === log.getUint32(16) &&
    log.getUint32(at + 12) === log.getUint32(20);
}

/** The running checksum of a log, over words in the byte order that its head names. */
class Sum {
  readonly #log: DataView;
  readonly #littleEndian: boolean;
  #a = 0;
  #b = 0;

  constructor(log: DataView, littleEndian: boolean) {
    this.#log = log;
    this.#littleEndian = littleEndian;
  }

  add(at: number, length: number): void {
    const end = at + length;
    for (let word = at; word < end; word += 8) {
      this.#a = (this.#a + this.#log.getUint32(word, this.#littleEndian) + this.#b) >>> 0;
      this.#b = (this.#b + this.#log.getUint32(word + 4, this.#littleEndian) + this.#a) >>> 0;
    }
  }

  /** True where the log holds this sum at `at`. */
  is(at: number): boolean {
    return this.#log.getUint32(at) === this.#a && this.#log.getUint32(at + 4) === this.#b;
  }
}

function readWhole(path: string): Uint8Array | undefined {
  try {
    if (Deno.statSync(path).size > lookedThroughBytes) return undefined;
    return Deno.readFileSync(path);
  } catch {
    return undefined;
  }
}
