import assert from "node:assert/strict";
import { legacyNames } from "../../lib/cli/import/legacy_names.ts";
import { legacyText } from "../../lib/cli/import/legacy_text.ts";
import { legacyUuid } from "../../lib/cli/import/legacy_uuid.ts";
import { limits } from "../../lib/core/limits.ts";

const message = {
  id: 7,
  from: "fred",
  to: "barney",
  timestamp: "2026-11-20T14:03:07",
  content: "hello",
  data: undefined,
  largeFile: undefined,
};

Deno.test("UUID of a message is the same for its row and another when any of it differs", async () => {
  const uuid = await legacyUuid(message);
  assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(await legacyUuid({ ...message }), uuid);
  const others = [{ id: 8 }, { from: "f" }, { to: "b" }, { timestamp: "" }, { content: "hallo" }];
  const uuids = await Promise.all(others.map((other) => legacyUuid({ ...message, ...other })));
  assert.equal(new Set([uuid, ...uuids]).size, others.length + 1);
});

const text = (content: string, data?: string, largeFile?: string) =>
  legacyText({ content, data, largeFile });

Deno.test("text of a message holds its content, all that came with it, and the file of a longer one", () => {
  assert.equal(text("hello"), "hello");
  assert.equal(text("hello", "null"), "hello");
  assert.equal(
    text("Shared file: /a", '{"type":"file","content":"one\\ntwo\\n","size":3}'),
    "Shared file: /a\n\ntype: file\n\ncontent:\none\ntwo\n\n\nsize: 3",
  );
  assert.equal(text("hello", "[1,2]"), "hello\n\n[1,2]");
  assert.equal(text("hello", "{broken"), "hello\n\n{broken");
  assert.equal(text("short", undefined, "/l.md"), "short\n\nThe whole text is in /l.md");
  assert.equal(text("saved to: /l.md", undefined, "/l.md"), "saved to: /l.md");
  assert.equal(text("", '{"a":1}'), "a: 1");
});

const nowMs = 10 * limits.forwardMs;
const instance = (name: string, seenMs = 0) => ({ name, seenMs });
const rename = (former: string, name: string, agoMs: number) => ({
  former,
  name,
  atMs: nowMs - agoMs,
});

Deno.test("names that changed lately forward for what is left of two hours, and to the last name", () => {
  const names = legacyNames(
    [instance("a"), instance("b"), instance("other")],
    [rename("a", "b", 2000), rename("B", "c", 1000)],
    nowMs,
  );
  assert.deepEqual(names, [
    { name: "c", former: "B", untilMs: nowMs - 1000 + limits.forwardMs },
    { name: "c", former: "a", untilMs: nowMs - 2000 + limits.forwardMs },
    { name: "other" },
  ]);
});

Deno.test("names whose change is over, or who were taken again, are names and do not forward", () => {
  const names = legacyNames(
    [instance("old"), instance("taken", nowMs - 500)],
    [
      rename("old", "x", limits.forwardMs),
      rename("taken", "y", 1000),
      { ...rename("z", "z2", 0), atMs: NaN },
    ],
    nowMs,
  );
  assert.deepEqual(names, [{ name: "old" }, { name: "taken" }]);
});

Deno.test("a name that came back to what it was does not forward to itself", () => {
  const names = legacyNames([], [rename("a", "b", 2000), rename("b", "a", 1000)], nowMs);
  assert.deepEqual(names, [{ name: "a", former: "b", untilMs: nowMs - 1000 + limits.forwardMs }]);
});
