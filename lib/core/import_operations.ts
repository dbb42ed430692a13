/**
 * Takes a message of another program over, in the name of who wrote it there, for one reader. The broker
 * puts a line before the text that says so, with `source` and `written`; its time is that of the import, so
 * that it is kept as long as any other. A repeat with the same UUID changes nothing.
 */
export interface ImportOperation {
  readonly op: "import";
  /** A UUID that is the same whenever this message is imported. */
  readonly message: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** What the other program is called. */
  readonly source: string;
  /** When it was written, as its reader shall see it. */
  readonly written: string;
}

/** Keeps a name of another program, and lets `former` lead to it until `untilMs`. Repeatable. */
export interface AdoptOperation {
  readonly op: "adopt";
  readonly name: string;
  readonly former?: string;
  /** By the wall clock; at most `limits.forwardMs` from now. */
  readonly untilMs?: number;
}
