/**
 * What a broker notes beside the database, so that its loss can be told from a fresh start and lost
 * commits from commits that never were. It is written at a claim, at each upkeep after which there
 * was a commit, and at a clean end; not at each commit, so the last second before a crash can be
 * missing from it.
 */
export interface StoreMark {
  /** Steps of the schema that were taken. */
  readonly form: number;
  /** The checksum of the schema as the file holds it. */
  readonly schema: number;
  readonly epoch: number;
  /** Commits that changed something, and the highest message id, at least. */
  readonly commits: number;
  readonly lastMessage: number;
  /** The broker closed the store after this, so that nothing came later. */
  readonly clean: boolean;
  /** There is a write-ahead log that holds a commit. */
  readonly log: boolean;
  /** A page could not be read: examine all, whatever it seems to be. */
  readonly damaged: boolean;
}

/** Writes it, whole or not at all. It is a precaution: a disk that does not take it is no failure. */
export function writeMark(path: string, mark: StoreMark): void {
  const draft = `${path}.draft`;
  try {
    Deno.writeTextFileSync(draft, `${JSON.stringify(mark)}\n`, { mode: 0o600 });
    Deno.renameSync(draft, path);
  } catch {
    // The older mark says less, and nothing wrong.
  }
}

/** The mark, or undefined where there is none or it is none. */
export function readMark(path: string): StoreMark | undefined {
  try {
    const said = JSON.parse(Deno.readTextFileSync(path)) as Record<string, unknown>;
    const numbers = ["form", "schema", "epoch", "commits", "lastMessage"];
    const flags = ["clean", "log", "damaged"];
    const fits = numbers.every((name) => Number.isSafeInteger(said[name])) &&
      flags.every((name) => typeof said[name] === "boolean");
    return fits ? said as unknown as StoreMark : undefined;
  } catch {
    return undefined;
  }
}
