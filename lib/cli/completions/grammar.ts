import type { Verb } from "../verb.ts";

/** What a shell can offer after `hustings`. */
export interface Grammar {
  readonly verbs: readonly GrammarVerb[];
  /** What can stand in the place of a verb. */
  readonly options: readonly GrammarOption[];
}

/** One verb, with what can follow it. */
export interface GrammarVerb {
  readonly name: string;
  readonly help: string;
  /** What its first word can be, as far as that is known. */
  readonly choices: readonly string[];
  readonly options: readonly GrammarOption[];
}

/** One option; `value` stands for what has to follow it, where something has to. */
export interface GrammarOption {
  readonly name: string;
  readonly help: string;
  readonly value?: string;
}

/** What the table of verbs says, and `help`, which is not in it. */
export function grammarOf(verbs: readonly Verb[]): Grammar {
  const helpOption = { name: "--help", help: "show this text" };
  const known = verbs.map(({ name, summary, choices, options }): GrammarVerb => ({
    name,
    help: summary,
    choices: choices ?? [],
    options: [
      ...Object.entries(options).map(([option, spec]) => ({
        name: `--${option}`,
        help: spec.help,
        ...(spec.type === "string" ? { value: spec.value ?? "VALUE" } : {}),
      })),
      helpOption,
    ],
  }));
  const help: GrammarVerb = {
    name: "help",
    help: "tell more about one verb",
    choices: known.map(({ name }) => name),
    options: [],
  };
  const version = { name: "--version", help: "tell the version" };
  return { verbs: [...known, help], options: [helpOption, version] };
}
