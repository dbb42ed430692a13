import { encodeFrame, FrameParser } from "../../core/frame.ts";
import { limits } from "../../core/limits.ts";
import type { StatusResult } from "../../core/types.ts";
import { decodeReply, encodeRequest } from "../../core/wire.ts";
import { systemClock } from "../../member/system_clock.ts";

/**
 * Asks a broker for its status over a proven connection, as somebody who is no member, and closes
 * it. Undefined where it gives none: it is older, or it stopped or went meanwhile.
 */
export async function askStatus(conn: Deno.TcpConn): Promise<StatusResult | undefined> {
  const stop = systemClock.after(limits.silentMs, () => conn.close());
  try {
    const request = encodeFrame(encodeRequest({ id: 1, operation: { op: "status" } }));
    for (let at = 0; at < request.length;) at += await conn.write(request.subarray(at));
    const body = await firstBody(conn);
    const reply = body === undefined ? undefined : decodeReply(body);
    return reply !== undefined && "ok" in reply ? reply.ok as StatusResult : undefined;
  } catch {
    return undefined;
  } finally {
    stop();
    closeQuietly(conn);
  }
}

async function firstBody(conn: Deno.TcpConn): Promise<Uint8Array | undefined> {
  const parser = new FrameParser();
  const buffer = new Uint8Array(4096);
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) return undefined;
    const [body] = parser.push(buffer.subarray(0, count));
    if (body !== undefined) return body;
  }
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // The deadline was faster.
  }
}
