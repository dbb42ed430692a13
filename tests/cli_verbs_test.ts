import assert from "node:assert/strict";
import type { CheckResult, HistoryResult, Receipt, StatusResult } from "../lib/core/types.ts";
import { HustingsProcess } from "./support/hustings_process.ts";

const me = "terminal-shop";

/** What `name` is asked next: it waits for it. */
async function question(bus: HustingsProcess, name: string): Promise<number> {
  const { messages } = await bus.json(["check", "--as", name, "--wait", "60"]) as CheckResult;
  return messages[0]!.id;
}

/** Runs them side by side: each ends with 2 and says why. */
async function refused(bus: HustingsProcess, calls: readonly [string[], RegExp][]): Promise<void> {
  await Promise.all(calls.map(async ([args, why]) => {
    const { code, stderr } = await bus.run(args);
    assert.match(stderr, why);
    assert.equal(code, 2, args.join(" "));
  }));
}

Deno.test("ask prints the answer on stdout and the receipt on stderr when the other replies", async () => {
  await using bus = await HustingsProcess.create();
  const asking = bus.run(["ask", "ann", "which", "port?"]);
  const id = await question(bus, "ann");
  const reply = await bus.run(["reply", `#${id}`, "8080", "--as", "ann"]);
  // Whether the asker has begun to wait by then, or follows the broker anew, is between the two.
  assert.match(reply.stdout, /^Message #2 is on disk\.\n {2}terminal-shop: /);
  const { code, stdout, stderr } = await asking;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^#2 from ann \(.* ago; answers #1\)\n {2}8080\n$/);
  assert.match(stderr, /^Message #1 is on disk\.\n {2}ann: /);
});

Deno.test("ask leaves other messages queued when the answer comes", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["send", me, "by the way", "--as", "bob"]);
  const asking = bus.run(["ask", "ann", "--json", "ready?"]);
  const id = await question(bus, "ann");
  await bus.run(["reply", String(id), "yes", "--as", "ann"]);
  const { code, stdout } = await asking;
  assert.equal(code, 0);
  const told = JSON.parse(stdout) as Receipt & CheckResult;
  assert.deepEqual(Object.keys(told).slice(0, 5), ["id", "atMs", "recipients", "messages", "more"]);
  assert.deepEqual([told.id, told.messages.map(({ text }) => text)], [id, ["yes"]]);
  assert.match((await bus.run(["check"])).stdout, /by the way\n$/);
});

Deno.test("ask ends with 6 and has sent the message when no answer comes in time", async () => {
  await using bus = await HustingsProcess.create();
  const { code, stdout } = await bus.run(["ask", "ann", "hello?", "--wait", "0.01"]);
  assert.deepEqual([code, stdout], [
    6,
    "No answer to #1 in 0.01 s; it may still come: check later.\n",
  ]);
  const json = await bus.run(["ask", "ann", "hello?", "--wait", "0.01", "--json"]);
  assert.equal(json.code, 6);
  const { id, messages } = JSON.parse(json.stdout);
  assert.deepEqual([id, messages], [2, []]);
  const { messages: sent } = await bus.json(["check", "--as", "ann"]) as CheckResult;
  assert.deepEqual(sent.map(({ text }) => text), ["hello?", "hello?"]);
});

Deno.test("reply goes to who asked, and to nobody when the number is none", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["send", me, "ready?", "--as", "ann"]);
  await bus.run(["send", me, "and you?", "--as", "bob"]);
  await bus.run(["check"]);
  const receipt = await bus.json(["reply", "2"], { stdin: "I am\n" }) as Receipt;
  assert.deepEqual(receipt.recipients.map(({ name }) => name), ["bob"]);
  const { messages: [answer] } = await bus.json(["check", "--as", "bob"]) as CheckResult;
  assert.deepEqual([answer?.text, answer?.replyTo], ["I am", 2]);
  await refused(bus, [
    [["reply"], /write hustings reply 12 TEXT/],
    [["reply", "0", "yes"], /'0' is none/],
    [["reply", "99", "yes"], /Message 99 is none that you/],
  ]);
});

Deno.test("broadcast reaches everyone, and ends with 5 when there is nobody", async () => {
  await using bus = await HustingsProcess.create();
  const alone = await bus.run(["broadcast", "hi", "--json"]);
  assert.deepEqual([alone.code, alone.stdout], [5, ""]);
  assert.equal(JSON.parse(alone.stderr).error.code, "no_recipient");
  for (const name of ["ann", "bob"]) await bus.run(["list", "--as", name]);
  const { recipients } = await bus.json(["broadcast", "the", "tests", "pass"]) as Receipt;
  assert.deepEqual(recipients.map(({ name }) => name), ["ann", "bob"]);
  assert.match((await bus.run(["check", "--as", "ann"])).stdout, /to \*\)\n {2}the tests pass\n$/);
});

Deno.test("share sends a file that lies anywhere, with its path and type", async () => {
  await using bus = await HustingsProcess.create();
  const path = `${bus.root}/elsewhere.json`;
  await Deno.writeTextFile(path, '{"port": 8080}\n');
  const told = await bus.json(["share", "ann,bob", "../elsewhere.json", "--note", "as agreed"]);
  const { shared, recipients } = told as Receipt & { shared: unknown };
  assert.deepEqual(shared, { path, mediaType: "application/json", bytes: 15 });
  assert.deepEqual(recipients.map(({ name }) => name), ["ann", "bob"]);
  const { messages: [message] } = await bus.json(["check", "--as", "bob"]) as CheckResult;
  const head = `File ${path} (application/json, 15 bytes):`;
  assert.equal(message?.text, `as agreed\n\n${head}\n\n{"port": 8080}\n`);
  const { stdout } = await bus.run(["share", "ann", path]);
  assert.match(stdout, /^File \/.*\/elsewhere\.json \(.*\) is shared\.\nMessage #2 is on disk\.\n/);
});

Deno.test("share refuses the bus's own secret, what is no text and what is not there", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["list"]);
  await Deno.symlink(`${bus.home}/secret`, `${bus.shop}/harmless.txt`);
  await Deno.writeFile(`${bus.shop}/image`, Uint8Array.of(1, 0, 2));
  await refused(bus, [
    [["share", "ann", "harmless.txt"], /belongs to the bus itself, so nothing was sent/],
    [["share", "ann", "image"], /is no text \(it has NUL bytes\)/],
    [["share", "ann", "missing"], /There is no file 'missing'/],
    [["share", "ann"], /write hustings share NAME FILE/],
    [["share", "ann", "image", "ann"], /'share' takes no 'ann'/],
  ]);
  assert.equal((await bus.run(["check", "--as", "ann"])).code, 3);
});

Deno.test("text comes from the file that is named, and from one place alone", async () => {
  await using bus = await HustingsProcess.create();
  await Deno.writeTextFile(`${bus.shop}/note.md`, "# Note\n\nof the day\n");
  await bus.run(["send", "ann", "--file", "note.md"]);
  await bus.run(["send", "ann", "--file", "-"], { stdin: "piped\n" });
  const { messages } = await bus.json(["check", "--as", "ann"]) as CheckResult;
  assert.deepEqual(messages.map(({ text }) => text), ["# Note\n\nof the day", "piped"]);
  const note = ["send", "ann", "--file", "note.md"];
  await refused(bus, [
    [[...note, "and", "this"], /There is a text \('and this'\) and a file \('note\.md'\)/],
    [["send", "ann", "--file", "missing.md"], /'missing\.md' cannot be read/],
    [["send", "ann", "--file", "."], /'\.' is a directory/],
  ]);
});

Deno.test("history finds what is searched for, with its state, and ends with 3 when there is nothing", async () => {
  await using bus = await HustingsProcess.create();
  for (const text of ["The PORT is 8080", "another port"]) await bus.run(["send", "ann", text]);
  await bus.run(["check", "--as", "ann"]);
  const { stdout } = await bus.run(["history", "--search", "port"]);
  assert.match(stdout, /^#1 .*to ann \(read\)[^]*8080\n\n#2 .*to ann \(read\)[^]*another port\n$/);
  const one = await bus.json(["history", "--search", "port", "--limit", "1"]) as HistoryResult;
  assert.deepEqual([one.entries.map(({ id }) => id), one.older, one.searchedTo], [[2], true, 2]);
  const none = ["ship", " "].map((text) => bus.run(["history", "--search", text]));
  assert.deepEqual((await Promise.all(none)).map(({ code }) => code), [3, 2]);
});

Deno.test("terminals of two directories that are called alike are two, and each keeps its name", async () => {
  await using bus = await HustingsProcess.create();
  const other = `${bus.root}/other/shop`;
  await Deno.mkdir(other, { recursive: true });
  const nameIn = async (directory: string) =>
    (await bus.json(["status"], { directory }) as StatusResult).me;
  assert.deepEqual([await nameIn(bus.shop), await nameIn(other)], [me, `${me}-2`]);
  await bus.run(["send", me, "for the first"], { directory: other });
  assert.equal((await bus.run(["check"], { directory: other })).code, 3);
  assert.match((await bus.run(["check"])).stdout, /from terminal-shop-2 .*\n {2}for the first\n$/);
  await bus.run(["rename", "boss"], { directory: other });
  assert.deepEqual([await nameIn(bus.shop), await nameIn(other)], [me, "boss"]);
});

Deno.test("a name that is given belongs to nobody's directory: its mail is read from everywhere", async () => {
  await using bus = await HustingsProcess.create();
  const other = `${bus.root}/other`;
  await Deno.mkdir(other);
  await bus.run(["list", "--as", "ann"]);
  await bus.run(["send", "ann", "hi", "--as", "bob"]);
  const { stdout } = await bus.run(["check", "--as", "ann"], { directory: other });
  assert.match(stdout, /from bob /);
  const { me: own } = await bus.json(["status"], { directory: other }) as StatusResult;
  assert.equal(own, "terminal-other");
});
