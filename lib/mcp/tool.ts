import * as z from "zod";
import type { Handed } from "../bus/bus.ts";
import type { CheckResult } from "../core/types.ts";
import { explainArguments } from "./explain_arguments.ts";
import type { Session } from "./session.ts";

/** One call of a tool, as the tool sees it. */
export interface ToolCall {
  readonly session: Session;
  /** Fires when nobody wants the answer any more: a wait ends then. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /**
   * Hands over what a check brought: the caller owns it until the answer that shows it was read.
   * Returns what to show.
   */
  readonly took: (handed: Handed) => CheckResult;
  /** A message as the model is shown it: a long text by its beginning and a path. */
  readonly shown: <M extends { readonly id: number; readonly text: string }>(message: M) => M;
  /** The directories in which the client works, the agent's own first, and others that may be shared from. */
  readonly directories: () => Promise<readonly string[]>;
  /** The client hears of the call's progress. */
  readonly hasProgress: boolean;
  /** Tells the client that the call still waits; does nothing where it does not want to know. */
  readonly progress: (elapsedMs: number, totalMs: number, what: string) => void;
}

/** What a tool answers: the same facts as data and as text. */
export interface Outcome {
  readonly fields: Record<string, unknown>;
  readonly text: string;
}

export interface Tool {
  readonly name: string;
  /** The tool as `tools/list` shows it. */
  readonly listing: Record<string, unknown>;
  /** Checks the arguments and runs. Rejects with a `HustingsError` that can be shown. */
  run(args: Record<string, unknown>, call: ToolCall): Promise<Outcome>;
}

interface ToolParts<Input extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  /** Those that differ from the defaults of the protocol; a tool of the bus alone destroys nothing. */
  readonly annotations: { readonly readOnlyHint?: true; readonly idempotentHint?: true };
  /** It does what somebody else has written, which may be anything. */
  readonly actsOutside?: true;
  /** Claude Code defers tools behind a search, except those that say otherwise. */
  readonly alwaysLoad?: true;
  readonly run: (args: z.infer<Input>, call: ToolCall) => Promise<Outcome>;
}

/** Makes a tool of its parts. */
export function makeTool<Input extends z.ZodObject>(parts: ToolParts<Input>): Tool {
  const { name, description, input } = parts;
  return {
    name,
    listing: {
      name,
      description,
      inputSchema: inputSchema(input),
      annotations: annotationsOf(parts),
      ...(parts.alwaysLoad ? { _meta: { "anthropic/alwaysLoad": true } } : {}),
    },
    run: (args, call) => {
      const parsed = input.safeParse(args);
      if (!parsed.success) {
        throw explainArguments(name, Object.keys(input.shape), args, parsed.error);
      }
      return parts.run(parsed.data, call);
    },
  };
}

/** Whether it destroys is asked of a tool only that changes something. */
function annotationsOf(
  { annotations: own, actsOutside }: Pick<ToolParts<z.ZodObject>, "annotations" | "actsOutside">,
): Record<string, boolean> {
  if (actsOutside) return { ...own, destructiveHint: true, openWorldHint: true };
  const harmless = own.readOnlyHint ? {} : { destructiveHint: false };
  return { ...own, ...harmless, openWorldHint: false };
}

function inputSchema(input: z.ZodObject): unknown {
  const { $schema: _, ...schema } = z.toJSONSchema(input, {
    io: "input",
    override: ({ jsonSchema }) => {
      // The range of numbers, and that other fields are refused, is said to who needs to hear it.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.minimum;
      delete jsonSchema.additionalProperties;
    },
  });
  return schema;
}
