import { createScanner, getNodeValue, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";
import { ConfigFault, edited, lineEnding, placeOf } from "./text_editor.ts";
import type { Edit, Path, TextEditor } from "./text_editor.ts";

// jsonc-parser finds where everything is; its own `modify` puts a new member before a comment that
// belongs to the last one, and does not undo itself to the byte. Here a member goes behind that comment,
// in the form that is around it, and is taken out again with exactly what came with it.

/** JSON as people keep it: comments and trailing commas are left alone. */
export const jsonEditor: TextEditor = {
  parse: (text) => getNodeValue(treeOf(started(text))),
  set,
  remove,
};

/** A file without content, as editors leave one, is an object without members. */
function started(text: string): string {
  return text.trim() === "" ? "{}\n" : text;
}

function treeOf(text: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined && tree !== undefined) return tree;
  const words = first === undefined ? "there is no value" : printParseErrorCode(first.error)
    .replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  throw new ConfigFault(`it is no JSON: ${words}`, placeOf(text, first?.offset ?? 0));
}

function set(given: string, path: Path, value: unknown): string {
  const text = started(given);
  const tree = treeOf(text);
  let node = tree;
  for (const [depth, key] of path.entries()) {
    const child = childOf(node, key);
    if (child === undefined) {
      const rest = path.slice(depth + 1).reduceRight<unknown>(
        (at, name) => typeof name === "number" ? [at] : { [name]: at },
        value,
      );
      return edited(text, insertion(text, tree, node, key, rest));
    }
    node = child;
  }
  const indent = indentAt(text, node.offset);
  const content = rendered(value, layoutOf(text, tree, node.parent ?? tree), indent);
  return edited(text, [{ from: node.offset, to: endOf(node), content }]);
}

function childOf(node: Node, key: string | number): Node | undefined {
  if (node.type === "array" && typeof key === "number") return node.children![key];
  if (node.type !== "object" || typeof key !== "string") {
    throw new ConfigFault(
      `what should hold '${key}' is no ${typeof key === "number" ? "list" : "object"}`,
    );
  }
  const member = node.children!.find(({ children }) => children![0]!.value === key);
  return member === undefined ? undefined : member.children![1];
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

/** How members are written: each on a line of its own, or one behind the other. */
interface Layout {
  readonly lines: boolean;
  /** One step of indentation. */
  readonly unit: string;
  readonly ending: string;
  /** What stands behind colons and commas where members share a line. */
  readonly space: string;
}

function layoutOf(text: string, tree: Node, container: Node): Layout {
  const isOpen = (node: Node) => text.slice(node.offset, endOf(node)).includes("\n");
  const first = tree.children?.[0];
  const unit = first === undefined ? "" : indentAt(text, first.offset);
  const isEmpty = container.children!.length === 0;
  const lines = isOpen(container) || (isEmpty && (container === tree || isOpen(tree)));
  return {
    lines,
    unit: unit === "" ? "  " : unit,
    ending: lineEnding(text),
    space: lines || /[:,] /.test(text) ? " " : "",
  };
}

/** The blanks at the beginning of the line of `offset`. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))![0];
}

function insertion(
  text: string,
  tree: Node,
  container: Node,
  key: string | number,
  value: unknown,
): Edit[] {
  const layout = layoutOf(text, tree, container);
  const outer = indentAt(text, container.offset);
  const last = container.children!.at(-1);
  const beginsLine = last !== undefined && /\n[ \t]*$/.test(text.slice(0, last.offset));
  const indent = beginsLine ? indentAt(text, last.offset) : outer + layout.unit;
  const name = typeof key === "string" ? `${JSON.stringify(key)}:${layout.space}` : "";
  const member = name + rendered(value, layout, indent);
  const { comma, sameLine } = behind(text, last, container);
  const lead = layout.lines ? layout.ending + indent : last === undefined ? "" : layout.space;
  if (last !== undefined) {
    const own = { from: sameLine, to: sameLine, content: `${lead}${member}${comma ? "," : ""}` };
    return comma ? [own] : [{ from: endOf(last), to: endOf(last), content: "," }, own];
  }
  const rest = text.slice(sameLine, endOf(container) - 1);
  const close = layout.lines && !rest.includes("\n") ? layout.ending + outer : "";
  return [{ from: sameLine, to: sameLine, content: lead + member + close }];
}

/**
 * What stands behind the last member: whether a comma does, and where what belongs to its line ends. In a
 * container without members: where its last comment ends.
 */
function behind(text: string, last: Node | undefined, container: Node) {
  const from = last === undefined ? container.offset + 1 : endOf(last);
  const comma = last === undefined ? undefined : commaAfter(text, from);
  let sameLine = comma?.end ?? from;
  for (const token of tokensOf(text, sameLine)) {
    if (token.kind === "break" && last !== undefined) break;
    if (token.kind === "word" || token.kind === "comma") break;
    if (isComment(token)) sameLine = token.end;
  }
  return { comma: comma !== undefined, sameLine };
}

/** The comma that is the next thing behind `from`, be it on a later line. */
function commaAfter(text: string, from: number): Token | undefined {
  const next = tokensOf(text, from).find((token) => !isComment(token) && !isBlank(token));
  return next?.kind === "comma" ? next : undefined;
}

interface Token {
  readonly kind: "comma" | "line comment" | "block comment" | "break" | "blank" | "word";
  readonly from: number;
  readonly end: number;
}

/** What follows from `from` on, blanks and comments too. */
function* tokensOf(text: string, from: number): Generator<Token, undefined> {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  for (let at = from; at < text.length; at = scanner.getPosition()) {
    scanner.scan();
    const start = scanner.getTokenOffset();
    const end = start + scanner.getTokenLength();
    if (end <= start) return;
    yield { kind: kindOf(text.slice(start, end)), from: start, end };
  }
}

function kindOf(token: string): Token["kind"] {
  if (token === ",") return "comma";
  if (token.startsWith("//")) return "line comment";
  if (token.startsWith("/*")) return "block comment";
  if (token.trim() !== "") return "word";
  return token.includes("\n") || token.includes("\r") ? "break" : "blank";
}

function isBlank({ kind }: Token): boolean {
  return kind === "blank" || kind === "break";
}

function isComment({ kind }: Token): boolean {
  return kind === "line comment" || kind === "block comment";
}

function rendered(value: unknown, { lines, unit, ending, space }: Layout, indent: string): string {
  if (lines) return JSON.stringify(value, null, unit).replaceAll("\n", ending + indent);
  if (space === "") return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[${
      value.map((each) => rendered(each, { lines, unit, ending, space }, "")).join(", ")
    }]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, each]) =>
    `${JSON.stringify(key)}: ${rendered(each, { lines, unit, ending, space }, "")}`
  );
  return `{${members.join(", ")}}`;
}

function remove(text: string, path: Path): string {
  const container = path.slice(0, -1).reduce<Node | undefined>(
    (node, key) => node && childOf(node, key),
    treeOf(text),
  );
  const value = container && childOf(container, path.at(-1)!);
  if (container === undefined || value === undefined) {
    throw new ConfigFault(`there is no '${path.join(".")}'`);
  }
  const member = container.type === "object" ? value.parent! : value;
  const without = edited(text, deletion(text, container, member));
  if (container.children!.length > 1) return without;
  const end = endOf(container) - (text.length - without.length);
  const inner = without.slice(container.offset + 1, end - 1);
  if (inner.trim() !== "") return without;
  return edited(without, [{ from: container.offset + 1, to: end - 1, content: "" }]);
}

/** A member goes with the blanks before it and with one comma, its own or that of the one before. */
function deletion(text: string, container: Node, member: Node): Edit[] {
  const before = container.children![container.children!.indexOf(member) - 1];
  let from = before === undefined ? container.offset + 1 : endOf(before);
  let comma: Token | undefined;
  let note: Token | undefined;
  for (const token of tokensOf(text, from)) {
    if (token.from >= member.offset) break;
    if (isBlank(token)) continue;
    if (token.kind === "comma") comma = token;
    else note = token;
    from = token.end;
  }
  const own = commaAfter(text, endOf(member));
  const to = own?.end ?? endOf(member);
  // Nothing may come to stand in a comment that ends with its line.
  const joins = note?.kind === "line comment" && !/^[ \t]*(\r?\n|$)/.test(text.slice(to));
  const gone = { from: joins ? member.offset : from, to, content: "" };
  if (own !== undefined || comma === undefined) return [gone];
  return [{ from: comma.from, to: comma.end, content: "" }, gone];
}
