import assert from "node:assert/strict";
import { legacyContent, legacyText } from "../../lib/core/legacy_content.ts";

Deno.test("data of a legacy message is a fenced block behind its text, and comes out of it as it was", () => {
  assert.equal(legacyText({ content: "a", data: { b: 1 } }), 'a\n\n```json data\n{"b":1}\n```');
  const values = [{ a: "\n```\n" }, [1, "x"], "text", 5, false, { "": null }];
  for (const data of values) {
    for (const content of ["text", "", "two\n\nparts", "```json data\n{}\n``` more"]) {
      assert.deepEqual(legacyContent(legacyText({ content, data })), { content, data });
    }
  }
});

Deno.test("legacy message without data is its text, and null counts as none", () => {
  assert.equal(legacyText({ content: "a" }), "a");
  assert.equal(legacyText({ content: "a", data: null }), "a");
});

Deno.test("text that only looks like data stays a text", () => {
  const texts = ["```json data\nno json\n```", "a\n```json data\n{}\n```", "a\n\n```json\n{}\n```"];
  for (const content of texts) assert.deepEqual(legacyContent(content), { content });
});
