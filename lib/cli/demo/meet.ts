import { castNames } from "./cast.ts";
import type { Cast } from "./cast.ts";
import type { Narrator } from "./narrator.ts";
import { parts } from "./parts.ts";
import type { Stage } from "./stage.ts";

/** How long a reader waits for what is on its way, in seconds: far longer than it takes. */
const patienceSeconds = 10;

/** The first story: three agents of three vendors find each other and talk. Returns them. */
export async function meet(stage: Stage, narrator: Narrator): Promise<Cast> {
  await narrator.chapter("1. Agents of three vendors meet");
  const cast = await assemble(stage, narrator);
  await cross(cast, narrator);
  await ask(cast, narrator);
  return cast;
}

async function assemble(stage: Stage, narrator: Narrator): Promise<Cast> {
  const gemini = await stage.enter(parts.gemini);
  const first = await gemini.view();
  await narrator.say(
    `Gemini CLI starts hustings in a directory called shop (process ${gemini.pid}).`,
  );
  await narrator.check(
    `it is the first, so it is the broker; its name is ${castNames.gemini}`,
    first.me === castNames.gemini && first.broker.name === castNames.gemini,
  );
  const [claude, windsurf] = await Promise.all([
    stage.enter(parts.claude),
    stage.enter(parts.windsurf),
  ]);
  await narrator.say(
    `Claude Code (process ${claude.pid}) and Windsurf (process ${windsurf.pid}) start it too.`,
  );
  await listEachOther({ gemini, claude, windsurf }, narrator);
  return { gemini, claude, windsurf };
}

async function listEachOther(cast: Cast, narrator: Narrator): Promise<void> {
  const agents = [cast.gemini, cast.claude, cast.windsurf];
  const expected = Object.values(castNames).toSorted().join(", ");
  const lists = await Promise.all(agents.map((agent) => agent.names()));
  await narrator.check(
    `each of them lists ${expected}`,
    lists.every((names) => names.join(", ") === expected),
  );
  const views = await Promise.all(agents.map((agent) => agent.view()));
  await narrator.check(
    `all of them know ${castNames.gemini} as the broker`,
    views.every(({ broker }) => broker.name === castNames.gemini && broker.pid === cast.gemini.pid),
  );
}

/** Two messages that are under way at the same time, each in the other's direction. */
async function cross({ gemini, claude }: Cast, narrator: Narrator): Promise<void> {
  const texts = ["The login form is done.", "I am starting with the price list."] as const;
  await narrator.speech(gemini.title, claude.title, texts[0]);
  await narrator.speech(claude.title, gemini.title, texts[1]);
  const [one, other] = await Promise.all([
    gemini.send(castNames.claude, texts[0]),
    claude.send(castNames.gemini, texts[1]),
  ]);
  await narrator.check(
    `both have a receipt: “${one.state}”, the reader “${one.to[castNames.claude]}”`,
    [one, other].every(({ state }) => state === "on disk") &&
      castNames.claude in one.to && castNames.gemini in other.to,
  );
  const [[toClaude], [toGemini]] = await Promise.all([claude.check(), gemini.check()]);
  await narrator.check(
    "each reads the message of the other, with the name of who wrote it",
    toClaude?.text === texts[0] && toClaude.from === castNames.gemini &&
      toGemini?.text === texts[1] && toGemini.from === castNames.claude,
  );
}

/** A question whose asker waits until the answer is there. */
async function ask({ claude, windsurf }: Cast, narrator: Narrator): Promise<void> {
  const question = "Which port does the shop listen on?";
  const reply = "8080, see compose.yaml.";
  const answering = async () => {
    const [received] = await windsurf.check(patienceSeconds);
    await narrator.check(
      "Windsurf reads the question while Claude Code waits",
      received?.text === question,
    );
    await narrator.speech(windsurf.title, claude.title, reply);
    await windsurf.answer(received!.id, reply);
    return received!.id;
  };
  await narrator.speech(claude.title, windsurf.title, question);
  const [answer, asked] = await Promise.all([
    claude.ask(castNames.windsurf, question, patienceSeconds),
    answering(),
  ]);
  await narrator.check(
    "the answer ends the wait: question and answer were one call for Claude Code",
    answer?.text === reply && answer.reply_to === asked,
  );
}
