import { invariant } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import { nameKey } from "../../core/names.ts";
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
  /** The mailboxes of those that are. */
  mailboxesHere(): readonly number[];
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
  /** Undefined for who looks on, and is no member. */
  readonly me: number | undefined;
  /** The mailbox of the broker's own agent, if it has joined. */
  readonly broker: number | undefined;
  readonly presences: Presences;
  readonly nowMs: number;
}

/** What views are made of: who has which name, and is in which rooms, and what is held up. */
export type Addresses = Omit<Transaction, "messages">;

/** The receipt of a stored message: to whom it goes and how each will notice. */
export function receiptOf(
  { oversight }: Pick<Transaction, "oversight">,
  { id, atMs, recipients }: AcceptedMessage,
  presences: Presences,
): Receipt {
  const isEveryonePaused = oversight.isEveryonePaused();
  const lines = recipients.map((each) => {
    const line = receiptLine(each, presences);
    const isHeldUp = line.presence !== "nobody" && (isEveryonePaused || each.mailbox.paused);
    return isHeldUp ? { ...line, paused: true as const } : line;
  });
  return { id, atMs, recipients: lines };
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

/**
 * The agents that are here, and of those that went in the last week the last ones, `limits.listedAgents`
 * together; and names that only have mail. What it costs does not grow with the agents that are away.
 */
export function listMembers(transaction: Addresses, view: Viewpoint): ListResult {
  const { mailboxes } = transaction;
  const likely = [...mailboxes.held(), ...mailboxes.lately(limits.listedAgents)];
  const found = new Map(likely.map((mailbox) => [mailbox.id, mailbox]));
  // No process holds a shared one, and it may have come long ago.
  for (const id of view.presences.mailboxesHere()) {
    if (!found.has(id)) found.set(id, mailboxes.byId(id)!);
  }
  const known = [...found.values()].filter((mailbox) => isKnown(mailbox, view));
  const { away = [], others = [] } = Object.groupBy(
    known,
    (mailbox) => presenceOf(mailbox, view.presences) === "away" ? "away" : "others",
  );
  away.sort((a, b) => b.sinceMs - a.sinceMs);
  const listed = [...others, ...away.slice(0, Math.max(0, limits.listedAgents - others.length))];
  const afterMs = view.nowMs - limits.keepMs;
  const older = listed.filter(({ sinceMs }) => sinceMs <= afterMs).length;
  const more = mailboxes.countSince(afterMs) + older - listed.length;
  return { ...resultOf(transaction, listed, view), ...(more > 0 ? { more } : {}) };
}

/** The same with every agent of the last week. */
export function listAll(transaction: Addresses, view: Viewpoint): ListResult {
  const known = transaction.mailboxes.all().filter((mailbox) => isKnown(mailbox, view));
  return resultOf(transaction, known, view);
}

/** Those of these mailboxes that belong to an agent which a list may show. */
export function viewsOf(
  transaction: Addresses,
  ids: readonly number[],
  view: Viewpoint,
): MemberView[] {
  const found = ids.map((id) => transaction.mailboxes.byId(id)).filter((mailbox) =>
    mailbox !== undefined
  );
  return memberViews(transaction, found.filter((mailbox) => isKnown(mailbox, view)), view);
}

function memberViews(
  { rooms, oversight }: Addresses,
  listed: readonly Mailbox[],
  view: Viewpoint,
): MemberView[] {
  const isEveryonePaused = oversight.isEveryonePaused();
  return listed.map((mailbox) => {
    const member = memberView(mailbox, rooms.of(mailbox.id), view);
    return isEveryonePaused || mailbox.paused ? { ...member, paused: true } : member;
  });
}

/** By name, those that are here first. */
function resultOf(
  transaction: Addresses,
  listed: readonly Mailbox[],
  view: Viewpoint,
): ListResult {
  const { mailboxes } = transaction;
  const sorted = listed.toSorted((a, b) => nameKey(a.name) < nameKey(b.name) ? -1 : 1);
  const members = memberViews(transaction, sorted, view);
  const last = (member: MemberView) => member.presence === "away" ? 1 : 0;
  members.sort((a, b) => last(a) - last(b));
  const unclaimed = mailboxes.unclaimed(limits.listedAgents);
  return {
    members,
    unclaimed: unclaimed.map(({ name, accepted }) => ({ name, unread: accepted })),
  };
}

/** What `status` answers: the broker, and the sums over all mailboxes. */
export function statusOf(
  transaction: Addresses,
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
