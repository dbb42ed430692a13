import assert from "node:assert/strict";
import { changedCells } from "../../lib/cli/watch/changed_cells.ts";
import { graphemes } from "../../lib/cli/watch/graphemes.ts";
import { Grid } from "../../lib/cli/watch/grid.ts";
import { spanLine } from "../../lib/cli/watch/span_line.ts";
import { styles } from "../../lib/cli/watch/styles.ts";
import { wrapPlaces } from "../../lib/cli/watch/wrap_places.ts";
import { seeded } from "../support/seeded.ts";
import type { SeededRandom } from "../support/seeded.ts";
import { SmallTerminal } from "../support/small_terminal.ts";

const [width, height] = [24, 6];

/** Texts as others may send them: letters of all widths, and what would command a terminal. */
const pieces = [
  "a",
  "word ",
  "ä",
  "e\u0301",
  "日",
  "本語",
  "👍",
  "👨‍👩‍👧",
  "🇩🇪",
  "▁",
  "…",
  "\u200d",
  "\u0301",
]
  .concat([
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\r",
    "\n",
    "\t",
    "\u202e",
    "\u2066",
    "\0",
    "\x7f",
  ])
  .concat([
    "\u00ad",
    "\u115f",
    "a" + "\u0301".repeat(60),
    "\ud800",
    "\u{e0041}",
    "\x1b[1;1H",
    "\x1bP",
  ]);

const someStyles = [styles.plain, styles.bold, styles.red | styles.inverse, styles.dim];

function hostileText(random: SeededRandom): string {
  return Array.from({ length: random.whole(0, 12) }, () => random.pick(pieces)).join("");
}

function drawn(random: SeededRandom, from?: Grid): Grid {
  const grid = new Grid(width, height);
  if (from !== undefined) {
    grid.signs.splice(0, Infinity, ...from.signs);
    grid.styles.set(from.styles);
  }
  for (let count = random.whole(1, 4); count > 0; count--) {
    const row = random.whole(0, height - 1);
    for (let column = 0; column < width; column++) grid.put(row, column, 1, " ");
    const column = random.whole(0, width - 1);
    grid.put(row, column, width, [{ text: hostileText(random), style: random.pick(someStyles) }]);
  }
  return grid;
}

function rowsOf({ signs }: Grid): string[] {
  return Array.from(
    { length: height },
    (_, row) => signs.slice(row * width, (row + 1) * width).join(""),
  );
}

seeded(
  "a terminal shows each picture after it was written only what had changed, whatever the texts are",
  (random, rounds) => {
    const terminal = new SmallTerminal(width, height);
    let shown: Grid | undefined;
    for (let step = 0; step < rounds; step++) {
      const next = drawn(random, shown);
      terminal.write(changedCells(shown, next, true));
      assert.deepEqual(terminal.rows, rowsOf(next));
      for (let row = 0; row < height; row++) {
        const wanted = next.styles.slice(row * width, (row + 1) * width);
        const isBold = terminal.stylesOf(row).map((style) => /;1\b/.test(style));
        assert.deepEqual(isBold, Array.from(wanted, (style) => (style & styles.bold) > 0));
      }
      shown = next;
    }
  },
);

Deno.test("a sign that a terminal takes for wider or narrower than it is moves nothing but itself", () => {
  const isAscii = (sign: string) => sign >= " " && sign <= "~";
  for (const width of [1, 2]) {
    const terminal = new SmallTerminal(30, 1, (sign) => isAscii(sign) ? 1 : width);
    const grid = new Grid(30, 1);
    grid.put(0, 0, 30, "日本 a…b ▁c 👨‍👩‍👧d é e");
    terminal.write(changedCells(undefined, grid, true));
    const shown = Array.from(
      terminal.signs,
      (sign, column) => isAscii(grid.signs[column]!) ? sign : "",
    );
    const wanted = grid.signs.map((sign) => isAscii(sign) ? sign : "");
    assert.deepEqual(shown.join("|"), wanted.join("|"), `${width}`);
  }
});

Deno.test("a style that begins in the middle of a wide sign moves nothing", () => {
  const before = new Grid(6, 1);
  before.put(0, 0, 6, "日本ab");
  const terminal = new SmallTerminal(6, 1);
  terminal.write(changedCells(undefined, before, true));
  const after = new Grid(6, 1);
  after.put(0, 0, 6, "日本ab");
  after.mark(0, 3, 2, styles.inverse);
  terminal.write(changedCells(before, after, true));
  assert.deepEqual(terminal.rows, ["日本ab"]);
});

Deno.test("a picture that is as the last one writes nothing, and one with another letter little more than that", () => {
  const before = new Grid(80, 24);
  before.put(3, 0, 80, "12:00:00 ann → bob  the tests are green");
  const same = new Grid(80, 24);
  same.put(3, 0, 80, "12:00:00 ann → bob  the tests are green");
  assert.equal(changedCells(before, same, true), "");
  const after = new Grid(80, 24);
  after.put(3, 0, 80, "12:00:01 ann → bob  the tests are green");
  const written = changedCells(before, after, true);
  // deno-lint-ignore no-control-regex
  assert.match(written, /\x1b\[4;8H\x1b\[0m1\x1b\[0m/);
  assert.ok(written.length < 60, written);
});

Deno.test("colours are left out where nobody wants them, and attributes stay", () => {
  const grid = new Grid(10, 1);
  grid.put(0, 0, 10, [{ text: "x", style: styles.red | styles.bold }]);
  // deno-lint-ignore no-control-regex
  assert.match(changedCells(undefined, grid, true), /\x1b\[0;1;31mx/);
  // deno-lint-ignore no-control-regex
  assert.match(changedCells(undefined, grid, false), /\x1b\[0;1mx/);
});

Deno.test("what has no room ends with an ellipsis, and half of a wide sign is never shown", () => {
  const grid = new Grid(5, 1);
  assert.equal(grid.put(0, 0, 5, "日本語"), 5);
  assert.deepEqual(grid.signs, ["日", "", "本", "", "…"]);
  assert.equal(grid.put(0, 0, 4, "日本語"), 3);
  assert.deepEqual(grid.signs.slice(0, 3), ["日", "", "…"]);
  assert.equal(grid.put(0, 4, 5, "abc"), 1);
  assert.equal(grid.signs[4], "…");
  assert.equal(grid.put(0, 5, 5, "abc"), 0);
});

Deno.test("a letter carries no more marks than a place has room for, and marks alone are named", () => {
  const [letter] = graphemes("a" + "\u0301".repeat(1000));
  assert.equal(letter!.text.length, 12);
  assert.equal(graphemes("\u0301").map(({ text }) => text).join(""), "<U+0301>");
});

Deno.test("a line of text stays one line of a terminal, with everything that would command it shown", () => {
  const spans = [{ text: "\x1b[31mred\r\n12:00:00 #9 fake → line\u202e", style: styles.bold }];
  const shown = "␛[31mred␍␊12:00:00 #9 fake → line<U+202E>".replace("␍␊", "␊");
  const plain = { hasStyles: false, hasColours: false };
  assert.equal(spanLine(spans, plain), shown);
  assert.equal(spanLine(spans, { ...plain, width: 12 }), "␛[31mred␊12…");
  const painted = spanLine(spans, { width: 12, hasStyles: true, hasColours: false });
  assert.equal(painted, "\x1b[0;1m␛[31mred␊12…\x1b[0m");
});

seeded("a text is wrapped into lines that fit, and nothing of it is lost", (random, rounds) => {
  for (let round = 0; round < rounds * 10; round++) checkWrapped(random);
});

function checkWrapped(random: SeededRandom): void {
  const text = hostileText(random) + " " + hostileText(random);
  const columns = random.whole(2, 20);
  const lines = wrapPlaces(text, columns);
  for (const line of lines) {
    const used = graphemes(line).reduce((sum, place) => sum + place.width, 0);
    assert.ok(used <= columns, `${used} columns: ${JSON.stringify(line)}`);
  }
  const bare = (each: string) => each.replaceAll(/\s/g, "");
  const whole = text.replaceAll("\r\n", "\n").split("\n").map((line) =>
    graphemes(line.replaceAll("\t", " ")).map((place) => place.text).join("")
  ).join("");
  assert.equal(bare(lines.join("")), bare(whole));
}
