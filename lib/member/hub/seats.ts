import type { AttendOperation } from "../../core/operations.ts";
import { kinOf } from "./kin_of.ts";
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

  /** Whom the caller may speak for, as `kinOf` says. */
  attendedBy(caller: AttendOperation): Session | undefined {
    const members = [...this.#byInstance.values()].flatMap((session) => {
      const kin = session.membership?.kin;
      return kin === undefined ? [] : [{ session, kin }];
    });
    return kinOf(members, caller)?.session;
  }

  #rise(session: Session): void {
    const mailbox = session.membership?.mailbox ?? 0;
    const there = this.#byMailbox.get(mailbox);
    there?.delete(session);
    if (there?.size === 0) this.#byMailbox.delete(mailbox);
  }
}
