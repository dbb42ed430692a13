import assert from "node:assert/strict";
import { editors } from "../../lib/agents/install/editors.ts";
import { addTo, removeFrom } from "../../lib/agents/install/file_changes.ts";
import type { Wanted } from "../../lib/agents/install/file_changes.ts";
import { hookEntries, hookLine } from "../../lib/agents/install/hook_entries.ts";
import { serverEntry } from "../../lib/agents/install/server_entry.ts";
import { clients } from "../../lib/agents/clients.ts";
import { seeded } from "../support/seeded.ts";
import type { SeededRandom } from "../support/seeded.ts";
import { binary } from "./install_bench.ts";

// Files as people and programs write them, made at random: what is added to one and taken out again must
// leave no byte behind, and nothing else may have changed in between.

const keys = ["theme", "mcpServers", "hooks", "a b", "Stop", "files", "x/y", "été"];

interface Style {
  readonly unit: string;
  readonly ending: string;
  readonly comments: boolean;
  readonly commas: boolean;
}

function styleFrom(random: SeededRandom): Style {
  return {
    unit: random.pick(["  ", "    ", "\t", "   "]),
    ending: random.pick(["\n", "\r\n"]),
    comments: random.whole(0, 1) === 1,
    commas: random.whole(0, 2) === 0,
  };
}

/** A value in JSON, of which an object or a list has a line for each member, or none. */
function jsonText(random: SeededRandom, style: Style, depth: number, indent: string): string {
  const kind = depth > 2 ? 0 : random.whole(0, 4);
  if (kind < 2) return random.pick(["1", '"a, } // b"', "null", "true", "-1.5e3", '"\\u00e9\\""']);
  const isList = kind === 2;
  const inner = indent + style.unit;
  const names = keys.filter(() => random.whole(0, 3) === 0);
  const members = names.map((name) => {
    // These are what the installation writes into: they have their own kinds.
    const wanted = name === "mcpServers" || name === "hooks" || name === "Stop";
    const value = wanted && !isList ? "{}" : jsonText(random, style, depth + 1, inner);
    const fixed = name === "Stop" && wanted ? "[]" : value;
    return isList ? fixed : `${JSON.stringify(name)}: ${fixed}`;
  });
  return wrapped(random, style, members, isList ? "[]" : "{}", indent);
}

function wrapped(
  random: SeededRandom,
  style: Style,
  members: readonly string[],
  [open, close]: string,
  indent: string,
): string {
  if (members.length === 0) return `${open}${close}`;
  const inner = indent + style.unit;
  const lines = members.map((member, index) => {
    const isLast = index === members.length - 1;
    const comma = !isLast || (style.commas && random.whole(0, 1) === 0) ? "," : "";
    const note = style.comments && random.whole(0, 2) === 0
      ? random.pick([" // so, it is", " /* { */", `${style.ending}${inner}// "b": 2,`])
      : "";
    return `${inner}${member}${comma}${note}`;
  });
  return `${open}${style.ending}${lines.join(style.ending)}${style.ending}${indent}${close}`;
}

function jsonFile(random: SeededRandom): string {
  const style = styleFrom(random);
  const members = keys.filter(() => random.whole(0, 1) === 0).map((name) => {
    const fixed: Record<string, string> = {
      mcpServers: objectText(random, style, ["files", "other"]),
      hooks: objectText(random, style, ["Other", "Notification"]),
    };
    return `${JSON.stringify(name)}: ${fixed[name] ?? jsonText(random, style, 1, style.unit)}`;
  });
  const head = style.comments ? `// mine${style.ending}` : "";
  const end = random.pick(["", style.ending, style.ending + style.ending]);
  return head + wrapped(random, style, members, "{}", "") + end;
}

/** An object with some of `names`, whose values are lists. */
function objectText(random: SeededRandom, style: Style, names: readonly string[]): string {
  const members = names.filter(() => random.whole(0, 1) === 0).map((name) =>
    `${JSON.stringify(name)}: ${random.pick(["[]", '[1, { "a": 2 }]'])}`
  );
  return wrapped(random, style, members, "{}", style.unit);
}

const claude = clients.find(({ short }) => short === "claude")!;

const jsonWanted: Wanted = {
  server: { list: "mcpServers", entry: serverEntry("claude", binary, {}) },
  hooks: {
    client: "claude",
    form: "groups",
    entries: hookEntries(claude, "groups", hookLine(claude, binary, false)),
  },
};

function roundTrip(format: "json" | "toml" | "yaml", text: string, wanted: Wanted): void {
  const editor = editors[format];
  const { text: added, made } = addTo(editor, text, wanted, false);
  assert.notEqual(added, text);
  const again = addTo(editor, added, wanted, false);
  assert.equal(again.text, added, "the second time changes nothing");
  const list = wanted.server!.list;
  const traces = { list, ...(wanted.hooks && { hooksOf: wanted.hooks.client }) };
  assert.equal(removeFrom(editor, added, traces, made), text);
}

seeded("JSON is what it was when what was added is taken out again", (random, rounds) => {
  for (let round = 0; round < rounds; round++) roundTrip("json", jsonFile(random), jsonWanted);
});

function tomlFile(random: SeededRandom): string {
  const ending = random.pick(["\n", "\r\n"]);
  const parts = [
    "# Codex",
    'model = "x"   # why',
    `notify = [ "a",${ending}  "b" ]`,
    `${ending}[projects."/home/me/a b"]${ending}trust_level = 'trusted'`,
    `${ending}[mcp_servers]`,
    `[mcp_servers.files]${ending}  command = "npx" # c${ending}  env = { A = "1" }`,
    `${ending}${ending}[profiles.o9]${ending}day = 1979-05-27`,
    `[[things]]${ending}name = "hustings"`,
  ].filter(() => random.whole(0, 2) > 0);
  return parts.join(ending) + random.pick(["", ending, ending + ending, `${ending}# end${ending}`]);
}

seeded("TOML is what it was when what was added is taken out again", (random, rounds) => {
  const env = { HUSTINGS_PORT: "9900" };
  for (let round = 0; round < rounds; round++) {
    const entry = serverEntry("plain", binary, random.whole(0, 1) === 0 ? {} : env);
    const text = tomlFile(random);
    if (text !== "") roundTrip("toml", text, { server: { list: "mcp_servers", entry } });
  }
});

function yamlFile(random: SeededRandom): string {
  const ending = random.pick(["\n", "\r\n"]);
  const step = random.pick(["  ", "    "]);
  const extension = [
    `${step}developer:   # built in`,
    `${step}${step}enabled: true`,
    `${step}${step}args:`,
    `${step}${step}- one`,
    `${step}${step}about: >-`,
    `${step}${step}  long`,
    `${step}${step}  words`,
  ];
  const extensions = random.pick([
    [],
    ["extensions:"],
    ["extensions:  # none yet"],
    ["extensions: {}"],
    ["extensions: { a: { enabled: false } }"],
    ["extensions:", ...extension],
    ["extensions:", ...extension, `${step}# later`, ""],
  ]);
  const before = ["# goose", "GOOSE_MODEL: x   # why", ""].filter(() => random.whole(0, 1) === 0);
  const after = ["slash_commands: []", "b:", "- 1"].slice(0, random.whole(0, 3));
  const lines = [...before, ...extensions, ...after];
  return lines.join(ending) + random.pick(["", ending]);
}

seeded("YAML is what it was when what was added is taken out again", (random, rounds) => {
  const entry = serverEntry("goose", { command: "/opt/a b/hustings", args: ["run", "-A"] }, {});
  for (let round = 0; round < rounds; round++) {
    const text = yamlFile(random);
    if (text.trim() !== "") roundTrip("yaml", text, { server: { list: "extensions", entry } });
  }
});
