import assert from "node:assert/strict";
import { plainJson, plainLine, plainText } from "../lib/cli/plain_text.ts";
import { limits } from "../lib/core/limits.ts";
import type { CheckResult, HistoryResult, ListResult, Receipt } from "../lib/core/types.ts";
import { fillStore } from "./bench/full_store.ts";
import { HustingsProcess } from "./support/hustings_process.ts";

const me = "terminal-shop";

Deno.test("help names every verb, the exit codes and the MCP snippet when asked in any way", async () => {
  await using bus = await HustingsProcess.create();
  const { code, stdout } = await bus.run(["help"]);
  assert.equal(code, 0);
  for (const verb of ["send", "check", "list", "history", "rename", "status", "doctor", "demo"]) {
    assert.match(stdout, new RegExp(`^ {2}${verb} `, "m"));
    const one = await bus.run([verb, "--help"]);
    assert.deepEqual([one.code, one.stderr], [0, ""]);
    assert.match(one.stdout, new RegExp(`^ {2}hustings ${verb}`, "m"));
  }
  assert.match(stdout, /^ {2}3 {4}nothing there/m);
  assert.match(stdout, /^ {2}\{"mcpServers":\{"hustings":\{"command":/m);
  assert.equal((await bus.run(["--help"])).stdout, stdout);
  assert.equal(
    (await bus.run(["help", "check"])).stdout,
    (await bus.run(["check", "--help"])).stdout,
  );
});

Deno.test("list shows the last agents of many that are away, and all of them when told to", async () => {
  await using bus = await HustingsProcess.create();
  fillStore(bus, limits.listedAgents + 3, 0);
  const short = await bus.run(["list"]);
  assert.equal(short.stdout.match(/^away-/gm)?.length, limits.listedAgents - 1, short.stderr);
  assert.match(short.stdout, /^4 more are away longer: hustings list --all$/m);
  const long = await bus.run(["list", "--all"]);
  assert.equal(long.stdout.match(/^away-/gm)?.length, limits.listedAgents + 3);
});

Deno.test("version is told when asked", async () => {
  await using bus = await HustingsProcess.create();
  const { code, stdout } = await bus.run(["--version"]);
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

const misuses: readonly [string, readonly string[], RegExp][] = [
  ["an unknown verb", ["chekc"], /no verb 'chekc': did you mean check\?/],
  ["a verb like no other", ["xyzzyx"], /no verb 'xyzzyx': use send, ask, check/],
  ["an option before the verb", ["--as", "bob", "check"], /verb comes before '--as'/],
  [
    "an unknown option",
    ["check", "--wiat", "3"],
    /'check' has no such option 'wiat': did you mean --wait\?/,
  ],
  [
    "an option without its value",
    ["check", "--wait"],
    /--wait needs a value: write --wait SECONDS/,
  ],
  ["a flag with a value", ["list", "--json=yes"], /--json takes no value/],
  [
    "a wait that is no number",
    ["check", "--wait", "soon"],
    /--wait is 0 to 3600 seconds: it is 'soon'/,
  ],
  ["a wait beyond the limit", ["check", "--wait", "3601"], /it is '3601'/],
  [
    "a limit of nothing",
    ["history", "--limit", "0"],
    /--limit is a whole number from 1 to 200: it is '0'/,
  ],
  ["an answer to a word", ["send", "bob", "hi", "--reply-to", "x"], /--reply-to .* it is 'x'/],
  ["a word too many", ["status", "now"], /'status' takes no 'now'/],
  ["nobody to send to", ["send"], /needs to know to whom/],
  ["commas in place of names", ["send", ",", "hi"], /needs to know to whom/],
  ["no new name", ["rename"], /write hustings rename NEW/],
  ["a name with blanks", ["send", "two words", "hi"], /'two words' cannot be a name/],
  ["a bad name to act under", ["check", "--as", "a b"], /'a b' cannot be a name/],
  ["no text", ["send", "bob"], /text/],
  ["an answer to a message that is not there", ["send", "bob", "hi", "--reply-to", "99"], /99/],
];
for (const [what, args, cure] of misuses) {
  Deno.test(`command line is refused with the cure when it has ${what}`, async () => {
    await using bus = await HustingsProcess.create();
    const { code, stdout, stderr } = await bus.run(args);
    assert.match(stderr, cure);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^hustings: .*\n$/);
  });
}

Deno.test("error is one JSON value on stderr when JSON was asked for", async () => {
  await using bus = await HustingsProcess.create();
  for (const args of [["check", "--json", "--wiat"], ["send", "a b", "hi", "--json"]]) {
    const { code, stdout, stderr } = await bus.run(args);
    assert.deepEqual([code, stdout], [2, ""]);
    const { error } = JSON.parse(stderr);
    assert.deepEqual(Object.keys(error), ["code", "message"]);
    assert.match(error.code, /^bad_(request|name)$/);
  }
});

Deno.test("message to a name that nobody has survives between two commands when no agent runs", async () => {
  await using bus = await HustingsProcess.create();
  const sent = await bus.run(["send", "reviewer", "please", "review"]);
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stdout, /Message #1 is on disk/);
  assert.match(sent.stdout, /reviewer: nobody has this name yet; it is kept for 7 days/);
  const { unclaimed } = await bus.json(["list"]) as ListResult;
  assert.deepEqual(unclaimed, [{ name: "reviewer", unread: 1 }]);

  const read = await bus.run(["check", "--as", "reviewer"]);
  assert.equal(read.code, 0, read.stderr);
  assert.match(read.stdout, /^#1 from terminal-shop \(.* ago\)\n {2}please review\n$/);
  const again = await bus.run(["check", "--as", "reviewer"]);
  assert.deepEqual([again.code, again.stdout], [3, "No messages.\n"]);
});

Deno.test("JSON of send and check has the documented fields when a message passes", async () => {
  await using bus = await HustingsProcess.create();
  const receipt = await bus.json(["send", "ann,bob", "hi"]) as Receipt;
  assert.deepEqual(Object.keys(receipt).toSorted(), ["atMs", "id", "recipients"]);
  assert.deepEqual(receipt.recipients.map(({ name, presence }) => [name, presence]), [
    ["ann", "nobody"],
    ["bob", "nobody"],
  ]);
  const { messages: [message], more } = await bus.json(["check", "--as", "ann"]) as CheckResult;
  assert.deepEqual(message, {
    id: receipt.id,
    from: me,
    to: ["ann", "bob"],
    atMs: receipt.atMs,
    text: "hi",
    thread: receipt.id,
  });
  assert.equal(more, 0);
  const nothing = await bus.run(["check", "--as", "ann", "--json"]);
  assert.deepEqual([nothing.code, nothing.stdout], [3, '{"messages":[],"more":0}\n']);
});

Deno.test("text is read from stdin when there is none or a dash, without its last line feed", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["send", "ann"], { stdin: "one\ntwo\n" });
  await bus.run(["send", "ann", "-"], { stdin: "three\r\n" });
  await bus.run(["send", "ann", "--", "--force", "-x"]);
  const { messages } = await bus.json(["check", "--as", "ann"]) as CheckResult;
  assert.deepEqual(messages.map(({ text }) => text), ["one\ntwo", "three", "--force -x"]);
});

Deno.test("text on stdin is refused when it is too large or no UTF-8", async () => {
  await using bus = await HustingsProcess.create();
  const large = await bus.run(["send", "ann"], { stdin: "x".repeat(limits.textBytes + 3) });
  assert.equal(large.code, 2);
  assert.match(large.stderr, /longer than 1048576 bytes; nothing was sent/);
  const broken = await bus.run(["send", "ann"], { stdin: Uint8Array.of(0x68, 0xff) });
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /no UTF-8/);
  const whole = await bus.run(["send", "ann"], { stdin: "x".repeat(limits.textBytes) + "\n" });
  assert.equal(whole.code, 0, whole.stderr);
});

Deno.test("escape sequences of others cannot reach the terminal when their message is shown", async () => {
  await using bus = await HustingsProcess.create();
  const text = "\x1b]0;owned\x07\x1b[2Jred\r\nnext\ttab\x9b31m\u202egnp.exe";
  await bus.run(["send", me, "-"], { stdin: text });
  const raw = await bus.run(["history", "--json"]);
  assert.equal((JSON.parse(raw.stdout) as HistoryResult).entries[0]?.text, text);
  assert.doesNotMatch(raw.stdout, /[\p{Cc}\p{Cf}](?<!\n)/u);
  const shown = await bus.run(["check"]);
  assert.match(shown.stdout, /␛\]0;owned␇␛\[2Jred\n {2}next\ttab<U\+009B>31m<U\+202E>gnp\.exe\n$/);
  assert.doesNotMatch(shown.stdout, /(?![\n\t])[\p{Cc}\p{Cf}]/u);
});

Deno.test("plain text shows every control character and keeps words and emoji when given both", () => {
  for (let code = 0; code < 0xa0; code++) {
    const character = String.fromCharCode(code);
    const harmless = /[\n\t -~]/.test(character);
    assert.equal(plainText(character) === character, harmless, `U+${code.toString(16)}`);
    assert.equal(JSON.parse(plainJson(character)), character);
  }
  assert.equal(plainText("naïve 👩‍💻 मर्‍ह"), "naïve 👩‍💻 मर्‍ह");
  assert.equal(plainLine("/tmp/a\nb\tc"), "/tmp/a␊b␉c");
  assert.equal(JSON.parse(plainJson("\u{e0041}\u2028")), "\u{e0041}\u2028");
  assert.match(plainJson("\u{e0041}"), /^"\\udb40\\udc41"$/);
});

Deno.test("check that waits is woken when another process sends", async () => {
  await using bus = await HustingsProcess.create();
  const waiting = bus.start(["check", "--as", "ann", "--wait", "60", "--json"]).output();
  await untilWaiting(bus, "ann");
  const receipt = await bus.json(["send", "ann", "wake up"]) as Receipt;
  assert.equal(receipt.recipients[0]?.presence, "waiting");
  const { code, stdout } = await waiting;
  assert.equal(code, 0);
  const { messages } = JSON.parse(new TextDecoder().decode(stdout)) as CheckResult;
  assert.deepEqual(messages.map(({ text }) => text), ["wake up"]);
});

Deno.test("check says that nothing came when its wait is over", async () => {
  await using bus = await HustingsProcess.create();
  const { code, stdout } = await bus.run(["check", "--wait", "0.01"]);
  assert.deepEqual([code, stdout], [3, "No message in 0.01 s.\n"]);
});

Deno.test("send shows receipt and answer when it waits and the other answers", async () => {
  await using bus = await HustingsProcess.create();
  const asking = bus.start(["send", "ann", "which port?", "--wait", "60", "--json"]).output();
  const { messages: [question] } = await bus.json([
    "check",
    "--as",
    "ann",
    "--wait",
    "60",
  ]) as CheckResult;
  const reply = ["send", me, "8080", "--as", "ann", "--reply-to", `#${question!.id}`];
  assert.equal((await bus.run(reply)).code, 0);
  const { code, stdout } = await asking;
  assert.equal(code, 0);
  const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 2);
  assert.equal(lines[0].id, question!.id);
  const [answer] = (lines[1] as CheckResult).messages;
  assert.deepEqual([answer?.text, answer?.replyTo, answer?.from], ["8080", question!.id, "ann"]);
});

Deno.test("send keeps the message and ends with 6 when no answer comes in time", async () => {
  await using bus = await HustingsProcess.create();
  const { code, stdout } = await bus.run(["send", "ann", "hello?", "--wait", "0.01"]);
  assert.equal(code, 6);
  assert.match(stdout, /Message #1 is on disk\.[^]*No answer to #1 in 0\.01 s/);
  assert.equal((await bus.run(["check", "--as", "ann"])).code, 0);
});

Deno.test("history tells what became of each message and pages when there are more", async () => {
  await using bus = await HustingsProcess.create();
  assert.equal((await bus.run(["history"])).code, 3);
  for (const text of ["first", "second"]) await bus.run(["send", "ann", text]);
  await bus.run(["send", "bob", "third"]);
  await bus.run(["check", "--as", "ann"]);
  const newest = await bus.json(["history", "--limit", "1"]) as HistoryResult;
  assert.deepEqual(newest.entries.map(({ text, to }) => [text, to[0]?.state]), [[
    "third",
    "accepted",
  ]]);
  assert.equal(newest.older, true);
  const older = await bus.json([
    "history",
    "--before",
    `${newest.entries[0]!.id}`,
  ]) as HistoryResult;
  assert.deepEqual(older.entries.map(({ text }) => text).toSorted(), ["first", "second"]);
  const { stdout } = await bus.run(["history", "--with", "ann"]);
  assert.match(stdout, /^#1 terminal-shop to ann \(read\) [^]*first\n\n#2 [^]*second\n$/);
});

Deno.test("list is an aligned table with marks when somebody is here", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("claude-code");
  await agent.client.callTool({ name: "list", arguments: {} });
  await bus.run(["send", "ann", "hi"]);
  const { code, stdout } = await bus.run(["list"]);
  assert.equal(code, 0);
  const [heading, ...rows] = stdout.split("\n");
  const column = heading!.indexOf("DIRECTORY");
  const claude = rows.find((row) => row.startsWith("claude-shop "))!;
  const own = rows.find((row) => row.startsWith(me))!;
  assert.equal(claude.slice(column), bus.shop);
  assert.equal(own.slice(column), bus.shop);
  assert.match(claude, / broker +\//);
  assert.match(own, / you +\//);
  assert.match(stdout, /\n\nNOBODY YET {2}UNREAD\nann +1\n$/);
});

Deno.test("terminal keeps its new name when a later command runs in the same directory", async () => {
  await using bus = await HustingsProcess.create();
  const { code, stdout } = await bus.run(["rename", "boss"]);
  assert.equal(code, 0);
  assert.match(stdout, /^You are boss now; terminal-shop forwards for .+\.\n$/);
  assert.equal((await bus.json(["status"]) as { me: string }).me, "boss");
  const receipt = await bus.json(["send", me, "hi", "--as", "ann"]) as Receipt;
  assert.deepEqual([receipt.recipients[0]?.name, receipt.recipients[0]?.writtenAs], ["boss", me]);
});

Deno.test("terminal keeps its own name when a command acted under another one in between", async () => {
  await using bus = await HustingsProcess.create();
  assert.equal((await bus.json(["status"]) as { me: string }).me, me);
  assert.equal((await bus.json(["status", "--as", "ann"]) as { me: string }).me, "ann");
  assert.equal((await bus.json(["status"]) as { me: string }).me, me);
});

Deno.test("status names the broker when an agent is it and when the command is", async () => {
  await using bus = await HustingsProcess.create();
  const alone = await bus.run(["status"]);
  assert.match(alone.stdout, /^broker +terminal-shop \(process \d+, port \d+\); this command, for/);
  const agent = await bus.agent("gemini-cli-mcp-client");
  await agent.client.callTool({ name: "list", arguments: {} });
  const { broker, home, me: own } = await bus.json(["status"]) as {
    broker: Record<string, unknown>;
    home: string;
    me: string;
  };
  assert.deepEqual([broker["name"], broker["pid"], broker["port"]], [
    "gemini-shop",
    agent.pid,
    bus.port,
  ]);
  assert.deepEqual([home, own], [bus.home, me]);
  const { stdout } = await bus.run(["status"]);
  assert.match(
    stdout,
    new RegExp(`^broker +gemini-shop \\(process ${agent.pid}, port ${bus.port}\\)\n`),
  );
});

Deno.test("name of an agent that is here is refused when a command wants to act under it", async () => {
  await using bus = await HustingsProcess.create();
  const agent = await bus.agent("claude-code");
  await agent.client.callTool({ name: "list", arguments: {} });
  const { code, stdout, stderr } = await bus.run(["check", "--as", "claude-shop", "--json"]);
  assert.deepEqual([code, stdout], [5, ""]);
  assert.equal(JSON.parse(stderr).error.code, "name_in_use");
});

Deno.test("command ends with 4 and loses nothing when other programs hold every port", async () => {
  await using bus = await HustingsProcess.create();
  await bus.run(["send", "ann", "kept"]);
  const listeners = Array.from({ length: limits.portCount }, (_, n) => squat(bus.port + n));
  const { code, stdout, stderr } = await bus.run(["check", "--as", "ann", "--json"]);
  for (const listener of listeners) listener.close();
  assert.deepEqual([code, stdout], [4, ""]);
  assert.equal(JSON.parse(stderr).error.code, "bus_down");
  assert.equal((await bus.run(["check", "--as", "ann"])).code, 0);
});

Deno.test("message stays queued when stdout is closed before it was shown", async () => {
  await using bus = await HustingsProcess.create();
  const waiting = bus.start(["check", "--as", "ann", "--wait", "60"]);
  await waiting.stdout.cancel();
  await untilWaiting(bus, "ann");
  await bus.run(["send", "ann", "not lost"]);
  assert.match(await new Response(waiting.stderr).text(), /they are queued again/);
  assert.equal((await waiting.status).code, 1);
  const { messages: [message] } = await bus.json(["check", "--as", "ann"]) as CheckResult;
  assert.deepEqual([message?.text, message?.redelivered], ["not lost", undefined]);
});

Deno.test({
  name: "command leaves the bus and ends with 130 when it is interrupted while it waits",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using bus = await HustingsProcess.create();
    const waiting = bus.start(["check", "--as", "ann", "--wait", "60"]);
    const output = waiting.output();
    await untilWaiting(bus, "ann");
    waiting.kill("SIGINT");
    const { code, stdout, stderr } = await output;
    assert.deepEqual([code, stdout.length, stderr.length], [130, 0, 0]);
    const { members } = await bus.json(["list"]) as ListResult;
    assert.equal(members.find(({ name }) => name === "ann")?.presence, "away");
  },
});

/** Asks until the member waits: each question is a process that sees the bus as it is now. */
async function untilWaiting(bus: HustingsProcess, wanted: string): Promise<void> {
  while (true) {
    const { members } = await bus.json(["list"]) as ListResult;
    if (members.some(({ name, presence }) => name === wanted && presence === "waiting")) return;
  }
}

/** Another program on the port: it closes whoever comes. */
function squat(port: number): Deno.Listener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  (async () => {
    for await (const connection of listener) connection.close();
  })();
  return listener;
}
