import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Call } from "./verb.ts";

/** The text of an option, or undefined where it was not given. */
export function textOption(call: Call, name: string): string | undefined {
  const value = call.values[name];
  return typeof value === "string" ? value : undefined;
}

/** The texts of an option that may be given more than once, and of which each may be several, with commas. */
export function textOptions(call: Call, name: string): string[] {
  const value = call.values[name];
  const texts = Array.isArray(value) ? value.map(String) : [];
  return texts.flatMap((text) => text.split(",")).map((text) => text.trim()).filter(Boolean);
}

/** The whole number of an option, or undefined; throws `bad_request` outside of `min` to `max`. */
export function wholeOption(call: Call, name: string, min: number, max: number) {
  const text = textOption(call, name);
  if (text === undefined) return undefined;
  const value = /^#?\d+$/.test(text) ? Number(text.replace("#", "")) : NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
  throw new HustingsError("bad_request", `--${name} is a whole number ${range}: it is '${text}'`);
}

/** The seconds of `--wait` in milliseconds, or undefined; throws `bad_request` for what is no wait. */
export function waitOptionMs(call: Call): number | undefined {
  const text = textOption(call, "wait");
  if (text === undefined) return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : NaN;
  if (waitMs <= limits.waitMs) return waitMs;
  const longest = limits.waitMs / 1000;
  throw new HustingsError("bad_request", `--wait is 0 to ${longest} seconds: it is '${text}'`);
}

/** Throws `bad_request` when more words were given than the verb knows what to do with. */
export function expectWords(call: Call, verb: string, max: number): void {
  const extra = call.words[max];
  if (extra === undefined) return;
  throw new HustingsError("bad_request", `'${verb}' takes no '${extra}': leave it out`);
}
