import { HustingsError } from "./errors.ts";

/** Reads the fields of one JSON object; each reader throws `bad_request` naming field, value and rule. */
export class Fields {
  #object: Record<string, unknown>;
  #seen: Set<string>;

  /** `known`: fields that somebody else reads. */
  constructor(object: Record<string, unknown>, known: readonly string[]) {
    this.#object = object;
    this.#seen = new Set(known);
  }

  /** `{ [name]: read() }` when the field is there, otherwise nothing to spread. */
  optional<N extends string, T>(name: N, read: () => T): { [K in N]?: T } {
    if (this.#take(name) === undefined) return {};
    return { [name]: read() } as { [K in N]: T };
  }

  text(name: string, lengthMax: number): string {
    const value = this.#take(name);
    if (typeof value !== "string") throw wrong(name, shown(value), "a string");
    if (value.length <= lengthMax) return value;
    throw wrong(name, `${value.length} characters`, `at most ${lengthMax} characters`);
  }

  texts(name: string, countMax: number, lengthMax: number): string[] {
    const value = this.#list(name, countMax);
    const fits = (item: unknown) => typeof item === "string" && item.length <= lengthMax;
    if (value.every(fits)) return value as string[];
    throw wrongItem(
      name,
      value.find((item) => !fits(item)),
      `strings of at most ${lengthMax} characters`,
    );
  }

  whole(name: string, min: number, max: number): number {
    const value = this.#take(name);
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    throw wrong(name, shown(value), `a whole number from ${min} to ${max}`);
  }

  wholes(name: string, countMax: number): number[] {
    const value = this.#list(name, countMax);
    if (value.every(Number.isSafeInteger)) return value as number[];
    throw wrongItem(name, value.find((item) => !Number.isSafeInteger(item)), "whole numbers");
  }

  /** The id of a request. */
  id(name: string): number {
    return this.whole(name, 0, Number.MAX_SAFE_INTEGER);
  }

  /** One of `words`. */
  word<W extends string>(name: string, words: readonly W[]): W {
    const value = this.#take(name);
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw wrong(name, shown(value), `one of ${words.join(", ")}`);
  }

  flag(name: string): boolean {
    const value = this.#take(name);
    if (typeof value === "boolean") return value;
    throw wrong(name, shown(value), "true or false");
  }

  /** Throws when the object has fields that nobody read. */
  done(): void {
    const extra = Object.keys(this.#object).find((name) => !this.#seen.has(name));
    if (extra === undefined) return;
    throw new HustingsError("bad_request", `Unknown field ${shown(extra)}: leave it out`);
  }

  #take(name: string): unknown {
    this.#seen.add(name);
    return Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
  }

  #list(name: string, countMax: number): unknown[] {
    const value = this.#take(name);
    if (!Array.isArray(value)) throw wrong(name, shown(value), "a list");
    if (value.length <= countMax) return value;
    throw wrong(name, `${value.length} items`, `at most ${countMax} items`);
  }
}

/**
 * A peer's value in a few characters: what quotes it goes back to the peer and has to fit a frame.
 * Lists and objects are only named, as they may be nested too deep to be written.
 */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(value).slice(0, 80);
}

function wrong(name: string, is: string, rule: string): HustingsError {
  return new HustingsError("bad_request", `Field '${name}' must be ${rule}: it is ${is}`);
}

function wrongItem(name: string, item: unknown, rule: string): HustingsError {
  return wrong(name, `a list with ${shown(item)}`, `a list of ${rule}`);
}
