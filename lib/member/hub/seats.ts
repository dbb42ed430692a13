import type { AttendOperation } from "../../core/operations.ts";
import type { Membership, Session } from "./session.ts";

/** Which connected member holds which mailbox. Those who only attend hold none. */
export class Seats {
  readonly #byInstance = new Map<string, Session>();
  readonly #byMailbox = new Map<number, Set<Session>>();
  /** Mailboxes of those that are about to be seated. */
  readonly #reserved = new Map<Session, number>();

  /** Also where its member is about to be seated: others may ask in the same transaction. */
  isHere(mailbox: number): boolean {
    if (this.#byMailbox.has(mailbox)) return true;
    for (const reserved of this.#reserved.values()) if (reserved === mailbox) return true;
    return false;
  }

  /** The mailboxes of those that are here. */
  mailboxes(): number[] {
    return [...this.#byMailbox.keys()];
  }

  /** Keeps the mailbox for the session, which has taken it in a transaction that may still fail. */
  reserve(session: Session, mailbox: number): void {
    this.#reserved.set(session, mailbox);
  }

  /** The session is seated by now, or will not be. */
  unreserve(session: Session): void {
    this.#reserved.delete(session);
  }

  has(instance: string): boolean {
    return this.#byInstance.has(instance);
  }

  /**
   * Seats a member. Returns its process's older session where it has one: that may not know yet that
   * it ended, and is replaced.
   */
  take(session: Session, me: Membership): Session | undefined {
    const older = this.#byInstance.get(me.instance);
    const replaced = older === session ? undefined : older;
    if (replaced !== undefined) this.#rise(replaced);
    this.#byInstance.set(me.instance, session);
    const there = this.#byMailbox.get(me.mailbox) ?? new Set();
    there.add(session);
    this.#byMailbox.set(me.mailbox, there);
    return replaced;
  }

  /** The session gives its seat up; false where it has none, or was replaced. */
  leave(session: Session): boolean {
    const me = session.membership;
    if (me === undefined || this.#byInstance.get(me.instance) !== session) return false;
    this.#byInstance.delete(me.instance);
    this.#rise(session);
    return true;
  }

  /**
   * Whom the caller may speak for: the member of its session, or the only one of which no session is
   * known and whose client is among the caller's ancestors. Never one of several that could be meant.
   */
  attendedBy(caller: AttendOperation): Session | undefined {
    const all = [...this.#byInstance.values()].filter((session) => isNear(session, caller));
    const kinOf = (session: Session) => session.membership?.kin;
    const known = all.filter((session) =>
      caller.session !== undefined && kinOf(session)?.session === caller.session
    );
    if (known.length > 0) return known.length === 1 ? known[0] : undefined;
    const ancestors = new Set(caller.ancestors ?? []);
    const related = all.filter((session) => {
      const { session: id, parent } = kinOf(session)!;
      const isOpen = id === undefined || caller.session === undefined;
      return isOpen && parent !== undefined && ancestors.has(parent);
    });
    return related.length === 1 ? related[0] : undefined;
  }

  #rise(session: Session): void {
    const mailbox = session.membership?.mailbox ?? 0;
    const there = this.#byMailbox.get(mailbox);
    there?.delete(session);
    if (there?.size === 0) this.#byMailbox.delete(mailbox);
  }
}

/** A hook may run in a folder below the directory of its session. */
function isNear(session: Session, { client, directory }: AttendOperation): boolean {
  const kin = session.membership?.kin;
  if (kin === undefined || kin.client !== client) return false;
  const below = directory.startsWith(kin.directory) ? directory.slice(kin.directory.length) : "no";
  return below === "" || /^[\\/]/.test(below) || /[\\/]$/.test(kin.directory);
}
