import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import { invariant } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import type { HelloResult, ListResult, Receipt, StatusResult } from "../../core/types.ts";
import type { HelloOperation, Operation, Request, SendOperation } from "../../core/wire.ts";
import type { Journal } from "../../store/journal.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import { Admission } from "./admission.ts";
import { acceptMessage, checkMessage } from "./accept_message.ts";
import { announceRename } from "./announce_rename.ts";
import { changeName } from "./change_name.ts";
import { CautiousWall } from "./cautious_wall.ts";
import { CheckWait } from "./check_wait.ts";
import { forgetOld } from "./forget_old.ts";
import { lookBack } from "./look_back.ts";
import { Returning } from "./returning.ts";
import { Session } from "./session.ts";
import type { Membership, SessionHost, Sink } from "./session.ts";
import { takeName } from "./take_name.ts";
import type { Roll } from "./take_name.ts";
import { listMembers, receiptOf, statusOf } from "./views.ts";
import type { BrokerFacts, Presences } from "./views.ts";
import { Waits } from "./waits.ts";

export interface HubOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly facts: BrokerFacts;
  /** Processes that were members under the last broker, by the word of the store. */
  readonly lastInstances: readonly string[];
}

/**
 * The broker's brain: it carries out what members ask, on the store, and knows who is there. It has
 * no socket and no clock of its own, so that a simulation can run many of them.
 */
export class Hub implements SessionHost, Roll, Presences {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #facts: BrokerFacts;
  readonly #waits = new Waits();
  readonly #returning: Returning;
  readonly #admission: Admission;
  readonly #byInstance = new Map<string, Session>();
  readonly #byMailbox = new Map<number, Set<Session>>();
  /** Checks under way, by their session and request: what `cancel` ends. */
  readonly #checks = new Map<Session, Map<number, CheckWait>>();
  #local: Session | undefined;
  /** What takes back the second tries to free what gone processes held. */
  readonly #retries = new Set<() => void>();
  /** The clean-up: its idea of the time, where its round is, and when it goes on. */
  readonly #wall: CautiousWall;
  #tidyAfter = 0;
  #tidyDueMs = 0;

  constructor(options: HubOptions) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#facts = options.facts;
    this.#wall = new CautiousWall(options.clock);
    this.#admission = new Admission(options.clock);
    this.#returning = new Returning(options.lastInstances, this.#clock, (instances) => {
      for (const instance of instances) this.#free(instance);
    });
  }

  /** A conversation with one more member; `local` marks the one of the broker's own agent. */
  open(sink: Sink, options: { readonly local?: boolean } = {}): Session {
    const session = new Session(this, sink);
    if (options.local) this.#local = session;
    return session;
  }

  /** One small step of the clean-up, when one is due: for the broker's upkeep. */
  async tidy(): Promise<void> {
    const monotonicMs = this.#clock.monotonicMs();
    if (monotonicMs < this.#tidyDueMs) return;
    const nowMs = this.#wall.nowMs();
    try {
      const { after } = await this.#journal.run((transaction) =>
        forgetOld(transaction, this.#tidyAfter, this, nowMs)
      );
      this.#tidyAfter = after ?? 0;
      this.#tidyDueMs = after === undefined ? monotonicMs + limits.tidyPauseMs : 0;
    } catch (error) {
      // The next step does it.
      ignoreStoreFault(error);
    }
  }

  /** Ends what would call back later. */
  close(): void {
    this.#returning.close();
    for (const checks of this.#checks.values()) {
      for (const check of checks.values()) check.stop();
    }
    this.#checks.clear();
    for (const stop of this.#retries) stop();
  }

  isHere(mailbox: number): boolean {
    return this.#byMailbox.has(mailbox);
  }

  isWaiting(mailbox: number): boolean {
    return this.#waits.has(mailbox);
  }

  mayReturn(instance: string): boolean {
    return this.#returning.has(instance);
  }

  async join(session: Session, hello: HelloOperation): Promise<HelloResult> {
    for (;;) {
      const taken = await this.#journal.run((transaction) =>
        takeName(transaction, hello, this, this.#clock.wallMs())
      );
      if (session.isOver) {
        if (!this.#byInstance.has(hello.instance)) this.#free(hello.instance);
        throw new HustingsError("cancelled", "The member left while it joined");
      }
      if (taken.kind === "early") {
        await this.#returning.changed();
        continue;
      }
      this.#enter(session, { instance: hello.instance, mailbox: taken.mailbox.id });
      const { name, accepted } = taken.mailbox;
      const { wanted } = taken;
      return { name, unread: accepted, ...(wanted === undefined ? {} : { wanted }) };
    }
  }

  carryOut(session: Session, request: Request): Promise<unknown> {
    const me = session.membership;
    invariant(me !== undefined, "only a member's requests are carried out");
    const { operation } = request;
    switch (operation.op) {
      case "check":
        return this.#check(session, me, request.id, operation);
      case "cancel":
        this.#checks.get(session)?.get(operation.request)?.end();
        return Promise.resolve({});
      case "send":
        return this.#send(me, operation);
      case "release":
        return this.#release(me, operation.request);
      case "rename":
        return this.#rename(me, operation.name);
      default:
        return this.#journal.run((transaction) => this.#simple(transaction, me, operation));
    }
  }

  observe(): Promise<StatusResult> {
    return this.#journal.run((transaction) => this.#status(transaction, undefined));
  }

  left(session: Session): void {
    this.#stopChecks(session);
    const me = session.membership;
    if (me === undefined || this.#byInstance.get(me.instance) !== session) return;
    this.#byInstance.delete(me.instance);
    this.#removeFromMailbox(session);
    this.#free(me.instance, me.mailbox);
  }

  /**
   * A process that is connected again replaces its older session, which may not know yet that it
   * ended; a session that speaks for another process from now on leaves the place of the first.
   */
  #enter(session: Session, me: Membership): void {
    const former = session.membership;
    const moves = former?.instance !== me.instance || former.mailbox !== me.mailbox;
    if (former !== undefined && moves) this.left(session);
    const older = this.#byInstance.get(me.instance);
    if (older !== undefined && older !== session) {
      this.#stopChecks(older);
      this.#removeFromMailbox(older);
    }
    session.joined(me);
    this.#byInstance.set(me.instance, session);
    const there = this.#byMailbox.get(me.mailbox) ?? new Set();
    there.add(session);
    this.#byMailbox.set(me.mailbox, there);
    this.#returning.came(me.instance);
  }

  #stopChecks(session: Session): void {
    for (const check of this.#checks.get(session)?.values() ?? []) check.stop();
    this.#checks.delete(session);
  }

  #removeFromMailbox(session: Session): void {
    const mailbox = session.membership?.mailbox ?? 0;
    const there = this.#byMailbox.get(mailbox);
    there?.delete(session);
    if (there?.size === 0) this.#byMailbox.delete(mailbox);
  }

  /** Frees the name and the leases of a process that is gone; where a full disk forbids it, later. */
  #free(instance: string, mailbox?: number): void {
    this.#journal.run(({ mailboxes, messages }) => {
      const atMs = this.#clock.wallMs();
      mailboxes.vacate(instance, atMs);
      if (mailbox !== undefined) mailboxes.touchShared(mailbox, atMs);
      return messages.requeue(instance);
    }).then((queued) => {
      for (const mailbox of queued) this.#waits.wake(mailbox);
    }, (error: HustingsError) => {
      ignoreStoreFault(error);
      if (error.code === "fenced") return;
      const again = () => {
        this.#retries.delete(stop);
        if (!this.#byInstance.has(instance)) this.#free(instance, mailbox);
      };
      const stop = this.#clock.after(limits.upkeepMs, again);
      this.#retries.add(stop);
    });
  }

  #check(
    session: Session,
    me: Membership,
    id: number,
    operation: Extract<Operation, { op: "check" }>,
  ): Promise<unknown> {
    const checks = this.#checks.get(session) ?? new Map<number, CheckWait>();
    this.#checks.set(session, checks);
    const check = new CheckWait({
      journal: this.#journal,
      clock: this.#clock,
      waits: this.#waits,
      admission: this.#admission,
      mailbox: me.mailbox,
      lease: { instance: me.instance, request: id },
      replyTo: operation.replyTo,
      abandoned: operation.abandoned ?? [],
    });
    checks.set(id, check);
    return check.run(operation.waitMs).finally(() => checks.delete(id));
  }

  async #send(me: Membership, operation: SendOperation): Promise<Receipt> {
    checkMessage(operation);
    const { accepted, receipt } = await this.#journal.run((transaction) => {
      const sender = mailboxOf(transaction, me);
      const atMs = this.#clock.wallMs();
      const accepted = acceptMessage(transaction, sender, operation, this.#admission, atMs);
      return { accepted, receipt: receiptOf(transaction, accepted, this) };
    }, growthOf(operation));
    const readers = accepted.recipients.map(({ mailbox }) => mailbox);
    if (accepted.isNew) this.#admission.queued(me.mailbox, readers);
    for (const mailbox of readers) this.#waits.wake(mailbox);
    return receipt;
  }

  async #release(me: Membership, request: number): Promise<unknown> {
    const lease = { instance: me.instance, request };
    const count = await this.#journal.run(({ messages }) => messages.release(lease));
    if (count > 0) this.#waits.wake(me.mailbox);
    return {};
  }

  async #rename(me: Membership, name: string): Promise<unknown> {
    const { result, told } = await this.#journal.run((transaction) => {
      const mailbox = mailboxOf(transaction, me);
      const atMs = this.#clock.wallMs();
      const result = changeName(transaction, mailbox, name, this, atMs);
      if (result.former !== name) this.#admission.rename(me.mailbox);
      return { result, told: announceRename(transaction, mailbox, result, this, atMs) };
    });
    // Mail that waited under the new name is now the caller's own.
    for (const mailbox of [me.mailbox, ...told]) this.#waits.wake(mailbox);
    return result;
  }

  #simple(transaction: Transaction, me: Membership, operation: Operation): unknown {
    switch (operation.op) {
      case "ack":
        transaction.messages.read(
          me.mailbox,
          operation.messages,
          me.instance,
          this.#clock.wallMs(),
        );
        return {};
      case "history":
        return lookBack(transaction, me.mailbox, operation, this.#clock.wallMs());
      case "list":
        return this.#list(transaction, me);
      case "status":
        return this.#status(transaction, me.mailbox);
      default:
        return {};
    }
  }

  #list(transaction: Transaction, me: Membership): ListResult {
    const broker = this.#local?.membership?.mailbox;
    return listMembers(transaction, {
      me: me.mailbox,
      broker,
      presences: this,
      nowMs: this.#clock.wallMs(),
    });
  }

  #status(transaction: Transaction, me: number | undefined): StatusResult {
    const broker = this.#local?.membership?.mailbox;
    return statusOf(transaction, {
      me,
      broker,
      presences: this,
      nowMs: this.#clock.wallMs(),
    }, this.#facts);
  }
}

/** What a message adds to the store, at most about: a text unit is up to three bytes, a reader some rows. */
function growthOf({ text, to }: SendOperation): number {
  return 1024 + text.length * 3 + to.length * 256;
}

function mailboxOf({ mailboxes }: Transaction, me: Membership): Mailbox {
  const mailbox = mailboxes.byId(me.mailbox);
  invariant(mailbox !== undefined, "a member's mailbox exists while it is connected");
  return mailbox;
}

/** Freeing what a gone process held can wait: the next broker does it too. */
function ignoreStoreFault(error: unknown): void {
  if (!(error instanceof HustingsError)) throw error;
}
