import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { nameKey } from "../../core/names.ts";
import type { RenameResult } from "../../core/types.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import { checkOwnName, claimOf } from "./take_name.ts";
import type { Roll } from "./take_name.ts";

/**
 * Changes the name of `mailbox`. Mail that waits under the new name comes along; the old name
 * forwards for two hours. Repeating it changes nothing. Throws `bad_name` or `name_in_use`.
 */
export function changeName(
  { mailboxes }: Pick<Transaction, "mailboxes">,
  mailbox: Mailbox,
  name: string,
  roll: Roll,
  atMs: number,
): RenameResult {
  checkOwnName(name);
  const owner = mailbox.owner;
  const who = owner ?? { client: "", directory: "" };
  const forwardsUntilMs = atMs + limits.forwardMs;
  const target = mailboxes.byName(name) ?? mailboxes.forwarded(name, atMs);
  if (target !== undefined && target.id !== mailbox.id) {
    const claim = claimOf(target, { ...who, shared: mailbox.shared }, roll, atMs);
    if (claim !== "free") throw new HustingsError("name_in_use", refusal(claim, name));
    if (nameKey(target.name) === nameKey(name)) mailboxes.absorb(mailbox.id, target.id);
  }
  if (mailbox.name !== name) mailboxes.rename(mailbox.id, name, forwardsUntilMs);
  return { name, former: mailbox.name, forwardsUntilMs };
}

function refusal(claim: "early" | { readonly refused: string }, name: string): string {
  if (claim !== "early") return claim.refused;
  return `'${name}' was in use a moment ago: try again in a second, or choose another name`;
}
