import { parse, patch, stringify } from "@decimalturn/toml-patch";
import { ConfigFault, isObject, lineEnding, valueAt } from "./text_editor.ts";
import type { Path, TextEditor } from "./text_editor.ts";

// A table that is new goes to the end of the text, which every other byte survives and which a person
// expects; the library's own way puts it as an inline table among the others. Changes inside of it are the
// library's: it keeps what it is not asked to change.

/** TOML, as Codex has it. */
export const tomlEditor: TextEditor = {
  parse: parsed,
  set(text, path, value) {
    const holder = valueAt(parsed(text), path.slice(0, -1));
    const isNew = valueAt(parsed(text), path) === undefined && isObject(value);
    if (isNew && (holder === undefined || isObject(holder))) {
      const whole = appended(text, path, value);
      if (isToml(whole)) return whole;
    }
    return changed(text, path, value);
  },
  remove(text, path) {
    return withoutTable(text, path) ?? changed(text, path, undefined);
  },
};

function parsed(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    const { line, column, message } = error as Error & { line?: number; column?: number };
    // The first line of its message names the place, which is told apart; the last one says why.
    const why = message.trim().split("\n").at(-1)!;
    const place = line === undefined ? undefined : { line, column: (column ?? 0) + 1 };
    throw new ConfigFault(`it is no TOML: ${why}`, place);
  }
}

function isToml(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The table with an empty line before it; the text ends as it did, with a line ending or without. */
function appended(text: string, path: Path, value: Record<string, unknown>): string {
  const ending = lineEnding(text);
  const table = tableOf(path, value).join(`${ending}${ending}`).replaceAll(/\r?\n/g, ending);
  if (text === "") return table + ending;
  return text.endsWith("\n") ? text + ending + table + ending : text + ending + ending + table;
}

/** A table and those below it, each under a heading of its own. */
function tableOf(path: Path, value: Record<string, unknown>): string[] {
  const entries = Object.entries(value);
  const own = Object.fromEntries(entries.filter(([, each]) => !isObject(each)));
  const lines = stringify(own, { bracketSpacing: false }).trim();
  const below = entries.flatMap(([key, each]) =>
    isObject(each) ? tableOf([...path, key], each) : []
  );
  return [`[${path.join(".")}]\n${lines}`.trim(), ...below];
}

/** The text without the table that stands as `appended` writes it; undefined where it does not. */
function withoutTable(text: string, path: Path): string | undefined {
  const before = parsed(text);
  const value = valueAt(before, path);
  if (!isObject(value)) return undefined;
  const ending = lineEnding(text);
  const rest = appended(ending, path, value).trim();
  for (const { index: start } of text.matchAll(/^\[/gm)) {
    if (!text.startsWith(rest, start)) continue;
    const [head, tail] = [text.slice(0, start), text.slice(start + rest.length)];
    if (tail === "" && head.endsWith(ending + ending)) return head.slice(0, -2 * ending.length);
    if (!tail.startsWith(ending)) return undefined;
    const kept = head.endsWith(ending + ending) ? head.slice(0, -ending.length) : head;
    return kept + tail.slice(ending.length);
  }
  return undefined;
}

/** As the library does it; `undefined` takes out. */
function changed(text: string, path: Path, value: unknown): string {
  const whole = parsed(text);
  let at: Record<string, unknown> = whole;
  for (const key of path.slice(0, -1)) {
    const next = at[key] ??= {};
    if (!isObject(next)) throw new ConfigFault(`'${key}' is no table`);
    at = next;
  }
  const last = path.at(-1)!;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return patch(text, whole);
}
