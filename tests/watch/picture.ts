// Makes the picture of `hustings watch` for the README from a real run: three agents, a person, a terminal.
//
//   deno task watch:picture
import { HustingsProcess } from "../support/hustings_process.ts";
import type { AgentProcess } from "../support/hustings_process.ts";
import { TmuxTerminal } from "../support/tmux.ts";
import { terminalSvg } from "./terminal_svg.ts";

const [width, height] = [110, 30];
const output = new URL("../../docs/watch.svg", import.meta.url);

await using bus = await HustingsProcess.create();
const [claude, gemini, codex] = await agents(
  "claude-code",
  "gemini-cli-mcp-client",
  "codex-mcp-client",
);
await using terminal = await TmuxTerminal.create(bus, { width, height });
await terminal.run(
  [...bus.command(), "watch", "--as", "maria"].map((word) => `'${word}'`).join(" "),
);
await terminal.until(/codex-shop/);
await talk();
await terminal.press("k", "k", "k");
await terminal.until(/Message #5/, /#8 maria [^\n]* read/, /gemini-shop +waiting/);
await Deno.mkdir(new URL(".", output), { recursive: true });
await Deno.writeTextFile(
  output,
  terminalSvg(await terminal.shown("-e", "-N"), {
    ...{ width, height },
    title:
      "hustings watch: members, conversations, messages with their states, and one message in full",
  }),
);
Deno.exit(0);

async function agents(...announced: string[]): Promise<AgentProcess[]> {
  const made: AgentProcess[] = [];
  for (const name of announced) {
    const agent = await bus.agent(name);
    await call(agent, "list", {});
    made.push(agent);
  }
  return made;
}

async function call(agent: AgentProcess | undefined, name: string, args: Record<string, unknown>) {
  await agent!.client.callTool({ name, arguments: args });
}

/** What is said in the picture; each reads what came before it answers. */
async function talk(): Promise<void> {
  const send = (agent: AgentProcess | undefined, args: Record<string, unknown>) =>
    call(agent, "send", args);
  await send(claude, {
    to: "gemini-shop",
    text: "I am about to rewrite the till. Are you in checkout.ts?",
  });
  await call(gemini, "check", {});
  await send(gemini, { text: "Only reading it. Go ahead, I rebase afterwards.", reply_to: 1 });
  await send(codex, { to: "*", text: "The release branch is cut: only fixes from now on." });
  await call(claude, "check", {});
  await send(claude, { text: "Then the till waits for main. Thanks.", reply_to: 3 });
  const report = "The end-to-end tests fail since the merge:\n\n" +
    "  checkout › pays with a voucher\n  expected 17.50, got 17.499999999999996\n\n" +
    "Rounding in lib/money.ts: you touched it last. Could you have a look?";
  await send(gemini, { to: ["claude-shop", "codex-shop"], text: report });
  await call(claude, "check", {});
  await send(claude, {
    text: "On it: cents were added as floats. Fix in five minutes.",
    reply_to: 5,
  });
  await send(claude, { to: "codex-shop", text: "Fixed in 3f9c2d1, and the tests are green" });
  await terminal.until(/#7 claude-shop/);
  await terminal.press("w");
  await terminal.until(/To codex-shop, claude-shop|To claude-shop, codex-shop/);
  await terminal.type("Good. Please put it on the release branch, too.");
  await terminal.press("Enter");
  await terminal.until(/#8 maria/);
  await call(claude, "check", {});
  await call(codex, "check", {});
  call(gemini, "check", {}).then(() => call(gemini, "check", { wait_s: 30 })).catch(() => {});
}
