import { castNames } from "./cast.ts";
import type { Cast } from "./cast.ts";
import type { Narrator } from "./narrator.ts";
import { parts } from "./parts.ts";
import type { Stage } from "./stage.ts";

const newcomer = "reviewer";

/** The second story: a message waits for an agent that does not exist yet. */
export async function waitForNewcomer(
  stage: Stage,
  { claude }: Cast,
  narrator: Narrator,
): Promise<void> {
  await narrator.chapter("2. A message waits for somebody who is not there yet");
  const text = "Please review the login form before noon.";
  await narrator.speech(claude.title, newcomer, text);
  const { recipients } = await claude.send(newcomer, text);
  await narrator.check(
    "the receipt says that nobody has this name yet, and that the message is kept",
    recipients[0]?.name === newcomer && recipients[0].presence === "nobody",
  );
  const { unclaimed } = await claude.list();
  await narrator.check(
    `the list shows one message for ${newcomer}`,
    unclaimed.some(({ name, unread }) => name === newcomer && unread === 1),
  );
  const codex = await stage.enter(parts.codex);
  const { name } = await codex.rename(newcomer);
  await narrator.say(`Codex starts (process ${codex.pid}) and takes the name ${name}.`);
  const { messages } = await codex.check();
  await narrator.check(
    "it reads the message that was there before it",
    messages.length === 1 && messages[0]?.text === text &&
      messages[0].from === castNames.claude,
  );
  await codex.leave();
}
