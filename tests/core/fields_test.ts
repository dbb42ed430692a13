import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { Fields } from "../../lib/core/fields.ts";

function refuses(read: () => unknown, says: string): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof HustingsError && error.code === "bad_request" && !error.fatal);
    assert.equal(error.message, says);
    return true;
  });
}

Deno.test("Fields gives each field back when it has its form", () => {
  const fields = new Fields({ t: "ab", ts: ["a"], w: 3, ws: [-1, 2], i: 0, f: false }, []);
  assert.equal(fields.text("t", 2), "ab");
  assert.deepEqual(fields.texts("ts", 1, 1), ["a"]);
  assert.equal(fields.whole("w", 3, 3), 3);
  assert.deepEqual(fields.wholes("ws", 2), [-1, 2]);
  assert.equal(fields.id("i"), 0);
  assert.equal(fields.flag("f"), false);
  fields.done();
});

Deno.test("Fields gives nothing to spread when an optional field is absent", () => {
  const fields = new Fields({ there: "x" }, []);
  assert.deepEqual({ ...fields.optional("away", () => fields.text("away", 1)) }, {});
  assert.deepEqual(fields.optional("there", () => fields.text("there", 1)), { there: "x" });
  fields.done();
});

Deno.test("Fields throws with the field, the rule and the value when the form is wrong", () => {
  const fields = new Fields({ a: 1, b: "abc", c: [1], d: [], n: Number.NaN }, []);
  refuses(() => fields.text("a", 9), "Field 'a' must be a string: it is 1");
  refuses(() => fields.text("none", 9), "Field 'none' must be a string: it is nothing");
  refuses(
    () => fields.whole("b", 0, 9),
    `Field 'b' must be a whole number from 0 to 9: it is "abc"`,
  );
  refuses(
    () => fields.whole("n", 0, 9),
    "Field 'n' must be a whole number from 0 to 9: it is null",
  );
  refuses(() => fields.flag("d"), "Field 'd' must be true or false: it is a list");
  refuses(
    () => fields.texts("c", 9, 9),
    "Field 'c' must be a list of strings of at most 9 characters: it is a list with 1",
  );
  refuses(() => fields.wholes("b", 9), `Field 'b' must be a list: it is "abc"`);
});

Deno.test("Fields shows at most 80 characters of a wrong value", () => {
  const fields = new Fields({ a: "x".repeat(1000) }, []);
  assert.throws(() => fields.flag("a"), (error) => (error as Error).message.length < 140);
});

Deno.test("Fields refuses what nobody read, except what is known to be read elsewhere", () => {
  const fields = new Fields({ id: 1, extra: 2 }, ["id"]);
  refuses(() => fields.done(), 'Unknown field "extra": leave it out');
});

Deno.test("Fields reads no property of the prototype", () => {
  const fields = new Fields({}, []);
  for (const name of ["constructor", "toString", "__proto__"]) {
    refuses(() => fields.flag(name), `Field '${name}' must be true or false: it is nothing`);
    assert.deepEqual(fields.optional(name, () => fields.flag(name)), {});
  }
});
