import type { ExitCode } from "./exit_codes.ts";

/** One option of a verb. */
export interface OptionSpec {
  readonly type: "string" | "boolean";
  /** What stands for its value in the help: `SECONDS`. */
  readonly value?: string;
  readonly help: string;
  /** It may be given more than once. */
  readonly multiple?: boolean;
}

/** What was given for an option; of one that may be given more than once, all of it in order. */
export type OptionValue = string | boolean | readonly (string | boolean)[];

/** A command line that was understood. */
export interface Call {
  /** Everything that is no option. */
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, OptionValue | undefined>>;
  readonly json: boolean;
}

/** What belongs to a verb and lives in a later layer than the terminal. */
export interface Beyond {
  readonly dashboard: (call: Call) => Promise<ExitCode>;
}

/** One word that can follow `hustings`. */
export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** How to call it, without the leading `hustings`. */
  readonly usage: readonly string[];
  /** What its first word can be, where those are few and known: shells offer them. */
  readonly choices?: readonly string[];
  /** What more there is to know. */
  readonly about: string;
  /** Without `--help`, which each verb has. */
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** The shape that `--json` prints; absent where nothing is printed as JSON. */
  readonly json?: string;
  /** Does it; a rejection becomes the error text and its exit code. */
  readonly run: (call: Call, beyond: Beyond) => Promise<ExitCode>;
}

/** Options of every verb that joins the bus. */
export const busOptions: Readonly<Record<string, OptionSpec>> = {
  as: {
    type: "string",
    value: "NAME",
    help: "act under this name instead of the one made from the directory",
  },
  json: { type: "boolean", help: "print JSON, one value a line; errors too (on stderr)" },
};
