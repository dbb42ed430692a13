import { dirname, join } from "node:path/posix";
import ts from "typescript";

/** The checkout. */
export const root = new URL("../../", import.meta.url);

/** One TypeScript file of the checkout, parsed. */
export interface Source {
  /** From the root of the checkout, with `/` on every platform. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
  /** What it exports, by name; `value` is false for what is only a type. */
  readonly exports: ReadonlyMap<string, { readonly value: boolean }>;
}

export interface Import {
  /** What stands between the quotes. */
  readonly specifier: string;
  /** The file of the checkout that it means; absent for packages. */
  readonly path?: string;
  /** The names that are taken; `*` for all. */
  readonly names: readonly string[];
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
  /** It loads only where the program comes to it. */
  readonly isCalled: boolean;
}

/** Every file under the given folders and files of the root whose name ends as asked, sorted. */
export function filesBelow(tops: readonly string[], ending: RegExp): string[] {
  const found: string[] = [];
  const visit = (path: string) => {
    if (!Deno.statSync(new URL(path, root)).isDirectory) {
      if (ending.test(path)) found.push(path);
      return;
    }
    for (const entry of Deno.readDirSync(new URL(`${path}/`, root))) visit(`${path}/${entry.name}`);
  };
  tops.forEach(visit);
  return found.sort();
}

/** Reads and parses one file. */
export function readSource(path: string): Source {
  const text = Deno.readTextFileSync(new URL(path, root));
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, text, tree, imports: importsOf(path, tree), exports: exportsOf(tree) };
}

/** Every node of a tree, parents first. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  node.forEachChild((child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

/** The line, counted from 1, on which a node begins. */
export function lineOf(node: ts.Node): number {
  const tree = node.getSourceFile();
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

function importsOf(from: string, tree: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  for (const node of nodesOf(tree)) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const { moduleSpecifier } = node;
      if (moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)) {
        imports.push(importFrom(from, moduleSpecifier.text, staticNames(node), isTypeOnly(node)));
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier !== undefined && ts.isStringLiteral(specifier)) {
        imports.push(importFrom(from, specifier.text, dynamicNames(node), false, true));
      }
    }
  }
  return imports;
}

function importFrom(
  from: string,
  specifier: string,
  names: string[],
  typeOnly: boolean,
  isCalled = false,
): Import {
  const taken = { specifier, names, typeOnly, isCalled };
  return specifier.startsWith(".") ? { ...taken, path: join(dirname(from), specifier) } : taken;
}

function staticNames(node: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  if (ts.isExportDeclaration(node)) {
    if (node.exportClause === undefined || !ts.isNamedExports(node.exportClause)) return ["*"];
    return node.exportClause.elements.map((item) => (item.propertyName ?? item.name).text);
  }
  const clause = node.importClause;
  const bindings = clause?.namedBindings;
  const names = clause?.name === undefined ? [] : ["default"];
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return ["*"];
  return [...names, ...bindings.elements.map((item) => (item.propertyName ?? item.name).text)];
}

/** The names in `const { a, b: c } = await import("…")`; all where it is used in another way. */
function dynamicNames(call: ts.CallExpression): string[] {
  const awaited = call.parent;
  const holder = ts.isAwaitExpression(awaited) ? awaited.parent : awaited;
  if (!ts.isVariableDeclaration(holder) || !ts.isObjectBindingPattern(holder.name)) return ["*"];
  return holder.name.elements.map((item) => (item.propertyName ?? item.name).getText());
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  return clause.name === undefined && bindings !== undefined && ts.isNamedImports(bindings) &&
    bindings.elements.every((item) => item.isTypeOnly);
}

function exportsOf(tree: ts.SourceFile): Source["exports"] {
  const exports = new Map<string, { value: boolean }>();
  for (const statement of tree.statements) {
    const value = !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement);
    for (const name of exportedNames(statement)) exports.set(name, { value });
  }
  return exports;
}

function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause;
    if (clause === undefined || !ts.isNamedExports(clause)) return [];
    return clause.elements.map((item) => item.name.text);
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  if (!modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((item) => item.name.getText());
  }
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.getText()];
}
