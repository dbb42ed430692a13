import assert from "node:assert/strict";
import { runCommand } from "../../lib/member/run_command.ts";

Deno.test("runCommand gives what a command prints, however it ends", async () => {
  const printing = "console.log(Deno.env.get('LC_ALL')); console.error('no'); Deno.exit(1)";
  assert.equal(await runCommand(Deno.execPath(), "eval", printing), "C\n");
});

Deno.test("runCommand gives nothing where there is no such command", async () => {
  assert.equal(await runCommand("hustings-has-no-such-command"), undefined);
  assert.equal(await runCommand("hustings\0"), undefined);
});
