import type { Mailboxes } from "../../store/store.ts";

/** The box that has the name, or to which it still leads; none where nobody has had it. */
export function boxesByName(mailboxes: Mailboxes, name: string, nowMs: number): number[] {
  const found = mailboxes.byName(name) ?? mailboxes.forwarded(name, nowMs);
  return found === undefined ? [] : [found.id];
}
