/** How much a finding matters: all is well, good to know, or something that has to be mended. */
export type Level = "ok" | "note" | "fault";

/** One thing that was looked at, and what was seen. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly level: Level;
  /** What was seen and what it means. */
  readonly text: string;
  /** How to mend it. */
  readonly mend?: string;
}

/** Makes the findings of one check. */
export class Findings {
  readonly all: Finding[] = [];
  readonly #check: string;

  constructor(check: string) {
    this.#check = check;
  }

  ok(text: string): void {
    this.all.push({ check: this.#check, level: "ok", text });
  }

  note(text: string, mend?: string): void {
    this.#add("note", text, mend);
  }

  fault(text: string, mend?: string): void {
    this.#add("fault", text, mend);
  }

  #add(level: Level, text: string, mend: string | undefined): void {
    this.all.push({ check: this.#check, level, text, ...(mend === undefined ? {} : { mend }) });
  }
}
