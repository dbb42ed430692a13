/** The way to a value in a configuration: keys of objects and places in lists. */
export type Path = readonly (string | number)[];

/**
 * Changes a configuration as text: what it was not asked to change keeps its bytes, comments and order.
 * Every function throws `ConfigFault` for a text that has not the form that it should have.
 */
export interface TextEditor {
  /** The values that the text holds; an empty text holds an empty object. */
  parse(text: string): unknown;
  /**
   * The text with `value` at `path`. Objects on the way that are missing are made; a place in a list
   * may be the one behind its end.
   */
  set(text: string, path: Path, value: unknown): string;
  /** The text without what is at `path`, which must be there. */
  remove(text: string, path: Path): string;
}

/** A text that cannot be read as what it should be. */
export class ConfigFault extends Error {
  override name = "ConfigFault";
  /** Where, both counted from 1; absent where it is the whole of it. */
  readonly place: { readonly line: number; readonly column: number } | undefined;

  constructor(why: string, place?: { readonly line: number; readonly column: number }) {
    super(why);
    this.place = place;
  }
}

/** Line and column of `offset`, counted from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

/** How lines end in `text`: as the first one does. */
export function lineEnding(text: string): "\r\n" | "\n" {
  return /\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n";
}

/** One change of a text: what stands from `from` to before `to` becomes `content`. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly content: string;
}

/** `text` with all of `edits`, which do not overlap and are sorted from its beginning. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.toReversed().reduce(
    (rest, { from, to, content }) => rest.slice(0, from) + content + rest.slice(to),
    text,
  );
}

/** True for an object that is no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is at `path` in `value`; undefined where there is nothing. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}
