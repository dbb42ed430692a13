import { HustingsError } from "../../core/errors.ts";
import { invariant } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import { nameKey, nearNames } from "../../core/names.ts";
import type { SendOperation } from "../../core/operations.ts";
import type { Mailbox, StoredMessage, Transaction } from "../../store/store.ts";
import type { Admission } from "./admission.ts";
import { passStop } from "./hold_up.ts";
import type { Step } from "./news.ts";
import { namedRoom } from "./rooms.ts";
import { checkOwnName } from "./take_name.ts";

/** One reader of a message, and how its name was found. */
export interface Recipient {
  readonly mailbox: Mailbox;
  /** The sender wrote this older name; it forwards. */
  readonly writtenAs?: string;
  /** Names that look like this one, which nobody has. */
  readonly near?: readonly string[];
}

export interface AcceptedMessage {
  readonly id: number;
  readonly atMs: number;
  readonly recipients: readonly Recipient[];
  /** False for a repeat of one that was stored before. */
  readonly isNew: boolean;
  /** A person has let the conversation go on by this. */
  readonly resumed?: boolean;
  /** What it is for the message that it answers. */
  readonly answered?: Step | undefined;
}

const encoder = new TextEncoder();

/** Throws what is wrong with a message before anything of it is stored. */
export function checkMessage(operation: SendOperation): void {
  if (operation.text.trim() === "") {
    throw new HustingsError("empty_text", "The text is empty: write what the others should read");
  }
  // A UTF-16 unit has at most three bytes, so most texts need no counting.
  const { text } = operation;
  const bytes = text.length * 3 <= limits.textBytes ? 0 : encoder.encode(text).length;
  if (bytes > limits.textBytes) {
    throw new HustingsError(
      "too_large",
      `The text has ${bytes} bytes; the limit is ${limits.textBytes}: ` +
        "put it into a file and send its path, or send it in parts",
    );
  }
  if (operation.to.length === 0 && operation.replyTo === undefined) {
    throw new HustingsError(
      "no_recipient",
      "Nobody is named to send to: give one or more names, '*' for everyone, or the message to answer",
    );
  }
}

/**
 * Stores a message and queues it for its readers. A repeat with the same UUID stores nothing and
 * returns what the first one did. Throws `bad_name`, `no_recipient`, `no_such_message` or
 * `too_many_requests`; then nothing was sent to anyone.
 */
export function acceptMessage(
  transaction: Transaction,
  { sender, isHuman }: { readonly sender: Mailbox; readonly isHuman: boolean },
  operation: SendOperation,
  admission: Admission,
  atMs: number,
): AcceptedMessage {
  const { messages } = transaction;
  const known = messages.byUuid(operation.message);
  if (known !== undefined) return repeated(transaction, known);
  const original = originalOf(transaction, sender, operation.replyTo);
  const recipients = operation.to.length > 0
    ? namedRecipients(transaction, sender, operation.to, atMs)
    : answerRecipients(transaction, sender, original!);
  const readers = recipients.map((recipient) => recipient.mailbox.id);
  const resumed = original !== undefined && passStop(transaction, original.thread, isHuman);
  if (original !== undefined) admission.answer(original.thread, isHuman);
  admission.send(transaction, sender.id, operation.text, readers);
  const id = messages.insert({
    uuid: operation.message,
    sender: sender.id,
    from: sender.name,
    to: operation.to.length > 0 ? operation.to : [original!.from],
    thread: original?.thread,
    replyTo: original?.id,
    atMs,
    text: operation.text,
  }, readers);
  const answered = original !== undefined && messages.answered(sender.id, original.id, atMs)
    ? {
      sender: original.sender,
      message: original.id,
      reader: sender,
      state: "answered" as const,
      atMs,
    }
    : undefined;
  return { id, atMs, recipients, isNew: true, resumed, answered };
}

function repeated(transaction: Transaction, known: StoredMessage): AcceptedMessage {
  const recipients = readersOf(transaction, known);
  return { id: known.id, atMs: known.atMs, recipients, isNew: false };
}

function readersOf({ mailboxes, messages }: Transaction, { id }: StoredMessage): Recipient[] {
  return messages.deliveries(id).map(({ mailbox }) => known(mailboxes.byId(mailbox)));
}

function known(mailbox: Mailbox | undefined): Recipient {
  invariant(mailbox !== undefined, "a recipient has a mailbox");
  return { mailbox };
}

function originalOf(
  { messages }: Transaction,
  sender: Mailbox,
  replyTo: number | undefined,
): StoredMessage | undefined {
  if (replyTo === undefined) return undefined;
  const original = messages.byId(replyTo);
  const mine = original !== undefined &&
    (original.sender === sender.id || messages.isRecipient(sender.id, replyTo));
  if (mine) return original;
  throw new HustingsError(
    "no_such_message",
    `Message ${replyTo} is none that you sent or received: look up its id in your history`,
  );
}

/** An answer without names goes to the asker; to one's own message, to those who got that. */
function answerRecipients(
  transaction: Transaction,
  sender: Mailbox,
  original: StoredMessage,
): Recipient[] {
  if (original.sender === sender.id) return readersOf(transaction, original);
  return [known(transaction.mailboxes.byId(original.sender))];
}

function namedRecipients(
  transaction: Transaction,
  sender: Mailbox,
  names: readonly string[],
  atMs: number,
): Recipient[] {
  const found = new Map<number, Recipient>();
  for (const name of names) {
    const recipients = name === "*"
      ? everyone(transaction, sender, atMs)
      : name.startsWith("#")
      ? everyoneIn(transaction, name, sender, atMs)
      : [recipientOf(transaction, name, atMs)];
    for (const recipient of recipients) {
      const { id } = recipient.mailbox;
      if (!found.has(id)) found.set(id, recipient);
    }
  }
  return [...found.values()];
}

/** All agents that are here or were within a week, but for the sender. */
function everyone({ mailboxes }: Transaction, sender: Mailbox, atMs: number): Recipient[] {
  const others = mailboxes.all().filter((mailbox) => isReader(mailbox, sender, atMs));
  if (others.length > 0) return others.map((mailbox) => ({ mailbox }));
  throw new HustingsError(
    "no_recipient",
    "Nobody else has been on this bus yet, so '*' reaches nobody: " +
      "send to a name instead, and the message waits for it",
  );
}

function isReader(mailbox: Mailbox, sender: Mailbox, atMs: number): boolean {
  return mailbox.id !== sender.id && mailbox.owner !== undefined &&
    (mailbox.instance !== undefined || mailbox.sinceMs > atMs - limits.keepMs);
}

/** The same of those who are in the room `written`. */
function everyoneIn(
  transaction: Transaction,
  written: string,
  sender: Mailbox,
  atMs: number,
): Recipient[] {
  const room = namedRoom(transaction, written, ", so nothing was sent");
  const members = transaction.rooms.members(room.id).map((id) => transaction.mailboxes.byId(id)!);
  const others = members.filter((mailbox) => isReader(mailbox, sender, atMs));
  if (others.length > 0) return others.map((mailbox) => ({ mailbox }));
  throw new HustingsError(
    "no_recipient",
    `Nobody else is in '#${room.name}', so nothing was sent: send to a name, or to '*' for everyone`,
  );
}

function recipientOf({ mailboxes }: Transaction, name: string, atMs: number): Recipient {
  const known = mailboxes.byName(checkOwnName(name));
  if (known !== undefined && known.owner !== undefined) return { mailbox: known };
  const forwarded = known === undefined ? mailboxes.forwarded(name, atMs) : undefined;
  if (forwarded !== undefined) return { mailbox: forwarded, writtenAs: name };
  const owned = mailboxes.all().filter((mailbox) => mailbox.owner !== undefined);
  const near = nearNames(nameKey(name), owned.map((mailbox) => mailbox.name));
  const mailbox = known ?? mailboxes.create(name, atMs);
  return { mailbox, ...(near.length > 0 ? { near } : {}) };
}
