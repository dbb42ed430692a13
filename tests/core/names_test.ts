import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { limits } from "../../lib/core/limits.ts";
import {
  checkName,
  derivedName,
  isName,
  nameKey,
  nearNames,
  numberedName,
} from "../../lib/core/names.ts";
import { seeded, type SeededRandom } from "../support/seeded.ts";

const good = ["a", "A", "7", "_", "-", "claude-shop", "Claude_2", "x".repeat(32), "--", "0-0"];
const bad = [
  "",
  " ",
  "a b",
  "x".repeat(33),
  "a.b",
  "#shop",
  "*",
  "@me",
  "a/b",
  "a\n",
  "\na",
  "a\0",
  "é",
  "名",
  "🙂",
  "a,b",
  "\u202Eabc",
];

Deno.test("isName and checkName take 1 to 32 letters, digits, dashes and underscores", () => {
  for (const name of good) {
    assert.ok(isName(name), name);
    assert.equal(checkName(name), name);
  }
});

Deno.test("checkName throws bad_name with the value and the rule for everything else", () => {
  for (const text of bad) {
    assert.ok(!isName(text), JSON.stringify(text));
    assert.throws(() => checkName(text), (error) => {
      assert.ok(error instanceof HustingsError && error.code === "bad_name" && !error.fatal);
      assert.ok(error.message.includes(text.slice(0, 48)) && error.message.includes("1 to 32"));
      return true;
    });
  }
});

Deno.test("checkName offers a name that would do, and cuts what is too long to show", () => {
  assert.throws(() => checkName("Frau Müller!"), /for example 'Frau-Muller'$/);
  assert.throws(() => checkName("!!"), /and '-'$/);
  const long = "x".repeat(5_000_000);
  assert.throws(() => checkName(long), (error) => (error as Error).message.length < 300);
});

Deno.test("nameKey is equal for spellings that differ in case only", () => {
  assert.equal(nameKey("Claude-SHOP"), nameKey("claude-shop"));
  assert.notEqual(nameKey("claude-shop"), nameKey("claude_shop"));
});

Deno.test("derivedName joins the client and the last part of the directory", () => {
  const table: [string, string, string][] = [
    ["claude", "/home/ann/shop", "claude-shop"],
    ["Claude", "/home/ann/Shop/", "claude-shop"],
    ["gemini", "C:\\Users\\ann\\my shop\\", "gemini-my-shop"],
    ["codex", "/", "codex"],
    ["codex", "", "codex"],
    ["codex", "C:\\", "codex-c"],
    ["", "", "agent"],
    ["", "/srv/shop", "agent-shop"],
    ["💻", "/srv/名前", "agent"],
    ["claude", "/srv/Café Über", "claude-cafe-uber"],
    ["claude", "/srv/..", "claude"],
    ["claude", "/srv/.config", "claude-config"],
    ["claude", "/srv/a  &  b", "claude-a-b"],
    ["a-client-with-a-very-long-name", "/x", "a-client-with-x"],
    ["visual-studio-code", "/x", "visual-studio-x"],
    ["claude", `/${"x".repeat(20)}-cut-behind-the-dash`, `claude-${"x".repeat(20)}`],
    ["claude", `/${"long".repeat(20)}`, `claude-${"long".repeat(20).slice(0, 21)}`],
  ];
  for (const [client, directory, name] of table) {
    assert.equal(derivedName(client, directory), name, `${client} in ${directory}`);
  }
});

Deno.test("derivedName leaves room for a number", () => {
  const longest = derivedName("x".repeat(99), `/${"y".repeat(99)}`);
  assert.ok(isName(numberedName(longest, 999)), numberedName(longest, 999));
});

Deno.test("numberedName is the name itself first, then counts from 2", () => {
  const names = [1, 2, 3].map((n) => numberedName("claude-shop", n));
  assert.deepEqual(names, ["claude-shop", "claude-shop-2", "claude-shop-3"]);
});

/** Characters that directories may have and that have caught programs before. */
const alphabet = [
  "a",
  "Z",
  "0",
  "-",
  "_",
  " ",
  ".",
  "/",
  "\\",
  "\n",
  "é",
  "ß",
  "İ",
  "ﷺ",
  "名",
  "🙂",
]
  .concat(["\ud800", "\u0301", "\u0000", "\u202e", "ſ", "K"]);

function anyText(random: SeededRandom, lengthMax: number): string {
  const length = random.whole(0, lengthMax);
  return Array.from({ length }, () => random.pick(alphabet)).join("");
}

seeded(
  "derivedName gives a valid name whatever client and directory are called",
  (random, rounds) => {
    for (let round = 0; round < rounds; round++) {
      const [client, directory] = [anyText(random, 40), anyText(random, 80)];
      const name = derivedName(client, directory);
      assert.ok(
        isName(numberedName(name, random.whole(1, 999))),
        JSON.stringify([client, directory]),
      );
      assert.equal(derivedName(client, directory), name);
    }
  },
);

Deno.test("nearNames finds the names that a typo or a part may have meant", () => {
  const known = ["claude-shop", "gemini-shop", "codex-api", "Bob", "bo", "alice"];
  const table: [string, string[]][] = [
    ["cluade-shop", ["claude-shop"]],
    ["CLAUDE-SHPO", ["claude-shop"]],
    ["claude", ["claude-shop"]],
    ["shop", ["claude-shop", "gemini-shop"]],
    ["bob", ["bo"]],
    ["rob", ["Bob"]],
    ["alicia", ["alice"]],
    ["entirely-else", []],
    ["x", []],
  ];
  for (const [wanted, near] of table) assert.deepEqual(nearNames(wanted, known), near, wanted);
});

Deno.test("nearNames gives at most three, the nearest first, in an order that does not vary", () => {
  const known = ["agent-5", "agent-4", "agent-3", "agent-2", "agentt-1"];
  const near = nearNames("agent-1", known);
  assert.deepEqual(near, ["agent-2", "agent-3", "agent-4"]);
  assert.equal(near.length, limits.nearNames);
  assert.deepEqual(nearNames("agent-1", known.toReversed()), near);
});

Deno.test("nearNames gives the nearest first, whatever the alphabet says", () => {
  assert.deepEqual(nearNames("shop", ["ashopx", "shap"]), ["shap", "ashopx"]);
});

Deno.test("nearNames offers no short name only because its letters occur in the wanted one", () => {
  assert.deepEqual(nearNames("database-owner", ["a", "ab", "o", "own", "base"]), ["base", "own"]);
});
