import type { RawAgent } from "../support/raw_agent.ts";
import type { AiClient, Stage } from "./ai_client.ts";
import { callsIn } from "./calls_in.ts";
import { TerminalSession } from "./client_session.ts";
import type { clientHome, runPrompt } from "./client_session.ts";
import type { MockModel } from "./mock_model.ts";
import type { Column, Results } from "./results.ts";

/** What a part of the trial works with. */
export interface Trial {
  readonly clients: readonly AiClient[];
  readonly results: Results;
  /** A bus of its own, and homes for the clients on it. */
  readonly stage: () => Stage;
  readonly agent: (stage: Stage, name: string, directory: string) => Promise<RawAgent>;
  readonly prompt: typeof runPrompt;
  readonly home: typeof clientHome;
}

let markers = 0;
/** A text that stands nowhere else. */
const marker = (what: string) => `${what}-${++markers}-${crypto.randomUUID().slice(0, 8)}`;

const nameOf = ({ name }: AiClient) => `${name}-shop`;

async function noting(
  { results }: Trial,
  client: AiClient,
  column: Column,
  act: () => Promise<number | undefined>,
): Promise<void> {
  try {
    results.works(client, column, await act());
  } catch (error) {
    results.failed(client, column, error);
  }
}

/** A message from each to each, every client alone (its server is the broker), then beside a broker. */
export async function roles(trial: Trial): Promise<void> {
  for (const role of ["broker", "follower"] as const) {
    const stage = trial.stage();
    const { model, shop } = stage;
    const standing = role === "follower" ? await trial.agent(stage, "standing", shop) : undefined;
    const texts = new Map<string, string>();
    for (const client of trial.clients) {
      await noting(trial, client, "send", async () => {
        const text = marker(`from-${client.name}-as-${role}`);
        const to = trial.clients.filter((other) => other !== client).map(nameOf);
        const asked = client.ask("send", { to: [...to, "collector"].join(), text });
        const from = model.shown.length;
        await trial.prompt(client, stage, trial.home(client, stage, false), asked);
        await model.sees("on disk", from, 1_000);
        texts.set(client.name, text);
        return undefined;
      });
    }
    for (const client of trial.clients) {
      await noting(trial, client, "check", async () => {
        const from = model.shown.length;
        const asked = client.ask("check", {});
        await trial.prompt(client, stage, trial.home(client, stage, false), asked);
        for (const [sender, text] of texts) {
          if (sender !== client.name) await model.sees(text, from, 1_000);
        }
        return undefined;
      });
    }
    await standing?.close();
  }
}

/** A check that waits is ended by a message. */
export async function waited(trial: Trial): Promise<void> {
  for (const client of trial.clients) {
    await noting(trial, client, "wait", async () => {
      const stage = trial.stage();
      const peer = await trial.agent(stage, "peer", stage.shop);
      const asked = client.ask("check", { wait_s: 40 });
      const over = trial.prompt(client, stage, trial.home(client, stage, false), asked);
      over.catch(() => {});
      try {
        await Promise.race([seen(peer, client, /^waiting/), over]);
        const ms = await sendAndSee(peer, client, stage.model);
        await over;
        return ms;
      } finally {
        await peer.close();
      }
    });
  }
}

/** Resolves when `peer` finds that the client's agent is as `presence` says. */
async function seen(peer: RawAgent, client: AiClient, presence: RegExp): Promise<void> {
  for (;;) {
    const { agents } = await peer.call("list", {}) as {
      agents: { name: string; presence: string }[];
    };
    const agent = agents.find(({ name }) => name === nameOf(client));
    if (agent !== undefined && presence.test(agent.presence)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function sendAndSee(peer: RawAgent, client: AiClient, model: MockModel): Promise<number> {
  const text = marker("shown");
  const from = model.shown.length;
  const sentMs = performance.now();
  await peer.call("send", { to: nameOf(client), text });
  const { atMs } = await model.sees(text, from);
  return atMs - sentMs;
}

/** A message that comes while a tool runs is shown by a hook at the next step, once. */
export async function hooked(trial: Trial): Promise<void> {
  for (const client of trial.clients) {
    if (!client.hasHooks) {
      trial.results.cannot(client, "hook at next turn", "has no hooks");
      continue;
    }
    await noting(trial, client, "hook at next turn", async () => {
      const stage = trial.stage();
      const peer = await trial.agent(stage, "peer", stage.shop);
      // The tool waits for an answer that nobody gives; what comes meanwhile is not one.
      const busy = { to: "peer-shop", text: "busy", "wait_s": 8 };
      const asked = `${client.ask("send", busy)} ${client.ask("check", {})}`;
      const from = stage.model.shown.length;
      const over = trial.prompt(client, stage, trial.home(client, stage, true), asked);
      over.catch(() => {});
      try {
        const { messages } = await peer.call("check", { wait_s: 100 }) as { messages: unknown[] };
        if (messages.length !== 1) throw new Error("the client's session sent nothing");
        const ms = await sendAndSee(peer, client, stage.model);
        await over;
        const none = stage.model.shown.slice(from).some(({ body }) =>
          body.includes("No messages for")
        );
        if (!none) throw new Error("the check after the hook was not empty");
        return ms;
      } finally {
        await peer.close();
      }
    });
  }
}

/** A session that waits for its user is woken by a message. */
export async function woken(trial: Trial): Promise<void> {
  for (const client of trial.clients) {
    if (!client.isWoken) {
      trial.results.cannot(client, "woken when idle", "cannot be woken");
      continue;
    }
    await noting(trial, client, "woken when idle", async () => {
      const stage = trial.stage();
      const { model } = stage;
      const peer = await trial.agent(stage, "peer", stage.shop);
      const home = trial.home(client, stage, true);
      const [call] = callsIn(client.ask("check", {}));
      model.reacts({ pattern: /messages wait for you/, call: call! });
      await using terminal = await TerminalSession.start(client, stage, home);
      try {
        await begin(terminal, client, model);
        await seen(peer, client, /^idle, can be woken/);
        return await sendAndSee(peer, client, model);
      } catch (error) {
        throw new Error(`${error}\n${await terminal.screen()}`);
      } finally {
        model.reacts();
        await peer.close();
      }
    });
  }
}

/** A first turn, in which the model looks at the list: its session is known by that. */
async function begin(
  terminal: TerminalSession,
  client: AiClient,
  model: MockModel,
): Promise<void> {
  await terminal.shows(/[>›❯]/);
  const from = model.shown.length;
  await terminal.type(client.ask("list", {}));
  await model.sees("peer-shop", from, 120_000);
  await terminal.shows(/done/);
}

/** Two clients talk; the broker, a third process, is killed while both wait. */
export async function conversation(trial: Trial): Promise<void> {
  const [claude, gemini] = ["claude", "gemini"].map((name) =>
    trial.clients.find((client) => client.name === name)
  );
  if (claude === undefined || gemini === undefined) return;
  const stage = trial.stage();
  const { model } = stage;
  const broker = await trial.agent(stage, "standing", stage.shop);
  const witness = await trial.agent(stage, "witness", stage.shop);
  const [question, answer] = [marker("question"), marker("answer")];
  const from = model.shown.length;
  const listens = trial.prompt(
    gemini,
    stage,
    trial.home(gemini, stage, false),
    `${gemini.ask("check", { wait_s: 100 })} ` +
      gemini.ask("send", { to: nameOf(claude), text: answer }),
  );
  const waits = seen(witness, gemini, /^waiting/).then(async () => {
    await broker.kill();
    await trial.prompt(
      claude,
      stage,
      trial.home(claude, stage, false),
      claude.ask("send", { to: nameOf(gemini), text: question }) + " " +
        claude.ask("check", { wait_s: 100 }),
    );
  });
  try {
    await Promise.all([listens, waits]);
    // Each text stands in its sender's own prompt: it is the other one who has to have seen it.
    await model.sees(question, from, 1_000, /generateContent/i);
    await model.sees(answer, from, 1_000, /^\/v1\/messages/);
    trial.results.line("Claude Code and Gemini CLI talked on after their broker was killed.");
  } catch (error) {
    trial.results.line(`The conversation broke with the broker: ${error}`, false);
  } finally {
    await witness.close();
  }
}
