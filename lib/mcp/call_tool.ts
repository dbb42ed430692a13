import type { CallToolResult, ProgressToken, RequestId } from "@modelcontextprotocol/sdk/types";
import type { LongTexts } from "../agents/long_texts.ts";
import type { Handed } from "../bus/bus.ts";
import { toHustingsError } from "../core/errors.ts";
import { InvariantViolation } from "../core/invariant.ts";
import { nearNames } from "../core/names.ts";
import type { Deliveries } from "./deliveries.ts";
import { mcpLog } from "./mcp_log.ts";
import { rpcCodes, RpcError } from "./rpc_error.ts";
import type { Session } from "./session.ts";
import type { Outcome, Tool } from "./tool.ts";

/** One `tools/call` request, as it came. */
export interface CallRequest {
  readonly id: RequestId;
  readonly params: Record<string, unknown>;
  /** Fires when the client cancelled the request: its answer will not be sent. */
  readonly cancelled: AbortSignal;
  /** Fires when the client's input is over: what waits ends and is answered. */
  readonly ending: AbortSignal;
  /** What the session's model is shown in place of long texts. */
  readonly texts: LongTexts;
  /** Directories that may be shared from. */
  readonly directories: () => Promise<readonly string[]>;
  readonly notifyProgress: (progress: {
    progressToken: ProgressToken;
    progress: number;
    total: number;
    message: string;
  }) => Promise<void>;
}

/**
 * Runs the tool that `request` names and returns its result. What goes wrong with the bus or the
 * arguments is a result that says so; rejects with an `RpcError` only when there is no such call.
 */
export async function callTool(
  request: CallRequest,
  tools: readonly Tool[],
  session: Session,
  deliveries: Deliveries,
): Promise<CallToolResult> {
  const tool = findTool(request.params["name"], tools);
  const args = readArguments(request.params["arguments"]);
  let handed: Handed | undefined;
  try {
    await session.join();
    await session.called(request.params["_meta"]);
    // What this agent was shown before counts as read before it does the next thing.
    await deliveries.settled();
    const outcome = await tool.run(args, {
      session,
      signal: AbortSignal.any([request.cancelled, request.ending]),
      nowMs: Date.now,
      took: (messages) => {
        const { messages: marked, ...rest } = deliveries.marked(handed = messages);
        return { messages: marked.map((each) => request.texts.shown(each)), ...rest };
      },
      shown: (message) => request.texts.shown(message),
      directories: request.directories,
      hasProgress: progressTokenOf(request) !== undefined,
      progress: progressOf(request),
    });
    const result = success(outcome, session.takeNotice());
    // Last: from here on the fate of the response decides.
    if (handed !== undefined) deliveries.carry(request.id, handed, request.cancelled);
    return result;
  } catch (error) {
    if (handed !== undefined) deliveries.release(handed);
    return failure(tool.name, error);
  }
}

function findTool(name: unknown, tools: readonly Tool[]): Tool {
  const found = tools.find((tool) => tool.name === name);
  if (found !== undefined) return found;
  const known = tools.map((tool) => tool.name);
  const near = nearNames(String(name), known)[0];
  const cure = near === undefined ? `there are ${known.join(", ")}` : `did you mean '${near}'?`;
  throw new RpcError(
    rpcCodes.invalidParams,
    `There is no tool '${String(name).slice(0, 60)}': ${cure}`,
  );
}

/** A tool that needs nothing is called without arguments or, by some clients, with null. */
function readArguments(args: unknown): Record<string, unknown> {
  if (args === undefined || args === null) return {};
  if (typeof args === "object" && !Array.isArray(args)) return args as Record<string, unknown>;
  throw new RpcError(rpcCodes.invalidParams, "'arguments' must be an object");
}

function progressTokenOf({ params }: CallRequest): ProgressToken | undefined {
  return (params["_meta"] as { progressToken?: ProgressToken } | undefined)?.progressToken;
}

function progressOf(request: CallRequest) {
  const progressToken = progressTokenOf(request);
  return (elapsedMs: number, totalMs: number, message: string): void => {
    if (progressToken === undefined) return;
    request.notifyProgress({
      progressToken,
      progress: elapsedMs / 1000,
      total: totalMs / 1000,
      message,
    }).catch((error) => mcpLog(`progress: ${error}`));
  };
}

function success(outcome: Outcome, notice: string | undefined): CallToolResult {
  const { fields, text } = outcome;
  return {
    content: [{ type: "text", text: notice === undefined ? text : `${notice}\n\n${text}` }],
    structuredContent: notice === undefined ? fields : { notice, ...fields },
  };
}

function failure(tool: string, error: unknown): CallToolResult {
  // The program contradicts itself: the process must end, and another one takes over.
  if (error instanceof InvariantViolation) reportError(error);
  const { code, message } = toHustingsError(error);
  mcpLog(`${tool}: ${code}: ${message}`);
  const text = /[.?!]$/.test(message) ? message : `${message}.`;
  return { isError: true, content: [{ type: "text", text }] };
}
