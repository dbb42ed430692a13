import assert from "node:assert/strict";
import { parts } from "../support/damaged_store.ts";
import { HustingsProcess } from "../support/hustings_process.ts";
import type { AgentProcess } from "../support/hustings_process.ts";

// Who passes a stopped broker over has not the lock, and so may not look through its store: whatever
// happened to that meanwhile must not come out as "no messages".

const damages: Record<string, (path: string) => Promise<void>> = {
  deleted: (path) => Deno.remove(path),
  emptied: (path) => Deno.truncate(path, 0),
  "cut in half": async (path) => Deno.truncate(path, Math.ceil((await Deno.stat(path)).size / 2)),
  "filled with garbage": async (path) => {
    const { size } = await Deno.stat(path);
    const garbage = Uint8Array.from({ length: size }, (_, at) => at * 7919 >> 3);
    using file = await Deno.open(path, { write: true });
    await file.write(garbage);
  },
};

const count = 20;
const sent = Array.from({ length: count }, (_, n) => `text ${n}`);

/** What a tool says, or why it failed. */
async function say(
  { client }: AgentProcess,
  name: string,
  args: Record<string, unknown> = {},
): Promise<{ failed?: string; texts: string[] }> {
  const result = await client.callTool({ name, arguments: args });
  if (result.isError) return { failed: (result.content as { text: string }[])[0]!.text, texts: [] };
  const { messages = [] } = result.structuredContent as { messages?: { text?: string }[] };
  return { texts: messages.map(({ text }) => text ?? "") };
}

/** All that comes, or why not. */
async function readAll(agent: AgentProcess): Promise<{ failed?: string; texts: string[] }> {
  const texts: string[] = [];
  for (;;) {
    const { failed, texts: some } = await say(agent, "check");
    if (failed !== undefined) return { failed, texts };
    if (some.length === 0) return { texts };
    texts.push(...some);
  }
}

/** Damages the store of a stopped broker, and tells how the next ones answer: wrongly, or not at all. */
async function wrongAnswer(part: string, damage: (path: string) => Promise<void>) {
  await using bus = await HustingsProcess.create();
  const first = await bus.agent("first");
  for (const text of sent) await say(first, "send", { to: "second-shop", text });
  Deno.kill(first.pid, "SIGSTOP");
  await damage(`${bus.home}/messages.db${part}`);
  const second = await bus.agent("second");
  const read = await readAll(second);
  const warned = async () => {
    const { warnings = [] } = await bus.json(["status"]) as { warnings?: string[] };
    return warnings.some((text) => /damaged/.test(text));
  };
  const isTold = read.failed !== undefined || await warned();
  if (!isTold && read.texts.join() !== sent.join()) return `read ${read.texts.length} in silence`;
  // It was ended, so that somebody with the lock could look at the files.
  if (!goesOn(first.pid)) return undefined;
  const late = await say(first, "send", { to: "second-shop", text: "late" });
  const rest = await readAll(second);
  const seen = [...read.texts, ...rest.texts];
  const expected = late.failed === undefined ? [...sent, "late"] : sent;
  const missing = expected.filter((text) => !seen.includes(text));
  if (missing.length === 0 || rest.failed !== undefined || await warned()) return undefined;
  return `after it went on, ${missing} are missing in silence`;
}

/** Lets a stopped process go on; false where it was ended. */
function goesOn(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

for (const part of parts) {
  Deno.test({
    name:
      `store whose file messages.db${part} is damaged while its broker is stopped gives no wrong answer`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const wrong = await Promise.all(
        Object.entries(damages).map(async ([how, damage]) => {
          const fault = await wrongAnswer(part, damage).catch((error) => `failed: ${error.stack}`);
          return fault === undefined ? [] : [`${how}: ${fault}`];
        }),
      );
      assert.deepEqual(wrong.flat(), []);
    },
  });
}
