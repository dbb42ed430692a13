import type { Server } from "@modelcontextprotocol/sdk/server";
import type { ServerNotification } from "@modelcontextprotocol/sdk/types";
import { announcement } from "../agents/announcement.ts";
import { mcpLog } from "./mcp_log.ts";

/**
 * Whether the user has started Claude Code with a channel of this server and said so: the client tells
 * nobody, and drops what comes over a channel that is closed.
 */
export function hasChannel(): boolean {
  return Deno.env.get("HUSTINGS_CHANNEL") === "1";
}

/** The capability that asks for a channel; nothing where there is none. */
export function channelCapability(): { experimental?: Record<string, Record<string, never>> } {
  return hasChannel() ? { experimental: { "claude/channel": {} } } : {};
}

/**
 * Announces over the channel who has written. Not what: whether the channel brings it nobody learns, so
 * the messages stay queued. Returns false once the client is gone.
 */
export async function pushToChannel(server: Server, from: readonly string[]): Promise<boolean> {
  const params = { content: announcement(from), meta: { from: from.join(", ") } };
  const method = "notifications/claude/channel";
  try {
    await server.notification({ method, params } as unknown as ServerNotification);
    return true;
  } catch (error) {
    mcpLog(`channel: ${error}`);
    return false;
  }
}
