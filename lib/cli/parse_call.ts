import { parseArgs } from "node:util";
import { HustingsError } from "../core/errors.ts";
import { nearNames } from "../core/names.ts";
import type { Call, Verb } from "./verb.ts";

/** Reads what follows a verb. Throws `bad_request` naming the wrong option and its cure. */
export function parseCall(verb: Verb, args: readonly string[]): Call {
  const options = { ...verb.options, help: { type: "boolean" as const } };
  try {
    const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    const values: Call["values"] = { ...parsed.values };
    return { words: parsed.positionals, values, json: values["json"] === true };
  } catch (error) {
    throw explained(verb, Object.keys(options), error);
  }
}

function explained(verb: Verb, known: readonly string[], error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const option = /'--?([^' =]+)/.exec(error.message)?.[1] ?? "";
  const { code } = error as { code?: string };
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const near = nearNames(option, known).map((name) => `--${name}`).join(", ");
    const cure = near === "" ? `see 'hustings help ${verb.name}'` : `did you mean ${near}?`;
    return wrong(`'${verb.name}' has no such option '${option}': ${cure}; text goes after --`);
  }
  if (verb.options[option]?.type === "string") {
    const { value } = verb.options[option];
    return wrong(`Option --${option} needs a value: write --${option} ${value}`);
  }
  if (known.includes(option)) return wrong(`Option --${option} takes no value: leave it out`);
  return wrong(error.message);
}

function wrong(message: string): HustingsError {
  return new HustingsError("bad_request", message);
}
