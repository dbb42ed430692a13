import type { MemberView } from "../core/types.ts";

/** Orders members for their reader: itself, who is here, then who is away, the latest first. */
export function byNearness(a: MemberView, b: MemberView): number {
  const rank = (member: MemberView) => member.me ? 0 : member.presence === "away" ? 2 : 1;
  return rank(a) - rank(b) || (a.presence === "away" ? b.sinceMs - a.sinceMs : 0) ||
    (a.name < b.name ? -1 : 1);
}
