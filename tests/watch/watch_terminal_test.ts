import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { HustingsProcess } from "../support/hustings_process.ts";
import type { AgentProcess } from "../support/hustings_process.ts";
import { titled } from "../support/pseudo_terminal.ts";
import { noTmux, TmuxTerminal } from "../support/tmux.ts";

// The screen of `hustings watch` in a real terminal, with real processes on a bus.

function test(name: string, fn: (bus: HustingsProcess) => Promise<void>): void {
  Deno.test({
    name: titled(name, noTmux),
    ignore: noTmux !== undefined,
    fn: async () => {
      await using bus = await HustingsProcess.create();
      await fn(bus);
    },
  });
}

/** The command that shows the screen, as a shell reads it. */
function watching(bus: HustingsProcess, ...args: string[]): string {
  return [...bus.command(), "watch", ...args].map((word) => `'${word}'`).join(" ");
}

async function call({ client }: AgentProcess, name: string, args: Record<string, unknown>) {
  const { content, isError } = await client.callTool({ name, arguments: args });
  assert.notEqual(isError, true, JSON.stringify(content));
  return JSON.stringify(content);
}

test("a screen shows members and messages, follows another broker, and lets a person write to a member", async (bus) => {
  await using terminal = await TmuxTerminal.create(bus);
  await terminal.run(watching(bus));
  await terminal.until(/There is no bus yet: waiting for one/);

  const claude = await bus.agent("claude-code");
  await call(claude, "list", {});
  await terminal.until(/broker claude-shop, port \d+, epoch 1/, /claude-shop \* /);
  const gemini = await bus.agent("gemini-cli-mcp-client");
  await call(gemini, "list", {});
  await call(claude, "send", { to: ["gemini-shop"], text: "the tests are red\nall of them" });
  await terminal.until(/#1 claude-shop → gemini-shop +queued/, /\u2502 all of them/);
  await call(gemini, "check", {});
  await terminal.until(/#1 claude-shop → gemini-shop +read/, /→ gemini-shop: read/);
  await call(gemini, "send", { to: ["claude-shop"], text: "another matter" });
  await terminal.until(/Message #2/);
  await terminal.press("k");
  await terminal.until(/Message #1/);

  Deno.kill(claude.pid, "SIGKILL");
  await terminal.until(/broker gemini-shop, port \d+, epoch 2/, /gemini-shop \* /, /Message #1/);

  await terminal.press("w");
  await terminal.until(/To claude-shop, gemini-shop in #1:/);
  await terminal.type("I have a look – q is no quit here");
  await terminal.press("Enter");
  await terminal.until(/Sent #3 to claude-shop, gemini-shop/, /person-shop +waiting/);
  assert.match(await call(gemini, "check", {}), /I have a look – q is no quit here/);
  await terminal.press("G");
  await terminal.until(/Message #3/, /→ gemini-shop: read/, /in conversation #1, answers #1/);
  await call(gemini, "send", { to: ["person-shop"], text: "thanks" });
  await terminal.until(/gemini-shop to you: thanks/, /#4 gemini-shop → person-shop +read/);
});

test("p on a member and s on a conversation hold them up until the key is pressed again", async (bus) => {
  const gemini = await bus.agent("gemini-cli-mcp-client");
  await call(gemini, "list", {});
  await bus.run(["send", "gemini-shop", "first", "--as", "ann"]);
  await using terminal = await TmuxTerminal.create(bus);
  await terminal.run(watching(bus));
  await terminal.until(/#1 ann → gemini-shop/);
  await terminal.press("s", "Tab", "Tab");
  await terminal.until(/#1 ann, gemini-shop .* stopped/);
  await terminal.press("p");
  await terminal.until(/gemini-shop \* +\(1\) paused/);
  assert.doesNotMatch(await call(gemini, "check", {}), /first/);
  await terminal.press("p", "s");
  await terminal.until(/gemini-shop \* +\(1\) here/, /#1 ann, gemini-shop [^\n]* 1 │/);
  assert.match(await call(gemini, "check", {}), /first/);
});

test("a text of others moves no cursor, changes no title and fakes no line, in any pane", async (bus) => {
  const evil = "\x1b]0;owned\x07\x1b[2J\x1b[1;1H12:00:00 #9 eve → you: pay\r\x9b31m\u202e" +
    "日本語👨‍👩‍👧" + "a\u0301".repeat(5);
  const agent = await bus.agent("claude-code");
  await call(agent, "send", { to: ["ann"], text: evil });
  await using terminal = await TmuxTerminal.create(bus, { env: { NO_COLOR: "1" } });
  const before = await terminal.fact("#{pane_title}");
  await terminal.run(watching(bus));
  const shown = await terminal.until(/#1 claude-shop → ann/, /␛\]0;owned␇␛\[2J␛\[1;1H12:00:00/);
  assert.match(shown, /^ hustings +broker claude-shop/);
  assert.equal(await terminal.fact("#{pane_title}"), before);
  assert.doesNotMatch(shown.split("\n").map((line) => line.trim()).join("\n"), /^12:00:00 #9/m);
  // deno-lint-ignore no-control-regex
  const colours = /\x1b\[[\d;]*(3[0-7]|9[0-7]|38|48)[\d;]*m/;
  assert.doesNotMatch(await terminal.shown("-e"), colours);

  await terminal.resize(40, 12);
  const narrow = await terminal.until(/Members {2}Convers\. {2}Messages {2}Details/);
  assert.match(narrow.split("\n")[3]!, /^ \d\d:\d\d:\d\d #1 claude-shop → ann +queued$/);
  await terminal.press("Tab");
  await terminal.until(/Message #1/, /→ ann: queued/);
  await terminal.resize(100, 30);
  await terminal.until(/Members ─/, /Message #1/);
});

/** A way out, the exit code with which it ends, what does it, and what is shown instead of the bus. */
type Way = readonly [string, string, (terminal: TmuxTerminal) => Promise<void>, ...string[]];

const failing = fileURLToPath(import.meta.resolve("../support/failing_screen.ts"));
const pressed = (terminal: TmuxTerminal) => terminal.press("x");

const ways: readonly Way[] = [
  ["q", "0", (terminal) => terminal.press("q")],
  ["Ctrl-C", "130", (terminal) => terminal.press("C-c")],
  ["Ctrl-\\", "130", (terminal) => terminal.press("C-\\")],
  ["SIGTERM", "130", (terminal) => signal(terminal, "SIGTERM")],
  ["SIGHUP", "130", (terminal) => signal(terminal, "SIGHUP")],
  ["an error", "1", pressed, failing],
  ["an error in a timer", "1", pressed, failing, "later"],
];

/** Sends a signal to the program that the shell of the terminal runs. */
async function signal(terminal: TmuxTerminal, name: Deno.Signal): Promise<void> {
  const shell = await terminal.fact("#{pane_pid}");
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", shell] })
    .output();
  Deno.kill(Number(new TextDecoder().decode(stdout)), name);
}

test("a terminal is as it was after each way out: q, Ctrl-C, Ctrl-\\, SIGTERM, SIGHUP, an error", async (bus) => {
  await Promise.all(ways.map(async ([way, code, leave, ...script]) => {
    await using terminal = await TmuxTerminal.create(bus);
    await terminal.run("echo be''fore");
    await terminal.until(/^before$/m);
    const command = script.length === 0
      ? watching(bus)
      : [Deno.execPath(), "run", "-A", ...script].map((word) => `'${word}'`).join(" ");
    await terminal.run(`${command}; echo "code $?"; stty -a`);
    await terminal.until(/Members ─/);
    assert.equal(await terminal.fact("#{alternate_on} #{cursor_flag} #{wrap_flag}"), "1 0 0", way);
    await leave(terminal);
    const shown = await terminal.until(/^before$/m, new RegExp(`^code ${code}$`, "m"), /icanon/);
    assert.doesNotMatch(shown, /-icanon|-echo |-isig|Members ─/, way);
    assert.equal(await terminal.fact("#{alternate_on} #{cursor_flag} #{wrap_flag}"), "0 1 1", way);
  }));
});

test("Ctrl-Z gives the terminal back to the shell, and fg shows the screen again", async (bus) => {
  await using terminal = await TmuxTerminal.create(bus);
  await terminal.run("set -m; echo be''fore");
  await terminal.until(/^before$/m);
  await terminal.run(watching(bus));
  await terminal.until(/Members ─/);
  await terminal.press("C-z");
  const shown = await terminal.until(/^before$/m, /Stopped/);
  assert.doesNotMatch(shown, /Members ─/);
  await terminal.run("stty -a");
  assert.doesNotMatch(await terminal.until(/icanon/), /-icanon|-echo /);
  await terminal.run("fg");
  await terminal.until(/Members ─/);
  await terminal.press("?");
  await terminal.until(/draw the screen anew/);
});
