import * as z from "zod";
import { isLegacy } from "../core/legacy_owner.ts";
import type { ListResult, MemberView } from "../core/types.ts";
import { byNearness } from "../agents/by_nearness.ts";
import { oneLine } from "../agents/fenced.ts";
import type { Tool } from "./tool.ts";
import { doingWords } from "../agents/attention_words.ts";
import { makeTool } from "./tool.ts";
import { when } from "../agents/when.ts";

/** `list`: who is on the bus, the caller first, then who is here, then who is away. */
export function listTool(): Tool {
  return makeTool({
    name: "list",
    description:
      "List the agents: name, client, directory, rooms, what they do. Shows which one you are.",
    input: z.strictObject({}),
    annotations: { readOnlyHint: true },
    alwaysLoad: true,
    run: async (_args, call) => {
      const result = await call.session.bus.list();
      const nowMs = call.nowMs();
      const members = [...result.members].sort(byNearness);
      return {
        fields: {
          you: call.session.name,
          agents: members.map((member) => memberFields(member, nowMs)),
          ...(result.more === undefined ? {} : { more_away: result.more }),
          ...(result.unclaimed.length === 0 ? {} : { nobody_yet: unclaimed(result) }),
        },
        text: [
          ...members.map((member) => memberText(member, nowMs)),
          ...(result.more === undefined ? [] : [`${result.more} more that are away longer`]),
          ...(result.unclaimed.length === 0
            ? []
            : [`Nobody has these names yet: ${unclaimed(result)}`]),
        ].join("\n"),
      };
    },
  });
}

function memberFields(member: MemberView, nowMs: number): Record<string, unknown> {
  return {
    name: member.name,
    ...(member.me ? { you: true } : {}),
    ...(member.broker ? { broker: true } : {}),
    client: oneLine(member.client),
    ...(isLegacy(member) ? {} : { directory: oneLine(member.directory) }),
    ...(member.branch === undefined ? {} : { branch: oneLine(member.branch) }),
    ...(member.rooms.length === 0 ? {} : { rooms: member.rooms.join(" ") }),
    presence: presence(member, nowMs),
    ...(member.paused ? { paused: true } : {}),
    ...(member.unread === 0 ? {} : { unread: member.unread }),
  };
}

function memberText(member: MemberView, nowMs: number): string {
  const you = (member.me ? " (you)" : "") + (member.broker ? " (broker)" : "");
  const unread = member.unread === 0 ? "" : `; ${member.unread} unread`;
  const branch = member.branch === undefined ? "" : ` on ${oneLine(member.branch)}`;
  const rooms = member.rooms.map((room) => ` ${room}`).join("");
  const home = isLegacy(member) ? " script" : ` in ${oneLine(member.directory)}`;
  const place = `${oneLine(member.client)}${home}${branch}${rooms}`;
  const paused = member.paused ? ", paused by a person" : "";
  return `${member.name}${you}: ${place}; ${presence(member, nowMs)}${paused}${unread}`;
}

function presence(member: MemberView, nowMs: number): string {
  if (member.presence === "waiting") return "waiting for a message now";
  if (member.presence === "away" && isLegacy(member)) {
    return `checks now and then, last ${when(member.sinceMs, nowMs)}`;
  }
  if (member.presence === "away") return `away since ${when(member.sinceMs, nowMs)}`;
  return `${doingWords(member)} since ${when(member.activitySinceMs ?? member.sinceMs, nowMs)}`;
}

function unclaimed(result: ListResult): string {
  return result.unclaimed.map(({ name, unread }) => `${name} (${unread} queued)`).join(", ");
}
