import { nameKey } from "../../core/names.ts";
import type { RenameResult } from "../../core/types.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import type { Roll } from "./take_name.ts";

/** The name under which the bus itself speaks; nobody else can have it. */
const busName = "hustings";

/**
 * Tells the agents that are here that one of them has another name now. Returns the mailboxes that
 * got the notice; none when only the spelling changed.
 */
export function announceRename(
  { mailboxes, messages }: Transaction,
  renamed: Mailbox,
  { name, former, forwardsUntilMs }: RenameResult,
  roll: Roll,
  atMs: number,
): number[] {
  if (nameKey(name) === nameKey(former)) return [];
  const told = mailboxes.all()
    .filter((other) => other.id !== renamed.id && !other.shared && roll.isHere(other.id))
    .map((other) => other.id);
  if (told.length === 0) return [];
  const sender = mailboxes.byName(busName) ?? mailboxes.create(busName, atMs);
  const hours = Math.round((forwardsUntilMs - atMs) / 3600_000);
  messages.insert({
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
  return told;
}

/** The bus has no randomness of its own: what happens twice in one instant is numbered. */
function freshUuid(messages: Transaction["messages"], base: string): string {
  for (let n = 1;; n++) {
    const uuid = `${base}-${n}`;
    if (messages.byUuid(uuid) === undefined) return uuid;
  }
}
