import { HustingsError } from "../../core/errors.ts";
import { isLegacy } from "../../core/legacy_owner.ts";
import { limits } from "../../core/limits.ts";
import { checkName, derivedName, nameKey, numberedName } from "../../core/names.ts";
import type { HelloOperation } from "../../core/operations.ts";
import type { Mailbox, Mailboxes, Messages } from "../../store/store.ts";

/** Who is there, as the broker sees it at this moment. */
export interface Roll {
  /** The mailbox is held by a connected process. */
  isHere(mailbox: number): boolean;
  /** The process was a member under the last broker and may still come back. */
  mayReturn(instance: string): boolean;
}

/** What names are taken in: a store, or a copy of a directory. */
export interface Register {
  readonly mailboxes: Mailboxes;
  readonly messages: Pick<Messages, "requeue">;
}

/** A name was taken, or it is too early to tell: ask again when the roll has changed. */
export type TakenName =
  | { readonly kind: "taken"; readonly mailbox: Mailbox; readonly wanted?: string }
  | { readonly kind: "early" };

type Claim = "free" | "early" | { readonly refused: string };

/** Names that would mislead: the bus itself speaks as `hustings`, the others read like addresses. */
const reserved = new Set(["hustings", "system", "all", "everyone", "me", "user"]);

/**
 * Gives a process that says hello its name: the one that it holds already, unless its conversation had
 * another one before; the one that it asks for; the one of this conversation; the one that this client
 * last had in this directory, if it can outside of other conversations; else a new one made from both.
 * Throws `bad_name`, or `name_in_use` where the name must be had and cannot.
 */
export function takeName(
  transaction: Register,
  hello: HelloOperation,
  roll: Roll,
  atMs: number,
): TakenName {
  const { mailboxes } = transaction;
  const held = mailboxes.byInstance(hello.instance);
  if (held !== undefined) {
    return { kind: "taken", mailbox: keep(transaction, held, hello, roll, atMs) };
  }
  if (hello.name !== undefined) {
    const wish = takeWish(mailboxes, hello, hello.name, roll, atMs);
    if (wish !== undefined) return wish;
  }
  const own = hello.shared
    ? ownShared(mailboxes, hello)
    : ofSession(mailboxes, hello, roll, atMs) ?? ownFormer(mailboxes, hello, roll);
  if (own === "early") return { kind: "early" };
  const mailbox = own ?? newMailbox(mailboxes, hello, atMs);
  const taken = occupy(mailboxes, mailbox, hello, atMs);
  const missed = hello.name !== undefined && nameKey(hello.name) !== nameKey(taken.name);
  return { kind: "taken", mailbox: taken, ...(missed ? { wanted: hello.name! } : {}) };
}

/** Returns `name` when an agent can have it; throws `bad_name` otherwise. */
export function checkOwnName(name: string): string {
  if (!reserved.has(nameKey(checkName(name)))) return name;
  throw new HustingsError(
    "bad_name",
    `'${name}' is reserved and nobody's name: use another one, or '*' for everyone`,
  );
}

/**
 * Whether `who` may have the name behind `mailbox`. A name in live use is never free for another;
 * one whose agent left is kept for it for two hours, and one of a legacy script, which is never there
 * between two requests, for a week. Such a script gets no name that anybody has had.
 */
export function claimOf(
  mailbox: Mailbox,
  who: Pick<HelloOperation, "client" | "directory" | "shared">,
  roll: Roll,
  atMs: number,
): Claim {
  const { owner, name } = mailbox;
  if (owner === undefined) return "free";
  const { client, directory } = owner;
  if (isLegacy(who)) return { refused: `'${name}' is another's name: choose another one` };
  if (isLegacy(owner)) return claimOfScript(mailbox, atMs);
  if (mailbox.shared && who.shared) return "free";
  if (roll.isHere(mailbox.id)) {
    return { refused: `'${name}' is in use by ${client} in ${directory}: choose another name` };
  }
  if (mailbox.instance !== undefined && roll.mayReturn(mailbox.instance)) return "early";
  if (client === who.client && directory === who.directory) return "free";
  const freeMs = mailbox.sinceMs + limits.forwardMs;
  if (freeMs <= atMs) return "free";
  const minutes = Math.ceil((freeMs - atMs) / 60_000);
  return {
    refused: `'${name}' belongs to ${client} in ${directory}, which left a while ago: ` +
      `choose another name, or try again in ${minutes} min`,
  };
}

function claimOfScript({ name, sinceMs }: Mailbox, atMs: number): Claim {
  if (sinceMs <= atMs - limits.keepMs) return "free";
  return {
    refused: `'${name}' belongs to a legacy script, which has used it within a week: ` +
      "choose another name",
  };
}

/** The mailbox under the wished name, `early`, or undefined when another name has to do. */
function takeWish(
  mailboxes: Mailboxes,
  hello: HelloOperation,
  name: string,
  roll: Roll,
  atMs: number,
): TakenName | undefined {
  checkOwnName(name);
  const target = mailboxes.byName(name) ?? mailboxes.forwarded(name, atMs);
  if (target === undefined) {
    const made = mailboxes.create(name, atMs);
    return { kind: "taken", mailbox: occupy(mailboxes, made, hello, atMs) };
  }
  const claim = claimOf(target, hello, roll, atMs);
  if (claim === "early") return { kind: "early" };
  if (claim === "free") {
    return { kind: "taken", mailbox: occupy(mailboxes, target, hello, atMs) };
  }
  if (hello.must) throw new HustingsError("name_in_use", claim.refused);
  return undefined;
}

/**
 * A process that is a member already: it keeps its name, or takes up that of its conversation. What it
 * was handed under the one that it leaves, and did not acknowledge, is queued there again.
 */
function keep(
  { mailboxes, messages }: Register,
  held: Mailbox,
  hello: HelloOperation,
  roll: Roll,
  atMs: number,
): Mailbox {
  const isWished = hello.name !== undefined && nameKey(hello.name) === nameKey(held.name);
  const former = isWished || hello.session === held.session
    ? undefined
    : ofSession(mailboxes, hello, roll, atMs);
  if (former === undefined || former === "early" || former.id === held.id) {
    mailboxes.describe(held.id, hello);
    return mailboxes.byId(held.id)!;
  }
  mailboxes.vacate(hello.instance, atMs);
  messages.requeue(hello.instance);
  return occupy(mailboxes, former, hello, atMs);
}

/** What the conversation was called before, where nobody else has that name by now. */
function ofSession(
  mailboxes: Mailboxes,
  hello: HelloOperation,
  roll: Roll,
  atMs: number,
): Mailbox | "early" | undefined {
  if (hello.session === undefined) return undefined;
  const former = mailboxes.ofOwner(hello.client, hello.directory)
    .find((mailbox) => mailbox.session === hello.session && !mailbox.shared);
  if (former === undefined) return undefined;
  const claim = claimOf(former, hello, roll, atMs);
  return claim === "free" ? former : claim === "early" ? "early" : undefined;
}

function ownShared(
  mailboxes: Mailboxes,
  hello: HelloOperation,
): Mailbox | undefined {
  return mailboxes.ofOwner(hello.client, hello.directory).find((mailbox) => mailbox.shared);
}

/**
 * What this client last had in this directory and nobody holds now. What another conversation had, which
 * may be taken up again, comes after what none is known to have had.
 */
function ownFormer(
  mailboxes: Mailboxes,
  hello: HelloOperation,
  roll: Roll,
): Mailbox | "early" | undefined {
  const free = mailboxes.ofOwner(hello.client, hello.directory)
    .filter((mailbox) => !mailbox.shared && !roll.isHere(mailbox.id));
  const isOpen = ({ session }: Mailbox) => session === undefined || session === hello.session;
  const mailbox = free.find(isOpen) ?? free[0];
  const returns = mailbox?.instance !== undefined && roll.mayReturn(mailbox.instance);
  return returns ? "early" : mailbox;
}

function newMailbox(
  mailboxes: Mailboxes,
  hello: HelloOperation,
  atMs: number,
): Mailbox {
  const base = derivedName(hello.client, hello.directory);
  for (let n = 1;; n++) {
    const name = numberedName(base, n);
    const known = mailboxes.byName(name);
    // A name that only had mail so far is taken with its mail: it was waiting for this agent.
    if (known !== undefined && known.owner === undefined) return known;
    const free = known === undefined && mailboxes.forwarded(name, atMs) === undefined;
    if (free) return mailboxes.create(name, atMs);
  }
}

function occupy(
  mailboxes: Mailboxes,
  mailbox: Mailbox,
  hello: HelloOperation,
  atMs: number,
): Mailbox {
  // Another directory's terminal may act under a shared name, but that does not make it its own.
  const isBorrowed = mailbox.shared && hello.shared === true && !isLegacy(mailbox.owner);
  const owner = isBorrowed ? mailbox.owner ?? hello : hello;
  mailboxes.occupy(mailbox.id, {
    client: owner.client,
    directory: owner.directory,
    shared: hello.shared ?? false,
    instance: hello.instance,
    pid: hello.pid,
    session: hello.session,
    branch: hello.branch,
    atMs,
  });
  return mailboxes.byId(mailbox.id)!;
}
