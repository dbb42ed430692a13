import assert from "node:assert/strict";
import { JsonScanner } from "../../lib/core/json_scanner.ts";
import { limits } from "../../lib/core/limits.ts";
import { seeded } from "../support/seeded.ts";
import type { SeededRandom } from "../support/seeded.ts";

const encoder = new TextEncoder();

/** How many bytes it took, where the text comes in pieces of `length` bytes; undefined without an end. */
function endOf(text: string, length = 1): number | undefined {
  const scanner = new JsonScanner();
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += length) {
    const end = scanner.push(bytes.subarray(at, at + length));
    if (end !== undefined) return at + end;
  }
  return undefined;
}

const objects: [string, string][] = [
  ["an empty object", "{}"],
  ["nested objects and lists", '{"a":[{"b":[]},{"c":{}}]}'],
  ["brackets in strings", '{"}":"{[]}","b":"]}"}'],
  ["escaped quotes and backslashes", String.raw`{"a":"\"}","b":"\\","c":"\\\"}"}`],
  ["characters of several bytes", '{"é":"日本 🙂","ü":"}"}'],
  ["escaped characters", String.raw`{"a":"\u007d\u0022"}`],
  ["blanks between all parts", '{ "a" :\r\n\t[ 1 , 2 ] }'],
];

for (const [what, text] of objects) {
  Deno.test(`JsonScanner finds the end of ${what} at its last byte, whatever the pieces`, () => {
    const { length } = encoder.encode(text);
    for (let size = 1; size <= length + 2; size++) {
      assert.equal(endOf(`${text} {}`, size), length, `pieces of ${size}`);
    }
    for (let at = 0; at < text.length; at++) assert.equal(endOf(text.slice(0, at)), undefined);
  });
}

Deno.test("JsonScanner ends what is no JSON where its brackets do: to say so is not its part", () => {
  assert.equal(endOf("{]}"), 2);
  assert.equal(endOf("{nonsense}"), 10);
  assert.equal(endOf('{"open'), undefined);
});

Deno.test("JsonScanner throws at the bracket that is nested too deep", () => {
  const deepest = "[".repeat(limits.legacyDepth - 1) + "]".repeat(limits.legacyDepth - 1);
  assert.equal(endOf(`{"a":${deepest}}`), deepest.length + 6);
  const scanner = new JsonScanner();
  assert.equal(scanner.push(encoder.encode("[".repeat(limits.legacyDepth))), undefined);
  assert.throws(() => scanner.push(encoder.encode("[")), {
    code: "bad_request",
    message: /nested/,
  });
});

/** A value of some depth whose strings are full of what could be taken for an end. */
function valueOf(random: SeededRandom, depth = 0): unknown {
  const kind = random.whole(0, depth > 4 ? 3 : 5);
  if (kind === 0) return random.whole(-1000, 1000);
  if (kind === 1) return null;
  if (kind <= 3) return random.pick(['"', "\\", "}", "{", "]", "é🙂", "\n", "\u0000"]).repeat(3);
  const each = Array.from({ length: random.whole(0, 3) }, () => valueOf(random, depth + 1));
  return kind === 4 ? each : Object.fromEntries(each.map((one, index) => [`"${index}}`, one]));
}

seeded("JsonScanner finds the end of random objects in random pieces", (random, rounds) => {
  for (let round = 0; round < rounds; round++) {
    const text = JSON.stringify({ value: valueOf(random) }, undefined, random.whole(0, 2));
    assert.equal(endOf(`${text}{"more":1}`, random.whole(1, 20)), encoder.encode(text).length);
  }
});
