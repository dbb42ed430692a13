import type { Agent, Heard } from "./agent.ts";
import { castNames } from "./cast.ts";
import type { Cast } from "./cast.ts";
import type { Narrator } from "./narrator.ts";
import { parts } from "./parts.ts";
import type { Stage } from "./stage.ts";

/** Messages that are sent in all, how many of them at a time, and after how many the broker dies. */
const work = { messages: 60, atOnce: 4, beforeDeath: 20 };

type Pair = readonly [Agent, Agent];

/** How long the reader waits for one more message before it counts the rest as lost, in seconds. */
const patienceSeconds = 10;

/** The third story: the broker dies while the others work; another takes over and nothing is lost. */
export async function survive(stage: Stage, cast: Cast, narrator: Narrator): Promise<void> {
  const { gemini, claude, windsurf } = cast;
  await narrator.chapter("3. The broker dies while the others work");
  await narrator.say(
    `Claude Code sends ${work.messages} messages to Windsurf, ${work.atOnce} at a time; Windsurf waits and reads.`,
  );
  const enough = Promise.withResolvers<void>();
  const sending = sendAll(claude, (acknowledged) => {
    if (acknowledged === work.beforeDeath) enough.resolve();
  });
  const deposing = enough.promise.then(() => depose(gemini, [claude, windsurf], narrator));
  const reading = readAll(windsurf, work.messages);
  const [acknowledged, read] = await Promise.all([sending, reading, deposing]);
  await compare(acknowledged, read, narrator);
  await comeBack(stage, cast, narrator);
}

/** Sends all messages in a few lanes; returns the ids of those that were acknowledged. */
async function sendAll(agent: Agent, onReceipt: (count: number) => void): Promise<number[]> {
  const acknowledged: number[] = [];
  let next = 1;
  const lane = async () => {
    while (next <= work.messages) {
      const { id } = await agent.send(castNames.windsurf, `Step ${next++} of the work`);
      acknowledged.push(id);
      onReceipt(acknowledged.length);
    }
  };
  await Promise.all(Array.from({ length: work.atOnce }, lane));
  return acknowledged;
}

/** Reads until `count` different messages have come, or none in a long while. */
async function readAll(agent: Agent, count: number): Promise<readonly Heard[]> {
  const read: Heard[] = [];
  while (new Set(read.map(({ id }) => id)).size < count) {
    const messages = await agent.check(patienceSeconds);
    if (messages.length === 0) break;
    read.push(...messages);
  }
  return read;
}

/** Kills the broker and measures how long the others are without one. */
async function depose(broker: Agent, [one, other]: Pair, narrator: Narrator): Promise<void> {
  const killed = broker.kill();
  const killedAtMs = performance.now();
  const succession = async (agent: Agent) => {
    const heir = await heirAsSeenBy(agent);
    return { heir, afterMs: Math.round(performance.now() - killedAtMs) };
  };
  const said = killed.then(() =>
    narrator.say(`kill -9 ${broker.pid}: Gemini CLI's process, the broker, is gone.`)
  );
  const [first, second] = await Promise.all([succession(one), succession(other), said]);
  await narrator.check(
    `${first.heir} took over: calls work again ${first.afterMs} ms and ${second.afterMs} ms after the kill`,
    first.heir === second.heir && first.heir !== castNames.gemini,
  );
}

/** The name of the broker once it is no longer the one that was killed. Each call waits out a takeover. */
async function heirAsSeenBy(agent: Agent): Promise<string> {
  while (true) {
    const { broker } = await agent.view();
    if (broker.name !== castNames.gemini) return broker.name;
  }
}

async function compare(
  acknowledged: readonly number[],
  read: readonly Heard[],
  narrator: Narrator,
): Promise<void> {
  const once = new Set(read.map(({ id }) => id));
  const lost = acknowledged.filter((id) => !once.has(id));
  await narrator.check(
    `of ${acknowledged.length} acknowledged messages ${once.size} were read: ${lost.length} lost`,
    acknowledged.length === work.messages && once.size === work.messages && lost.length === 0,
  );
  const repeats = read.filter(({ id }, index) => read.findIndex((one) => one.id === id) < index);
  await narrator.check(
    repeats.length === 0 ? "none came twice" : `${repeats.length} came twice, and say so`,
    repeats.every(({ redelivered }) => redelivered !== undefined),
  );
}

/** Who was killed comes back and finds its name and what was sent to it meanwhile. */
async function comeBack(stage: Stage, { claude }: Cast, narrator: Narrator): Promise<void> {
  const text = "You missed something: the work is done.";
  await narrator.speech(claude.title, parts.gemini.title, text);
  await claude.send(castNames.gemini, text);
  const gemini = await stage.enter(parts.gemini);
  await narrator.say(`Gemini CLI starts again (process ${gemini.pid}).`);
  const { me, broker } = await gemini.view();
  await narrator.check(
    `it is ${castNames.gemini} again, and follows ${broker.name}`,
    me === castNames.gemini && broker.name !== me,
  );
  const [read] = await gemini.check();
  await narrator.check("it reads what was sent while it was dead", read?.text === text);
}
