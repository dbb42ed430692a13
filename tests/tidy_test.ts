import assert from "node:assert/strict";
import ts from "typescript";
import { environment } from "../.ci/compile.ts";
import { version } from "../lib/core/version.ts";
import { filesBelow, lineOf, nodesOf, readSource, root, type Source } from "./support/sources.ts";

// The rules of the house that neither `deno fmt` nor `deno lint` knows. Each test gathers what
// breaks its rule, with file and line, and wants to have gathered nothing.

/** Folders of lib/: each may import from itself and from those before it. */
const folders = ["core", "store", "member", "bus", "agents", "mcp", "cli", "web"];

const topLevel = ["deno.json", "deno.lock", "main.ts", "lib", "tests", "README.md", "LICENSE"]
  .concat(["CHANGELOG.md", ".ci", ".github", ".gitignore", "packages", ".claude-plugin", "docs"]);

const fileLinesMax = 400;
const functionLinesMax = 70;
const functionLinesMedian = 12;

/** Where the program begins, and what the dashboard's page is built from. */
const beginnings = ["main.ts", "lib/web/page/page.tsx"];

const all = filesBelow(["main.ts", "lib", "tests", ".ci"], /\.tsx?$/).map(readSource);
const program = all.filter((source) => /^(main\.ts|lib\/)/.test(source.path));
const lib = program.filter((source) => source.path !== "main.ts");
const core = lib.filter((source) => source.path.startsWith("lib/core/"));

function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function at(source: Source, node: ts.Node): string {
  return `${source.path}:${lineOf(node)}`;
}

/** What `judge` says of any node of these files, with the place. */
function findings(
  sources: readonly Source[],
  judge: (node: ts.Node, source: Source) => string | undefined,
): string[] {
  return sources.flatMap((source) =>
    [...nodesOf(source.tree)].flatMap((node) => {
      const found = judge(node, source);
      return found === undefined ? [] : [`${at(source, node)} ${found}`];
    })
  );
}

Deno.test("the top level holds what it should and nothing else", () => {
  const ignored = Deno.readTextFileSync(new URL(".gitignore", root)).split("\n")
    .map((line) => line.replaceAll("/", ""));
  const known = new Set([...topLevel, ...ignored, ".git"]);
  const entries = [...Deno.readDirSync(root)].map((entry) => entry.name);
  assert.deepEqual(entries.filter((name) => !known.has(name)), []);
});

Deno.test("lib holds the folders of the layout and no file of its own", () => {
  const entries = [...Deno.readDirSync(new URL("lib/", root))].map((entry) => entry.name);
  assert.deepEqual(entries.filter((name) => !folders.includes(name)), []);
});

Deno.test("imports go one way: a folder of lib takes from itself and those before it", () => {
  const wrong = lib.flatMap((source) =>
    source.imports.filter(({ path }) => path !== undefined).filter(({ path }) =>
      !path!.startsWith("lib/") ||
      folders.indexOf(folderOf(path!)) > folders.indexOf(folderOf(source.path))
    ).map(({ path }) => `${source.path} imports ${path}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("imports name a file of the checkout, a module of Node, or a package of deno.json", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const packages = Object.keys(imports);
  const wrong = all.flatMap((source) =>
    source.imports.filter(({ specifier, path }) => {
      if (path !== undefined) return !all.some((other) => other.path === path);
      if (specifier.startsWith("node:")) return false;
      return !packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    }).map(({ specifier }) => `${source.path} imports ${specifier}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("every package of deno.json is imported", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  const taken = all.flatMap((source) => source.imports.map(({ specifier }) => specifier));
  const idle = Object.keys(imports).filter((name) =>
    !taken.some((specifier) => specifier === name || specifier.startsWith(`${name}/`))
  );
  assert.deepEqual(idle, []);
});

Deno.test("zod is imported as a namespace: else the binary holds and reads all of it, in every language", () => {
  const whole = lib.filter(({ imports }) =>
    imports.some(({ specifier, names }) => specifier === "zod" && !names.includes("*"))
  );
  assert.deepEqual(whole.map(({ path }) => path), []);
});

Deno.test("files import each other in no circle", () => {
  const sources = new Map(program.map((source) => [source.path, source]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
    if (trail.includes(path) || done.has(path)) return;
    const taken = sources.get(path)?.imports ?? [];
    for (const { path: next } of taken) if (next !== undefined) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  assert.deepEqual(circles, []);
});

/** What the core may not touch: it is passed in. */
const worldly = ["Deno", "performance", "crypto", "setTimeout", "setInterval", "queueMicrotask"]
  .concat(["fetch", "globalThis", "process", "Temporal", "Date", "localStorage"]);

/** True where a name means a variable, and not a property or a part of a type. */
function isVariable(node: ts.Node): node is ts.Identifier {
  if (!ts.isIdentifier(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  const named = ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent);
  return !named && !ts.isTypeReferenceNode(parent) && !ts.isQualifiedName(parent);
}

Deno.test("lib/core touches nothing: no system, clock or randomness", () => {
  const touches = findings(core, (node) => {
    if (isVariable(node) && worldly.includes(node.text)) return node.text;
    if (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random") return "random";
    return undefined;
  });
  assert.deepEqual(touches, []);
});

Deno.test("lib/core imports itself and the few packages that are as pure", () => {
  const pure = ["leven"];
  const wrong = core.flatMap((source) =>
    source.imports.filter(({ specifier, path }) => path === undefined && !pure.includes(specifier))
      .map(({ specifier }) => `${source.path} imports ${specifier}`)
  );
  assert.deepEqual(wrong, []);
});

/** What the program never says, and what it says instead. */
const banned: [RegExp, string][] = [
  [/localhost/i, "write 127.0.0.1: the name may mean ::1 first, and may be looked up"],
  [/0\.0\.0\.0|\[::\]/, "listen on 127.0.0.1 only"],
];
const bannedNames: [string, string][] = [
  ["reusePort", "two brokers could bind one port"],
  ["console", "stdout belongs to the protocol"],
];

function isTemplatePart(node: ts.Node): node is ts.TemplateLiteralLikeNode {
  return ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

Deno.test("the program has no word that is banned, each for its reason", () => {
  const found = findings(program, (node) => {
    if (ts.isIdentifier(node)) return bannedNames.find(([name]) => name === node.text)?.[1];
    if (!ts.isStringLiteralLike(node) && !isTemplatePart(node)) return undefined;
    return banned.find(([pattern]) => pattern.test(node.text))?.[1];
  });
  assert.deepEqual(found, []);
});

Deno.test("the ports of the bus are written down in one place", () => {
  const places = findings(program, (node) => {
    const isPort = ts.isNumericLiteral(node) && /^98(7[6-9]|8[0-5])$/.test(node.text);
    return isPort ? node.text : undefined;
  });
  assert.deepEqual(places.map((place) => place.replace(/:.*/, "")), ["lib/core/limits.ts"]);
});

Deno.test("nothing is marked to be done later", () => {
  const texts = filesBelow(["main.ts", "lib", "tests", ".ci", ".github"], /\.(tsx?|css|ya?ml|md)$/);
  const marked = texts.filter((path) =>
    /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/.test(Deno.readTextFileSync(new URL(path, root)))
  );
  assert.deepEqual(marked, []);
});

Deno.test(`files are at most ${fileLinesMax} lines long`, () => {
  const long = all.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > fileLinesMax).map(({ path, lines }) => `${path}: ${lines}`);
  assert.deepEqual(long, []);
});

/** The lines of a function that has a body in braces. */
function functionLines(node: ts.Node): number | undefined {
  const body = ts.isFunctionLike(node) ? (node as ts.FunctionLikeDeclaration).body : undefined;
  if (body === undefined || !ts.isBlock(body)) return undefined;
  const end = node.getSourceFile().getLineAndCharacterOfPosition(node.end).line + 1;
  return end - lineOf(node) + 1;
}

Deno.test(`functions are at most ${functionLinesMax} lines long`, () => {
  const long = findings(all, (node) => {
    const lines = functionLines(node);
    return lines !== undefined && lines > functionLinesMax ? `${lines} lines` : undefined;
  });
  assert.deepEqual(long, []);
});

Deno.test(`half of the program's functions are at most ${functionLinesMedian} lines long`, () => {
  const lengths = program.flatMap((source) => [...nodesOf(source.tree)].map(functionLines))
    .filter((lines) => lines !== undefined).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)]!;
  assert.ok(median <= functionLinesMedian, `the median of ${lengths.length} is ${median} lines`);
});

function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

Deno.test("file names are in snake_case", () => {
  const wrong = all.map((source) => source.path.split("/").at(-1)!)
    .filter((name) => !/^[a-z0-9]+(_[a-z0-9]+)*\.tsx?$/.test(name));
  assert.deepEqual(wrong, []);
});

Deno.test("a file with one export is named after it", () => {
  const wrong = lib.filter(({ path, exports }) => {
    const [name = "", ...others] = exports.keys();
    return name !== "" && others.length === 0 &&
      snakeCase(name) !== path.replace(/^.*\/|\.tsx?$/g, "");
  }).map(({ path, exports }) => `${path} exports ${[...exports.keys()].join(", ")}`);
  assert.deepEqual(wrong, []);
});

Deno.test("every file of lib is reached from main.ts, or from where the dashboard's page begins", () => {
  const sources = new Map(program.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const visit = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { path: next } of sources.get(path)?.imports ?? []) {
      if (next !== undefined) visit(next);
    }
  };
  beginnings.forEach(visit);
  assert.deepEqual([...sources.keys()].filter((path) => !reached.has(path)), []);
});

/** What a hook needs to read from a server: it loads that once it has something to show, and not before. */
const onDemand = "lib/bus/nats/nats_attendant.ts";

Deno.test("a hook loads no package and no module of Node, and main.ts nothing before it", () => {
  const sources = new Map(program.map((source) => [source.path, source]));
  const loaded = new Set<string>();
  const visit = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, specifier, typeOnly, isCalled } of sources.get(path)?.imports ?? []) {
      if (!typeOnly && !(isCalled && next === onDemand)) visit(next ?? specifier);
    }
  };
  visit("lib/cli/hook/run_hook.ts");
  assert.deepEqual([...loaded].filter((path) => !path.startsWith("lib/")), []);
  const first = sources.get("main.ts")!.tree.statements.filter(ts.isImportDeclaration);
  assert.deepEqual(first.map((statement) => statement.getText()), []);
});

/** Every name that these files import, with the file that it comes from. */
function takenBy(sources: readonly Source[]): Set<string> {
  return new Set(
    sources.flatMap(({ imports }) =>
      imports.flatMap(({ path, names }) => names.map((name) => `${path} ${name}`))
    ),
  );
}

Deno.test("every value that lib exports is used by another file of the program, or by itself and a test", () => {
  const [byProgram, byAll] = [takenBy(program), takenBy(all)];
  const uses = (source: Source, name: string) =>
    [...nodesOf(source.tree)].filter((node) => ts.isIdentifier(node) && node.text === name).length;
  const dead = lib.flatMap((source) =>
    [...source.exports].filter(([name, { value }]) => {
      if (!value || byProgram.has(`${source.path} ${name}`)) return false;
      return uses(source, name) < 2 || !byAll.has(`${source.path} ${name}`);
    }).map(([name]) => `${source.path} ${name}`)
  );
  assert.deepEqual(dead, []);
});

Deno.test("every function and class that lib exports says what it does", () => {
  const silent = lib.flatMap((source) =>
    source.tree.statements.filter((statement) =>
      (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
      ts.getJSDocCommentsAndTags(statement).length === 0
    ).map((statement) => at(source, statement))
  );
  assert.deepEqual(silent, []);
});

Deno.test("the binary may read the variables that the program asks for, and no others", () => {
  const asked = program.flatMap((source) =>
    [...nodesOf(source.tree)].filter(ts.isCallExpression).filter(({ expression }) =>
      /\benv(\.get)?$/.test(expression.getText())
    ).flatMap((call) => call.arguments.filter(ts.isStringLiteral).map(({ text }) => text))
  );
  assert.deepEqual(new Set(environment), new Set(asked));
});

Deno.test("the version that the program tells is that of deno.json", () => {
  const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", root)));
  assert.equal(version, config.version);
});
