import { HustingsError, toHustingsError } from "../core/errors.ts";
import { nearNames } from "../core/names.ts";
import { version } from "../core/version.ts";
import { exitCodeOf, exitCodes } from "./exit_codes.ts";
import type { ExitCode } from "./exit_codes.ts";
import { overview, verbHelp } from "./help_text.ts";
import { parseCall } from "./parse_call.ts";
import { plainJson, plainText } from "./plain_text.ts";
import { remark, writeError, writeOut } from "./terminal.ts";
import type { Beyond, Verb } from "./verb.ts";
import { verbs } from "./verbs.ts";

/**
 * Carries out one command line and returns its exit code. It does not reject: what went wrong is on
 * stderr, as text or, with `--json`, as `{"error":{"code","message"}}`.
 */
export async function runCli(args: readonly string[], beyond: Beyond): Promise<number> {
  try {
    return await dispatch(args, beyond);
  } catch (thrown) {
    return await told(toHustingsError(thrown), wantsJson(args));
  }
}

async function dispatch(args: readonly string[], beyond: Beyond): Promise<ExitCode> {
  const [word, ...rest] = args;
  if (word === undefined || word === "--help" || word === "-h") return await shown(overview(verbs));
  if (word === "--version" || word === "-V") return await shown(`${version}\n`);
  if (word === "help") {
    return await shown(rest[0] === undefined ? overview(verbs) : verbHelp(verbNamed(rest[0])));
  }
  const verb = verbNamed(word);
  const call = parseCall(verb, rest);
  if (call.values["help"] === true) return await shown(verbHelp(verb));
  return await verb.run(call, beyond);
}

async function shown(text: string): Promise<ExitCode> {
  await writeOut(text);
  return exitCodes.ok;
}

function verbNamed(word: string): Verb {
  const verb = verbs.find((candidate) => candidate.name === word);
  if (verb !== undefined) return verb;
  const names = [...verbs.map((candidate) => candidate.name), "help"];
  if (word.startsWith("-")) {
    throw new HustingsError("bad_request", `The verb comes before '${word}': ${names.join(", ")}`);
  }
  const near = nearNames(word, names);
  const cure = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `use ${names.join(", ")}`;
  throw new HustingsError("bad_request", `There is no verb '${word}': ${cure}`);
}

async function told({ code, message }: HustingsError, json: boolean): Promise<ExitCode> {
  if (code === "cancelled") return exitCodes.interrupted; // who interrupts a command knows it
  const text = json
    ? plainJson({ error: { code, message } })
    : remark(`hustings: ${plainText(message)}`, 2);
  // A closed stderr leaves the exit code, which says it too.
  await writeError(`${text}\n`).catch(() => {});
  return exitCodeOf(code);
}

/** Asked of the raw words: what failed may be their reading. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).includes("--json");
}
