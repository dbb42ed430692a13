import type * as z from "zod";
import { HustingsError } from "../core/errors.ts";
import { nearNames } from "../core/names.ts";
import { mcpLimits } from "./mcp_limits.ts";

/**
 * What is wrong with the arguments of a tool as one sentence: the argument, its value and the cure.
 * The texts of the schemas (`z.int("must be …")`) are its predicates.
 */
export function explainArguments(
  tool: string,
  known: readonly string[],
  args: Record<string, unknown>,
  error: z.ZodError,
): HustingsError {
  const stranger = Object.keys(args).find((name) => !known.includes(name));
  const why = stranger === undefined
    ? wrongValue(error.issues[0]!, args)
    : unknownArgument(tool, stranger, known);
  return new HustingsError("bad_request", why);
}

function unknownArgument(tool: string, stranger: string, known: readonly string[]): string {
  const near = nearNames(stranger, known)[0];
  const meant = near === undefined ? "" : `: did you mean '${near}'?`;
  const takes = known.length === 0 ? "no arguments" : known.join(", ");
  return `${tool} has no argument '${stranger.slice(0, mcpLimits.shownLength)}'${meant || ";"} ` +
    `${meant === "" ? "it" : "It"} takes ${takes}`;
}

function wrongValue(issue: z.core.$ZodIssue, args: Record<string, unknown>): string {
  const name = String(issue.path[0]);
  if (args[name] === undefined) return `'${name}' is missing: it ${issue.message}`;
  return `'${name}' is ${shown(args[name])}: it ${issue.message}`;
}

function shown(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > mcpLimits.shownLength ? `${json.slice(0, mcpLimits.shownLength)}…` : json;
}
