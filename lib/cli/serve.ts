import { startMember } from "../bus/open_bus.ts";
import type { ElectionState } from "../core/election.ts";
import { busUrl } from "../bus/bus_url.ts";
import { HustingsError, toHustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Member } from "../member/member.ts";
import { onFarewell } from "../member/on_farewell.ts";
import { expectWords } from "./option_values.ts";
import { plainJson, plainText } from "./plain_text.ts";
import { prose, remark, writeError, writeOut } from "./terminal.ts";
import type { Call, Verb } from "./verb.ts";

export const serve: Verb = {
  name: "serve",
  summary: "be a broker without an agent, until it is stopped",
  usage: ["serve [--take-over] [--quiet]"],
  about:
    `Nobody needs this: on the bus of this machine any agent is the broker as well, and one that
is shared by way of a server ('hustings join') has none. It is for who wants the same process to
be it for long, as a service of the user. It takes part in the race as agents do: where
there is a broker it follows, and it takes over when that one goes. It has no name and is
in no list. With --take-over it asks the broker to hand over now; no request is lost by
that, and another 'hustings serve' stays what it is. It prints a line when it leads and when it
follows, and runs until SIGTERM, SIGINT or SIGHUP, with which it ends within ${limits.resignMs} ms and
the exit code 0. Where no port is left, or the store cannot be had, it says so and ends
with 4 or 1: whoever started it may start it again.`,
  options: {
    "take-over": { type: "boolean", help: "ask the present broker to hand over" },
    quiet: { type: "boolean", help: "print no line about it" },
    json: { type: "boolean", help: "print JSON, one value a line; errors too (on stderr)" },
  },
  json: `{"state":"leading"|"following","port","epoch"}   One line whenever that changes.`,
  run,
};

async function run(call: Call): Promise<never> {
  expectWords(call, "serve", 0);
  refuseElsewhere();
  const isQuiet = call.values["quiet"] === true;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  const started = Promise.withResolvers<Member>();
  const handovers = call.values["take-over"] === true ? new Handovers(started.promise) : undefined;
  const onState = (state: ElectionState) => {
    if (state.kind === "stopped") return reject(state.error);
    if (state.kind !== "leading" && state.kind !== "following") return;
    if (!isQuiet) say(state, call.json);
    handovers?.consider(state);
  };
  const starting = startMember({ standing: true, onState });
  // A signal may come before there is anything to leave.
  onFarewell(() => starting.then((member) => member.leave(), () => {}));
  started.resolve(await starting);
  return await stopped;
}

/** On a bus that rests on a server nobody follows a broker. */
function refuseElsewhere(): void {
  const named = busUrl();
  if (named === undefined) return;
  throw new HustingsError(
    "bad_request",
    `'serve' is for the bus of this machine, and your agents meet on a server, by the word of ${named.source}: ` +
      "they need no broker. 'hustings join local' leads them back",
  );
}

type Settled = Extract<ElectionState, { kind: "leading" | "following" }>;

/** Whoever reads it may be gone: that is no reason to end. */
function say({ kind, port, epoch }: Settled, json: boolean): void {
  const text = kind === "leading"
    ? `Leads the bus on port ${port}, epoch ${epoch}.`
    : `Follows the broker on port ${port}, epoch ${epoch}, and takes over when it goes.`;
  const line = json ? plainJson({ state: kind, port, epoch }) : prose(text, 2);
  writeOut(`${line}\n`).catch(() => {});
}

/** Asks each broker that it comes to follow to hand over, until it leads, or has asked often enough. */
class Handovers {
  readonly #member: Promise<Member>;
  /** How often it asks still. */
  #left: number = limits.handovers;
  #isOver = false;

  constructor(member: Promise<Member>) {
    this.#member = member;
  }

  consider({ kind }: Settled): void {
    if (kind === "leading") this.#isOver = true;
    if (this.#isOver) return;
    if (this.#left > 0) this.#ask();
    else this.#giveUp("another process was faster each time");
  }

  async #ask(): Promise<void> {
    this.#left -= 1;
    try {
      const member = await this.#member;
      const { yields } = await member.request({ op: "handover" }).reply;
      if (!yields) this.#giveUp("the broker is another 'hustings serve'");
    } catch (error) {
      this.#giveUp(toHustingsError(error).message);
    }
  }

  #giveUp(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const text = `hustings: It was not handed over: ${plainText(why)}. This process follows, and ` +
      "takes over when the broker goes.";
    writeError(`${remark(text, 2)}\n`).catch(() => {});
  }
}
