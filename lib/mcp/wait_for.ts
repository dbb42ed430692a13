import type { CheckResult } from "../core/types.ts";
import { mcpLimits } from "./mcp_limits.ts";
import type { ToolCall } from "./tool.ts";

/** A wait that is over, and what it brought. */
export interface Waited {
  readonly result: CheckResult;
  /** `45 s`, or what the client's limit made of a longer wish. */
  readonly length: string;
}

/**
 * Takes messages from the bus, as many as one result carries, waiting up to `waitS` seconds for the
 * first one but never longer than the client lets a call last; meanwhile the client hears now and
 * then that the call is alive. Rejects as `bus.check` does.
 */
export async function waitFor(
  call: ToolCall,
  what: string,
  waitS: number,
  replyTo?: number,
): Promise<Waited> {
  const { session, signal, hasProgress } = call;
  const { client } = session;
  const longestMs = hasProgress ? client.waitWithProgressMs ?? client.waitMs : client.waitMs;
  const waitMs = Math.min(Math.ceil(waitS * 1000), longestMs);
  let elapsedMs = 0;
  const alive = setInterval(() => {
    elapsedMs += mcpLimits.progressMs;
    call.progress(elapsedMs, waitMs, `Waiting for ${what}`);
  }, mcpLimits.progressMs);
  try {
    const options = {
      waitMs,
      textBytes: mcpLimits.checkTextBytes,
      ...(replyTo === undefined ? {} : { replyTo }),
    };
    const result = call.took(await session.bus.check(options, signal));
    const cut = waitS * 1000 > waitMs ? ` (the longest wait that ${client.title} allows)` : "";
    return { result, length: `${waitMs / 1000} s${cut}` };
  } finally {
    clearInterval(alive);
  }
}
