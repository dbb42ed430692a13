import { isLegacy } from "../../core/legacy_owner.ts";
import { limits } from "../../core/limits.ts";
import { nameKey } from "../../core/names.ts";
import type { RenameResult } from "../../core/types.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import type { Roll } from "./take_name.ts";

/** The name under which the bus itself speaks; nobody else can have it. */
const busName = "hustings";

const notice = /^(\S+) is now called (\S+)\. /;

/**
 * Tells the agents that are here that one of them has another name now, and legacy scripts that were
 * here while the old one still forwards. Returns the notice and the mailboxes that got it; none when only
 * the spelling changed.
 */
export function announceRename(
  { mailboxes, messages }: Transaction,
  renamed: Mailbox,
  { name, former, forwardsUntilMs }: RenameResult,
  roll: Roll,
  atMs: number,
): { readonly told: readonly number[]; readonly message?: number } {
  if (nameKey(name) === nameKey(former)) return { told: [] };
  const isTold = (other: Mailbox) =>
    isLegacy(other.owner)
      ? other.sinceMs > atMs - limits.forwardMs
      : !other.shared && roll.isHere(other.id);
  const told = mailboxes.all()
    .filter((other) => other.id !== renamed.id && isTold(other))
    .map((other) => other.id);
  if (told.length === 0) return { told };
  const sender = mailboxes.byName(busName) ?? mailboxes.create(busName, atMs);
  const hours = Math.round((forwardsUntilMs - atMs) / 3600_000);
  const message = messages.insert({
    uuid: freshUuid(messages, `rename-${renamed.id}-${atMs}`),
    sender: sender.id,
    from: busName,
    to: ["*"],
    thread: undefined,
    replyTo: undefined,
    atMs,
    text:
      `${former} is now called ${name}. Messages to ${former} still reach it for ${hours} hours.`,
  }, told);
  return { told, message };
}

/** The two names of which such a notice tells; undefined for any other message. */
export function renamedIn(
  { from, text }: { readonly from: string; readonly text: string },
): { readonly former: string; readonly name: string } | undefined {
  const [, former, name] = from === busName ? notice.exec(text) ?? [] : [];
  return former === undefined || name === undefined ? undefined : { former, name };
}

/** The bus has no randomness of its own: what happens twice in one instant is numbered. */
function freshUuid(messages: Transaction["messages"], base: string): string {
  for (let n = 1;; n++) {
    const uuid = `${base}-${n}`;
    if (messages.byUuid(uuid) === undefined) return uuid;
  }
}
