import type { Bus } from "../bus/bus.ts";
import type { PausedView, StoppedView } from "../core/bus_events.ts";
import { HustingsError } from "../core/errors.ts";
import { exitCodes } from "./exit_codes.ts";
import { onBus } from "./on_bus.ts";
import { expectWords, wholeOption } from "./option_values.ts";
import { plainJson } from "./plain_text.ts";
import { prose, writeOut } from "./terminal.ts";
import { busOptions } from "./verb.ts";
import type { Call, OptionSpec } from "./verb.ts";

/** What is held up, or goes on. */
type Target = { readonly name: string } | { readonly thread: number };

/** What a verb says of what it did. */
export interface HoldUpWords {
  paused(name: string, now: PausedView): string;
  stopped(thread: number): string;
}

/** The options of the verbs `pause` and `resume`; `verb` is what they do, in the words of the help. */
export function holdUpOptions(verb: string): Readonly<Record<string, OptionSpec>> {
  return {
    all: { type: "boolean", help: `${verb} everyone` },
    conversation: {
      type: "string",
      value: "ID",
      help: `${verb} the conversation of this message`,
    },
    ...busOptions,
  };
}

/** Carries out the verb `pause` or `resume`. */
export function holdUp(call: Call, verb: "pause" | "resume", words: HoldUpWords) {
  const target = targetOf(call, verb);
  return onBus(call, async (bus) => {
    const { result, text } = await carryOut(bus, target, verb === "pause", words);
    await writeOut(call.json ? `${plainJson(result)}\n` : prose(`${text}\n`));
    return exitCodes.ok;
  });
}

async function carryOut(
  bus: Bus,
  target: Target,
  isHeldUp: boolean,
  words: HoldUpWords,
): Promise<{ result: PausedView | StoppedView; text: string }> {
  if ("thread" in target) {
    const result = await bus.stopThread({ ...target, stopped: isHeldUp });
    return { result, text: words.stopped(target.thread) };
  }
  const result = await bus.pause({ ...target, paused: isHeldUp });
  return { result, text: words.paused(target.name, result) };
}

function targetOf(call: Call, verb: string): Target {
  expectWords(call, verb, 1);
  const [name] = call.words;
  const thread = wholeOption(call, "conversation", 1, Number.MAX_SAFE_INTEGER);
  const isAll = call.values["all"] === true;
  const targets: Target[] = [
    ...(name === undefined ? [] : [{ name }]),
    ...(isAll ? [{ name: "*" }] : []),
    ...(thread === undefined ? [] : [{ thread }]),
  ];
  const [target] = targets;
  if (target !== undefined && targets.length === 1) return target;
  throw new HustingsError(
    "bad_request",
    `'${verb}' needs one of these: hustings ${verb} NAME, hustings ${verb} --all or ` +
      `hustings ${verb} --conversation ID`,
  );
}
