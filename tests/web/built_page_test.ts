import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { buildPage } from "../../.ci/build_page.ts";
import { builtPage } from "../../lib/web/built_page.ts";
import { pageFiles } from "../../lib/web/page_files.ts";
import { filesBelow, root } from "../support/sources.ts";

/** What the whole page may weigh, compressed: it opens at once on any machine. */
const pageBytes = 200_000;

Deno.test("the built page is what its sources give", async () => {
  const built = await Deno.readTextFile(new URL("lib/web/built_page.ts", root));
  // Compared as a whole: a difference of two such lines tells nobody anything.
  assert.ok(
    await buildPage() === built,
    "run 'deno task web:build' and commit lib/web/built_page.ts",
  );
});

Deno.test(`the page weighs less than ${pageBytes} bytes, compressed`, () => {
  const bytes = Object.values(pageFiles).map(({ text }) => gzipSync(text).length);
  const sum = bytes.reduce((total, each) => total + each, 0);
  assert.ok(sum < pageBytes, `it weighs ${sum}`);
});

Deno.test("no source of the page makes markup, code or a style of a text, or looks anywhere else", () => {
  const sources = filesBelow(["lib/web"], /\.(tsx?|css)$/).filter((path) =>
    path !== "lib/web/built_page.ts"
  );
  const banned =
    /innerHTML|outerHTML|insertAdjacent|document\.write|createContextual|eval\(|new Function|@import|url\(/;
  const found = sources.filter((path) => banned.test(Deno.readTextFileSync(new URL(path, root))));
  assert.deepEqual(found, []);
  const places = [...builtPage.script.matchAll(/https?:\/\/[^"'`\s)]*/g)].map(([place]) => place);
  // Names of XML namespaces, which nothing is loaded from.
  assert.deepEqual(places.filter((place) => !place.startsWith("http://www.w3.org/")), []);
  assert.ok(!/https?:|@import|url\(/.test(builtPage.style));
});
