import buffer from "node:buffer";
import process from "node:process";
import type { Document, Pair, YAMLMap } from "yaml";
import { ConfigFault, edited, lineEnding, placeOf } from "./text_editor.ts";
import type { Path, TextEditor } from "./text_editor.ts";

// The library asks for these by `require`, which the bundled program does not have, and comes as one value
// there: it is given what it asks for before it is loaded.
const modules: Readonly<Record<string, unknown>> = {
  "node:process": process,
  "node:buffer": buffer,
};
if (!("require" in globalThis)) {
  Object.assign(globalThis, { require: (name: string) => modules[name] });
}
const { default: library } = await import("yaml") as unknown as { default: typeof import("yaml") };
const { isMap, isScalar, parseDocument, stringify } = library;

// The library says where everything is; written back by it, a document would lose its own spacing. New
// lines go behind those of the map that they belong to.

/** YAML, as Goose has it: maps in blocks or in braces. */
export const yamlEditor: TextEditor = {
  parse: (text) => documentOf(text).toJS() ?? {},
  set,
  remove,
};

function documentOf(text: string): Document.Parsed {
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault === undefined) return document;
  const why = fault.message.split(" at line ")[0]!;
  throw new ConfigFault(`it is no YAML: ${why}`, placeOf(text, fault.pos[0]));
}

type Pairs = YAMLMap.Parsed;

function set(text: string, path: Path, value: unknown): string {
  let map: unknown = documentOf(text).contents;
  if (map === null) return appended(text, nested(path, value));
  for (const [depth, key] of path.entries()) {
    if (!isMap(map)) throw new ConfigFault(`what should hold '${key}' is no map`);
    const pair = pairOf(map as Pairs, key);
    if (pair === undefined) return inserted(text, map as Pairs, nested(path.slice(depth), value));
    const isLast = depth === path.length - 1;
    if (isLast) return replaced(text, pair, value);
    if (isNothing(pair)) {
      return below(text, map as Pairs, pair, nested(path.slice(depth + 1), value));
    }
    map = pair.value;
  }
  return text;
}

function nested(path: Path, value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((at, key) => ({ [key]: at }), value) as Record<string, unknown>;
}

type Found = Pair<unknown, { range?: [number, number, number] | null } | null>;

function pairOf(map: Pairs, key: string | number): Found | undefined {
  const found = map.items.find((pair) =>
    isScalar(pair.key) && String(pair.key.value) === String(key)
  );
  return found as Found | undefined;
}

function isNothing({ value }: Found): boolean {
  return value === null || (isScalar(value) && value.value === null);
}

/** The lines of a block at `indent`, without a line ending behind the last one. */
function block(text: string, value: Record<string, unknown>, indent: string): string {
  const lines = stringify(value, { lineWidth: 0 }).trimEnd().split("\n");
  return lines.map((line) => indent + line).join(lineEnding(text));
}

function appended(text: string, value: Record<string, unknown>): string {
  const end = text.trimEnd().length;
  const lines = block(text, value, "");
  if (end === 0) return lines + lineEnding(text);
  return text.slice(0, end) + lineEnding(text) + lines + text.slice(end);
}

function inserted(text: string, map: Pairs, value: Record<string, unknown>): string {
  if (map.flow) {
    const content = JSON.stringify(value).slice(1, -1);
    const end = map.range[1] - 1;
    const last = map.items.at(-1) as Found | undefined;
    const at = last?.value?.range?.[1] ?? end;
    return edited(text, [{
      from: at,
      to: at,
      content: last === undefined ? content : `, ${content}`,
    }]);
  }
  const at = lineEnd(text, map.range[1] - 1);
  const indent = indentAt(text, map.items[0]!.key.range[0]);
  const content = lineEnding(text) + block(text, value, indent);
  return edited(text, [{ from: at, to: at, content }]);
}

/** Behind a key that has no value yet. */
function below(text: string, map: Pairs, pair: Found, value: Record<string, unknown>): string {
  const key = (pair.key as { range: [number, number, number] }).range[0];
  const step = map.flow ? "" : indentAt(text, key) + "  ";
  const at = lineEnd(text, key);
  return edited(text, [{ from: at, to: at, content: lineEnding(text) + block(text, value, step) }]);
}

/** In the form of JSON, which is YAML: a list in lines becomes one in brackets. */
function replaced(text: string, { value: old }: Found, value: unknown): string {
  const range = old?.range;
  if (!range) throw new ConfigFault("there is a value that cannot be replaced");
  const lines = text.slice(range[0], range[1]);
  const rest = /\s*$/.exec(lines)![0];
  const content = typeof value === "string"
    ? stringify(value, { lineWidth: 0 }).trimEnd()
    : JSON.stringify(value);
  return edited(text, [{ from: range[0], to: range[1] - rest.length, content }]);
}

function remove(text: string, path: Path): string {
  const map = path.slice(0, -1).reduce<unknown>(
    (at, key) => isMap(at) ? pairOf(at as Pairs, key)?.value : undefined,
    documentOf(text).contents,
  );
  const pair = isMap(map) ? pairOf(map as Pairs, path.at(-1)!) : undefined;
  if (!isMap(map) || pair === undefined) throw new ConfigFault(`there is no '${path.join(".")}'`);
  const start = (pair.key as { range: [number, number, number] }).range[0];
  const whole = pair.value?.range;
  const last = whole ? text.slice(0, whole[1]).trimEnd().length : start;
  if ((map as Pairs).flow) return withoutFlow(text, start, last);
  const from = text.lastIndexOf("\n", start - 1);
  const to = lineEnd(text, Math.max(last - 1, start));
  if (from === -1) return text.slice(to).replace(/^\r?\n/, "");
  const begin = text[from - 1] === "\r" ? from - 1 : from;
  return edited(text, [{ from: begin, to, content: "" }]);
}

function withoutFlow(text: string, start: number, end: number): string {
  const before = /,\s*$/.exec(text.slice(0, start))?.[0] ?? "";
  const after = before === "" ? /^\s*,\s*/.exec(text.slice(end))?.[0] ?? "" : "";
  return text.slice(0, start - before.length) + text.slice(end + after.length);
}

function indentAt(text: string, offset: number): string {
  return /^ */.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))![0];
}

/** Where the line of `offset` ends, before its line ending. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end === -1) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}
