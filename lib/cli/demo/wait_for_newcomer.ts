import { castNames } from "./cast.ts";
import type { Cast } from "./cast.ts";
import type { Narrator } from "./narrator.ts";
import { parts } from "./parts.ts";
import type { Stage } from "./stage.ts";

const newcomer = "reviewer";

/** The second story: a message waits for an agent that does not exist yet. */
export async function waitForNewcomer(
  stage: Stage,
  cast: Cast,
  narrator: Narrator,
): Promise<void> {
  const { claude } = cast;
  await narrator.chapter("2. A message waits for somebody who is not there yet");
  const text = "Please review the login form before noon.";
  await narrator.speech(claude.title, newcomer, text);
  const { state, to } = await claude.send(newcomer, text);
  await narrator.check(
    `the receipt: “${state}”, “${to[newcomer]}”`,
    state === "on disk" && /^nobody has this name yet/.test(to[newcomer] ?? ""),
  );
  const { unclaimed } = await claude.view();
  await narrator.check(
    `the list shows one message for ${newcomer}`,
    unclaimed.some(({ name, unread }) => name === newcomer && unread === 1),
  );
  const codex = await stage.enter(parts.codex);
  const name = await codex.rename(newcomer);
  await narrator.say(`Codex starts (process ${codex.pid}) and takes the name ${name}.`);
  await hearOfRename(cast, narrator);
  const [read, ...others] = await codex.check();
  await narrator.check(
    "it reads the message that was there before it",
    read?.text === text && read.from === castNames.claude && others.length === 0,
  );
  await codex.leave();
}

async function hearOfRename({ gemini, claude, windsurf }: Cast, narrator: Narrator): Promise<void> {
  const heard = await Promise.all([gemini, claude, windsurf].map((agent) => agent.check()));
  await narrator.check(
    `the bus tells the others: “${heard[0]?.[0]?.text}”`,
    heard.every((messages) =>
      messages.length === 1 && messages[0]?.from === "hustings" &&
      messages[0].text.includes(newcomer)
    ),
  );
}
