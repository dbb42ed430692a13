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
    this.#seen.add(name);
    if (this.#object[name] === undefined) return {};
    return { [name]: read() } as { [K in N]: T };
  }

  text(name: string, lengthMax: number): string {
    const value = this.#take(name);
    if (typeof value !== "string") throw this.#wrong(name, value, "a string");
    if (value.length <= lengthMax) return value;
    throw this.#wrong(name, `${value.length} characters`, `at most ${lengthMax} characters`);
  }

  texts(name: string, countMax: number, lengthMax: number): string[] {
    const value = this.#list(name, countMax);
    const fits = value.every((item) => typeof item === "string" && item.length <= lengthMax);
    if (!fits) throw this.#wrong(name, value, `strings of at most ${lengthMax} characters`);
    return value as string[];
  }

  whole(name: string, min: number, max: number): number {
    const value = this.#take(name);
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    throw this.#wrong(name, value, `a whole number from ${min} to ${max}`);
  }

  wholes(name: string, countMax: number): number[] {
    const value = this.#list(name, countMax);
    if (value.every((item) => Number.isSafeInteger(item))) return value as number[];
    throw this.#wrong(name, value, "whole numbers");
  }

  /** The id of a request. */
  id(name: string): number {
    return this.whole(name, 0, Number.MAX_SAFE_INTEGER);
  }

  flag(name: string): boolean {
    const value = this.#take(name);
    if (typeof value === "boolean") return value;
    throw this.#wrong(name, value, "true or false");
  }

  /** Throws when the object has fields that nobody read. */
  done(): void {
    const extra = Object.keys(this.#object).find((name) => !this.#seen.has(name));
    if (extra === undefined) return;
    throw new HustingsError("bad_request", `Unknown field '${extra}': leave it out`);
  }

  #take(name: string): unknown {
    this.#seen.add(name);
    return this.#object[name];
  }

  #list(name: string, countMax: number): unknown[] {
    const value = this.#take(name);
    if (!Array.isArray(value)) throw this.#wrong(name, value, "a list");
    if (value.length <= countMax) return value;
    throw this.#wrong(name, `${value.length} items`, `at most ${countMax} items`);
  }

  #wrong(name: string, value: unknown, rule: string): HustingsError {
    const shown = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
    return new HustingsError("bad_request", `Field '${name}' must be ${rule}: it is ${shown}`);
  }
}
