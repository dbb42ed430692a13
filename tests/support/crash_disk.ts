import type { DiskEvent } from "./disk_event.ts";
import type { SeededRandom } from "./seeded.ts";

/** What a disk writes whole or not at all. */
const sectorBytes = 512;

type Change = Extract<DiskEvent, { kind: "write" | "truncate" }>;

interface CrashFile {
  flushed: Uint8Array<ArrayBuffer>;
  /** What happened to it since, in order. */
  changes: Change[];
}

/** A change of the directory that is not on the disk yet; `file` is absent where it was removed. */
interface EntryChange {
  readonly path: string;
  readonly file: CrashFile | undefined;
}

/**
 * A disk that may lose power. What was flushed is there. Of what came later, in each file: nothing,
 * everything, a beginning whose last write is torn, or each sector as it was at any moment since.
 * An entry of the directory is there for sure once the directory was flushed.
 */
export class CrashDisk {
  readonly #entries = new Map<string, CrashFile>();
  readonly #flushedEntries = new Map<string, CrashFile>();
  readonly #directory: string;
  #entryChanges: EntryChange[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  apply(event: Exclude<DiskEvent, { kind: "said" }>): void {
    const { path } = event;
    if (event.kind === "create") {
      if (!this.#entries.has(path)) {
        this.#setEntry(path, { flushed: new Uint8Array(), changes: [] });
      }
    } else if (event.kind === "unlink") this.#setEntry(path, undefined);
    else if (path === this.#directory) this.#flushEntries();
    else this.#change(this.#entries.get(path), event);
  }

  /** The files after a loss of power at this moment, as chance would have it. */
  image(random: SeededRandom): Map<string, Uint8Array> {
    const entries = new Map(this.#flushedEntries);
    const kept = random.whole(0, this.#entryChanges.length);
    for (const { path, file } of this.#entryChanges.slice(0, kept)) {
      setOrDelete(entries, path, file);
    }
    const survive = random.pick([nothing, everything, beginning, scattered]);
    const image = new Map<string, Uint8Array>();
    for (const [path, file] of entries) {
      const content = new Content(file.flushed);
      survive(content, file.changes, random);
      image.set(path, content.bytes);
    }
    return image;
  }

  #setEntry(path: string, file: CrashFile | undefined): void {
    setOrDelete(this.#entries, path, file);
    this.#entryChanges.push({ path, file });
  }

  #flushEntries(): void {
    for (const { path, file } of this.#entryChanges) setOrDelete(this.#flushedEntries, path, file);
    this.#entryChanges = [];
  }

  #change(file: CrashFile | undefined, event: Change | { kind: "flush" }): void {
    if (file === undefined) return; // a file that was removed while it was open
    if (event.kind !== "flush") return void file.changes.push(event);
    const content = new Content(file.flushed);
    for (const change of file.changes) content.apply(change);
    file.flushed = content.bytes;
    file.changes = [];
  }
}

function setOrDelete(
  entries: Map<string, CrashFile>,
  path: string,
  file: CrashFile | undefined,
): void {
  if (file === undefined) entries.delete(path);
  else entries.set(path, file);
}

type Survival = (content: Content, changes: readonly Change[], random: SeededRandom) => void;

const nothing: Survival = () => {};

const everything: Survival = (content, changes) => {
  for (const change of changes) content.apply(change);
};

const beginning: Survival = (content, changes, random) => {
  const whole = random.whole(0, changes.length);
  for (const change of changes.slice(0, whole)) content.apply(change);
  const torn = changes[whole];
  if (torn?.kind !== "write") return;
  for (const sector of sectorsOf(torn)) if (random.fraction() < 0.5) content.apply(sector);
};

/** A sector that missed one write stays as it is: the system writes its latest state or none. */
const scattered: Survival = (content, changes, random) => {
  const survives = random.fraction();
  const left = new Set<number>();
  for (const change of changes) {
    if (change.kind === "truncate") {
      if (random.fraction() < survives) content.apply(change);
      continue;
    }
    for (const sector of sectorsOf(change)) {
      const index = Math.floor(sector.at / sectorBytes);
      if (random.fraction() >= survives) left.add(index);
      if (!left.has(index)) content.apply(sector);
    }
  }
};

/** One write as writes that each touch one sector. */
function* sectorsOf({ path, at, bytes }: Extract<Change, { kind: "write" }>) {
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + sectorBytes - (at + from) % sectorBytes);
    yield { kind: "write", path, at: at + from, bytes: bytes.slice(from, to) } as const;
    from = to;
  }
}

/** The content of a file; it grows as a file does, with zeros in its holes. */
class Content {
  #buffer: Uint8Array<ArrayBuffer>;
  #length: number;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#buffer = bytes.slice();
    this.#length = bytes.length;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length);
  }

  apply(change: Change): void {
    if (change.kind === "truncate") {
      this.#reserve(change.length);
      this.#buffer.fill(0, change.length);
      this.#length = change.length;
    } else {
      const end = change.at + change.bytes.length;
      this.#reserve(end);
      this.#buffer.set(change.bytes, change.at);
      this.#length = Math.max(this.#length, end);
    }
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(length, this.#buffer.length * 2));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
