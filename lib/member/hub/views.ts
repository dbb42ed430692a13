import { invariant } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import type {
  Attention,
  ListResult,
  MemberView,
  Presence,
  Receipt,
  ReceiptRecipient,
  StatusResult,
} from "../../core/types.ts";
import type { Mailbox, Room, Transaction } from "../../store/store.ts";
import type { AcceptedMessage, Recipient } from "./accept_message.ts";

/** Who is there and who waits, at this moment. */
export interface Presences {
  isHere(mailbox: number): boolean;
  isWaiting(mailbox: number): boolean;
  /** The process was a member under the last broker and may still come back. */
  mayReturn(instance: string): boolean;
  /** What is known of the session behind it. */
  attention(mailbox: number): Attention;
}

/** What a broker knows of itself. */
export interface BrokerFacts {
  readonly pid: number;
  /** Where it listens now: it may move. */
  port(): number;
  readonly epoch: number;
  readonly sinceMs: number;
  readonly version: string;
  readonly home: string;
  sizeBytes(): number;
  /** What the user has to be told about the store. */
  warnings(): string[];
}

export interface Viewpoint {
  /** Undefined for an observer, who is no member. */
  readonly me: number | undefined;
  /** The mailbox of the broker's own agent, if it has joined. */
  readonly broker: number | undefined;
  readonly presences: Presences;
  readonly nowMs: number;
}

/** The receipt of a stored message: to whom it goes and how each will notice. */
export function receiptOf(
  { id, atMs, recipients }: AcceptedMessage,
  presences: Presences,
): Receipt {
  return {
    id,
    atMs,
    recipients: recipients.map((each) => receiptLine(each, presences)),
  };
}

function receiptLine(
  { mailbox, writtenAs, near }: Recipient,
  presences: Presences,
): ReceiptRecipient {
  const presence = presenceOf(mailbox, presences);
  return {
    name: mailbox.name,
    ...(mailbox.owner === undefined ? {} : { client: mailbox.owner.client }),
    presence,
    ...(presence === "here" || presence === "waiting" ? presences.attention(mailbox.id) : {}),
    ...(presence === "away" ? { sinceMs: mailbox.sinceMs } : {}),
    ...(writtenAs === undefined ? {} : { writtenAs }),
    ...(near === undefined || presence !== "nobody" ? {} : { near }),
  };
}

/** All agents of the last week, those that are here first; and names that only have mail. */
export function listMembers({ mailboxes, rooms }: Transaction, view: Viewpoint): ListResult {
  const all = mailboxes.all();
  const roomsOf = rooms.ofAll();
  const members = all.filter((mailbox) => isKnown(mailbox, view)).map((mailbox) =>
    memberView(mailbox, roomsOf.get(mailbox.id) ?? [], view)
  );
  const here = (member: MemberView) => member.presence === "away" ? 1 : 0;
  members.sort((a, b) => here(a) - here(b));
  const unclaimed = all.filter((mailbox) => mailbox.owner === undefined && mailbox.accepted > 0);
  return {
    members,
    unclaimed: unclaimed.map(({ name, accepted }) => ({ name, unread: accepted })),
  };
}

/** What `status` answers: the broker, and the sums over all mailboxes. */
export function statusOf(
  transaction: Transaction,
  view: Viewpoint,
  facts: BrokerFacts,
): StatusResult {
  const all = transaction.mailboxes.all();
  const known = all.filter((mailbox) => isKnown(mailbox, view));
  const here = known.filter((mailbox) => view.presences.isHere(mailbox.id)).length;
  const nameOf = (id: number | undefined) => all.find((mailbox) => mailbox.id === id)?.name ?? "";
  const { pid, epoch, sinceMs, version, home } = facts;
  const warnings = facts.warnings();
  return {
    broker: { name: nameOf(view.broker), pid, port: facts.port(), epoch, sinceMs, version },
    me: nameOf(view.me),
    membersHere: here,
    membersAway: known.length - here,
    accepted: all.reduce((sum, mailbox) => sum + mailbox.accepted, 0),
    handed: all.reduce((sum, mailbox) => sum + mailbox.handed, 0),
    storeBytes: facts.sizeBytes(),
    home,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function isKnown(mailbox: Mailbox, { presences, nowMs }: Viewpoint): boolean {
  if (mailbox.owner === undefined) return false;
  return presences.isHere(mailbox.id) || mailbox.sinceMs > nowMs - limits.keepMs;
}

function memberView(
  mailbox: Mailbox,
  rooms: readonly Room[],
  { me, broker, presences }: Viewpoint,
): MemberView {
  invariant(mailbox.owner !== undefined, "a member has a client and a directory");
  const presence = presenceOf(mailbox, presences);
  return {
    name: mailbox.name,
    client: mailbox.owner.client,
    directory: mailbox.owner.directory,
    ...(mailbox.branch === undefined ? {} : { branch: mailbox.branch }),
    rooms: rooms.map(({ name }) => `#${name}`),
    presence,
    ...(presence === "away" ? {} : presences.attention(mailbox.id)),
    sinceMs: mailbox.sinceMs,
    unread: mailbox.accepted,
    ...(mailbox.id === me ? { me: true } : {}),
    ...(mailbox.id === broker ? { broker: true } : {}),
  };
}

function presenceOf(mailbox: Mailbox, presences: Presences): Presence {
  if (mailbox.owner === undefined) return "nobody";
  if (presences.isWaiting(mailbox.id)) return "waiting";
  if (presences.isHere(mailbox.id)) return "here";
  // Right after a takeover, who has not come back yet has not left either.
  const returns = mailbox.instance !== undefined && presences.mayReturn(mailbox.instance);
  return returns ? "here" : "away";
}
