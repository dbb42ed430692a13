import type { HelloOperation } from "../../core/operations.ts";
import type { Mailboxes } from "../../store/store.ts";
import { boxesByName } from "./boxes_by_name.ts";

/** The boxes that a process may be given that says `hello`: those of its agent, and that of the name it wants. */
export function claimableBoxes(
  mailboxes: Mailboxes,
  { client, directory, name }: HelloOperation,
  nowMs: number,
): number[] {
  const own = mailboxes.ofOwner(client, directory).map(({ id }) => id);
  return name === undefined ? own : [...own, ...boxesByName(mailboxes, name, nowMs)];
}
