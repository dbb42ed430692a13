import { HustingsError } from "../../core/errors.ts";
import type { AdoptOperation, ImportOperation } from "../../core/import_operations.ts";
import { limits } from "../../core/limits.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import { checkMessage } from "./accept_message.ts";
import type { Admission } from "./admission.ts";
import { checkOwnName } from "./take_name.ts";

/** What was taken in of another program. */
export interface TakenIn {
  /** False for what was here already. */
  readonly isNew: boolean;
  /** The mailboxes that have a message by it. */
  readonly readers: readonly number[];
  readonly message?: number;
}

/**
 * Takes in a message or a name of another program; `importer` is the mailbox of who brings it. Throws
 * `bad_name`, `too_large`, `too_many_requests`, and `name_in_use` for a name that cannot forward, as it is
 * somebody's own here; then nothing was taken.
 */
export function takeIn(
  transaction: Transaction,
  importer: number,
  operation: ImportOperation | AdoptOperation,
  admission: Admission,
  atMs: number,
): TakenIn {
  return operation.op === "adopt"
    ? { isNew: adopt(transaction, operation, atMs), readers: [] }
    : takeMessage(transaction, importer, operation, admission, atMs);
}

function takeMessage(
  transaction: Transaction,
  importer: number,
  { message: uuid, from, to, text: written, ...origin }: ImportOperation,
  admission: Admission,
  atMs: number,
): TakenIn {
  const { mailboxes, messages } = transaction;
  if (messages.byUuid(uuid) !== undefined) return { isNew: false, readers: [] };
  // Whoever reads it has to know that it did not come from that agent now.
  const text = `(imported from ${origin.source}; written ${origin.written})\n\n${written}`;
  checkMessage({ op: "send", message: uuid, to: [to], text });
  const sender = addressOf(mailboxes, from, atMs);
  const reader = addressOf(mailboxes, to, atMs);
  admission.send(transaction, importer, text, [reader.id]);
  const envelope = { uuid, sender: sender.id, from, to: [to], atMs, text };
  const message = messages.insert({ ...envelope, thread: undefined, replyTo: undefined }, [
    reader.id,
  ]);
  return { isNew: true, readers: [reader.id], message };
}

/** Who is called so, or was until lately, or will be. */
function addressOf(mailboxes: Transaction["mailboxes"], name: string, atMs: number): Mailbox {
  const known = mailboxes.byName(checkOwnName(name)) ?? mailboxes.forwarded(name, atMs);
  return known ?? mailboxes.create(name, atMs);
}

/**
 * Keeps a name, and lets the former one lead to it; false where all of it was here. Throws `bad_name` or
 * `name_in_use`.
 */
export function adopt(
  { mailboxes }: Pick<Transaction, "mailboxes">,
  operation: AdoptOperation,
  atMs: number,
): boolean {
  const { name, former, untilMs } = operation;
  const known = mailboxes.byName(checkOwnName(name)) ?? mailboxes.forwarded(name, atMs);
  const mailbox = known ?? mailboxes.create(name, atMs);
  if (former === undefined || untilMs === undefined) return known === undefined;
  const other = mailboxes.byName(checkOwnName(former)) ?? mailboxes.forwarded(former, atMs);
  if (other?.id === mailbox.id) return false;
  if (other !== undefined) throw cannotForward(former, name);
  mailboxes.forward(former, mailbox.id, Math.min(untilMs, atMs + limits.forwardMs));
  return true;
}

function cannotForward(former: string, name: string): HustingsError {
  return new HustingsError(
    "name_in_use",
    `'${former}' does not forward to '${name}', because it leads to another mailbox here`,
  );
}
