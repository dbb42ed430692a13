import assert from "node:assert/strict";
import { commandLine, ownHook, startsUs } from "../../lib/agents/install/own_words.ts";

Deno.test("startsUs knows the program by its own name or by its source, wherever it lies", () => {
  for (
    const words of [
      ["/opt/hustings"],
      ["hustings"],
      ["C:\\Program Files\\Hustings.exe"],
      ["/build/hustings-x86_64-unknown-linux-gnu"],
      ["/usr/bin/deno", "run", "-A", "/old/checkout/main.ts"],
      ["npx", "-y", "hustings@1.2.3"],
    ]
  ) assert.ok(startsUs(words), words.join(" "));
  for (
    const words of [
      ["/opt/other"],
      ["/opt/hustings/server"],
      ["node", "/srv/index.js"],
      ["python", "main.ts"],
      [],
    ]
  ) assert.ok(!startsUs(words), words.join(" "));
});

Deno.test("ownHook knows a command line of a hook whatever its quotes, and no other one", () => {
  const stop = { client: "claude", event: "Stop" };
  for (
    const line of [
      "/opt/hustings hook claude Stop",
      "'/opt/my bin/hustings' hook claude Stop",
      `'/opt/it'\\''s/hustings' hook claude Stop`,
      '"C:\\Program Files\\hustings.exe" hook claude Stop',
      "& 'C:\\Program Files\\hustings.exe' hook claude Stop",
      "/usr/bin/deno run -A '/a b/main.ts' hook claude Stop",
    ]
  ) assert.deepEqual(ownHook(line), stop, line);
  for (
    const line of [
      "say done; /opt/hustings hook claude Stop",
      "/opt/hustings hook claude Stop || true",
      "/opt/other hook claude Stop",
      "/opt/hustings hook nobody Stop",
      "/opt/hustings check",
      "hook claude Stop",
      7,
    ]
  ) assert.equal(ownHook(line), undefined, String(line));
});

const odd = ["/opt/my bin/it's $HOME", 'say "hi"', "plain", "a\\b", ""];

Deno.test({
  name: "a command line reaches sh as the words that it was made of",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const line = commandLine(["printf", "%s\\n", ...odd], "sh");
    const { stdout } = new Deno.Command("sh", { args: ["-c", line] }).outputSync();
    assert.deepEqual(new TextDecoder().decode(stdout).split("\n").slice(0, -1), odd);
  },
});

Deno.test("a command line is quoted for the shells of Windows where it must be", () => {
  const spaced = ["C:\\Program Files\\hustings.exe", "hook", "gemini", "AfterTool"];
  const short = ["C:\\bin\\hustings.exe", "hook", "codex", "Stop"];
  assert.equal(
    commandLine(spaced, "cmd"),
    '"C:\\Program Files\\hustings.exe" hook gemini AfterTool',
  );
  assert.equal(commandLine(short, "cmd"), "C:\\bin\\hustings.exe hook codex Stop");
  assert.equal(
    commandLine(spaced, "powershell"),
    "& 'C:\\Program Files\\hustings.exe' hook gemini AfterTool",
  );
  assert.equal(commandLine(short, "powershell"), "C:\\bin\\hustings.exe hook codex Stop");
  assert.equal(commandLine(short, "sh"), "'C:\\bin\\hustings.exe' hook codex Stop");
});
