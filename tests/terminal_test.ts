import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { columns } from "../lib/cli/columns.ts";
import { overview, verbHelp } from "../lib/cli/help_text.ts";
import { ownCommand } from "../lib/cli/own_command.ts";
import { table } from "../lib/cli/table.ts";
import { verbs } from "../lib/cli/verbs.ts";
import { wrapText } from "../lib/cli/wrap_text.ts";
import { HustingsProcess } from "./support/hustings_process.ts";
import { noTerminal, onTerminal, titled } from "./support/pseudo_terminal.ts";

const width = 80;

/** Lines that are too long although nothing in them is a long word. */
function tooLong(text: string, ...longWords: string[]): string[] {
  return text.split("\n").filter((line) =>
    columns(longWords.reduce((rest, word) => rest.replaceAll(word, ""), line)) > width
  );
}

Deno.test("help of every verb and the overview fit 80 columns", () => {
  const { command, args } = ownCommand();
  deepEqual(tooLong(overview(verbs), command, ...args), []);
  for (const verb of verbs) deepEqual(tooLong(verbHelp(verb)), [], verb.name);
});

Deno.test("a long line is broken between words, and what follows is indented", () => {
  equal(wrapText("one two three\nfour", 8), "one two\nthree\nfour");
  equal(wrapText("  one two three", 9, 2), "  one two\n    three");
  equal(wrapText("title  one two", 10, 7), "title  one\n       two");
  equal(wrapText('{"id","from","at"}', 12), '{"id",\n"from","at"}');
});

Deno.test("a word that is longer than a line stays whole on a line of its own", () => {
  const path = "/a/very/long/path";
  equal(wrapText(`see ${path} there`, 10, 2), `see\n  ${path}\n  there`);
  equal(wrapText(path, 10), path);
});

Deno.test("styles take no column when a line is wrapped", () => {
  const bold = "\x1b[1mname\x1b[22m: said";
  equal(wrapText(bold, "name: said".length), bold);
});

Deno.test("a table folds what has no room on a terminal and nothing in a pipe", () => {
  const heading = ["NAME", "STATE", "DIRECTORY"];
  const rows = [["ann", "here", `/${"d".repeat(70)}`], ["bob", "", "/d"]];
  equal(
    table(heading, rows, true),
    `NAME  STATE\n  DIRECTORY\nann   here\n  /${"d".repeat(70)}\nbob\n  /d\n`,
  );
  const lines = table(heading, rows, false).split("\n");
  deepEqual(lines.map((line) => line.indexOf("D")), [13, -1, -1, -1]);
  deepEqual(lines.slice(1, 3).map((line) => line.indexOf("/")), [13, 13]);
});

const ignore = noTerminal !== undefined;

Deno.test({
  name: titled("an error is wrapped on a terminal and one line in a pipe", noTerminal),
  ignore,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const args = ["send", "a name of blanks alone", "hi"];
    const { code, shown } = await onTerminal(bus, args);
    equal(code, 2);
    deepEqual(tooLong(shown), []);
    match(shown, /^hustings: 'a name of blanks alone' cannot be a name: [^\n]+\n {2}\S/);
    const piped = await bus.run(args);
    match(piped.stderr, /^hustings: [^\n]{81,}\n$/);
    const json = await onTerminal(bus, [...args, "--json"]);
    match(json.shown, /^\{"error":[^\n]{81,}\}\n$/);
  },
});

Deno.test({
  name: titled("what verbs say fits a terminal, and texts of others stay as they are", noTerminal),
  ignore,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const directory = `${bus.shop}/${"deep-".repeat(20)}`;
    await Deno.mkdir(directory);
    const names = ["reviewer", "previewer", "an-agent-with-a-rather-long-name"];
    const text = "word ".repeat(30).trim();
    const said: string[] = [];
    const calls = [["send", names[0]!, "first"], ["send", names.join(), text], ["list"]]
      .concat([["status"], ["history"], ["room", "#a-room"], ["doctor"]]);
    for (const args of calls) said.push((await onTerminal(bus, args, { directory })).shown);
    const homes = [bus.home, directory];
    for (const [index, shown] of said.entries()) {
      deepEqual(tooLong(shown, ...homes, text), [], calls[index]![0]);
    }
    const [, receipt, list, , history] = said;
    match(receipt!, /\n {2}an-agent-with-a-rather-long-name: nobody has [^\n]*\n {4}days\n/);
    match(list!, /\n[^\n]* {2}DIRECTORY/);
    match(history!, new RegExp(`\n  ${text}\n`));
  },
});

// deno-lint-ignore no-control-regex
const colour = /\x1b\[/;

Deno.test({
  name: titled("colour is for a terminal that wants it, and never in a pipe", noTerminal),
  ignore,
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const help = async (env: Record<string, string>, redirect = "") =>
      (await onTerminal(bus, ["help", "check"], { env, redirect })).shown;
    const [plain, noColor, dumb, redirected] = await Promise.all([
      help({}),
      help({ NO_COLOR: "1" }),
      help({ TERM: "dumb" }),
      help({}, "| cat"),
    ]);
    match(plain, colour);
    for (const shown of [noColor, dumb, redirected]) {
      match(shown, /^check: read the messages/);
      doesNotMatch(shown, colour);
    }
    const wrong = await onTerminal(bus, ["chekc"]);
    match(wrong.shown, /^hustings: There is no verb/);
    doesNotMatch(wrong.shown, colour);
  },
});
