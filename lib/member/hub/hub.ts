import type { Clock } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import type { AdoptOperation, ImportOperation } from "../../core/import_operations.ts";
import { invariant } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import type {
  AttendResult,
  Attention,
  HelloResult,
  Receipt,
  RoomResult,
} from "../../core/types.ts";
import type {
  AttendOperation,
  HelloOperation,
  OperationName,
  RoomOperation,
  SendOperation,
} from "../../core/operations.ts";
import type { Request } from "../../core/wire.ts";
import type { Journal } from "../../store/journal.ts";
import type { Mailbox, Transaction } from "../../store/store.ts";
import { Admission } from "./admission.ts";
import { acceptMessage, checkMessage } from "./accept_message.ts";
import { announceRename } from "./announce_rename.ts";
import { Attentions } from "./attentions.ts";
import { changeName } from "./change_name.ts";
import { isPaused } from "./hold_up.ts";
import { InTurn } from "./in_turn.ts";
import { membershipOf } from "./membership_of.ts";
import { Reading } from "./reading.ts";
import { Returning } from "./returning.ts";
import { enterOrLeave, workIn } from "./rooms.ts";
import { Seats } from "./seats.ts";
import { Session } from "./session.ts";
import type { Membership, SessionHost, Sink } from "./session.ts";
import { takeIn } from "./take_in.ts";
import { takeName } from "./take_name.ts";
import type { Roll } from "./take_name.ts";
import { Tidying } from "./tidying.ts";
import { Viewing } from "./viewing.ts";
import { receiptOf } from "./views.ts";
import type { BrokerFacts, Presences } from "./views.ts";

export interface HubOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly facts: BrokerFacts;
  /** Processes that were members under the last broker, by the word of the store. */
  readonly lastInstances: readonly string[];
}

/** What shows that the model behind a member is at work: it asked for this itself. */
const modelsOperations: ReadonlySet<OperationName> = new Set(
  ["send", "check", "rename", "room", "history", "list"] as const,
);

/**
 * The broker's brain: it carries out what members ask, on the store, and knows who is there. It has
 * no socket and no clock of its own, so that a simulation can run many of them.
 */
export class Hub implements SessionHost, Roll, Presences {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #returning: Returning;
  readonly #admission: Admission;
  readonly #seats = new Seats();
  readonly #attentions: Attentions;
  readonly #reading: Reading;
  readonly #viewing: Viewing;
  readonly #tidying: Tidying;
  #local: Session | undefined;
  /** What each process takes and gives up: connections of it may end and begin at the same moment. */
  readonly #turns = new InTurn<string>();
  /** What takes back the second tries to free what gone processes held. */
  readonly #retries = new Set<() => void>();

  constructor(options: HubOptions) {
    const { journal, clock, facts } = options;
    this.#journal = journal;
    this.#clock = clock;
    const admission = this.#admission = new Admission(clock);
    const happenings = this.#viewing = new Viewing({
      ...{ journal, clock, facts, presences: this },
      broker: () => this.#local?.membership?.mailbox,
      wake: (mailboxes) => mailboxes.forEach((mailbox) => this.#reading.wake(mailbox)),
    });
    const attentions = this.#attentions = new Attentions(
      clock,
      (mailbox) => happenings.changed(mailbox),
    );
    this.#reading = new Reading({ journal, clock, admission, attentions, happenings });
    this.#tidying = new Tidying(journal, clock, this);
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
    if (await this.#tidying.step()) await this.#viewing.stopsChanged();
  }

  /** Ends what would call back later. */
  close(): void {
    this.#returning.close();
    this.#reading.close();
    this.#viewing.close();
    for (const stop of this.#retries) stop();
  }

  isHere(mailbox: number): boolean {
    return this.#seats.isHere(mailbox);
  }

  mailboxesHere(): readonly number[] {
    return this.#seats.mailboxes();
  }

  attention(mailbox: number): Attention {
    return this.#attentions.of(mailbox, this.#reading.isWatched(mailbox));
  }

  isWaiting(mailbox: number): boolean {
    return this.#reading.isWaiting(mailbox);
  }

  mayReturn(instance: string): boolean {
    return this.#returning.has(instance);
  }

  join(session: Session, hello: HelloOperation): Promise<HelloResult> {
    return this.#turns.run(
      hello.instance,
      () => this.#join(session, hello).finally(() => this.#seats.unreserve(session)),
    );
  }

  async #join(session: Session, hello: HelloOperation): Promise<HelloResult> {
    for (;;) {
      if (session.isOver) throw leftMeanwhile();
      const taken = await this.#journal.run((transaction) => {
        const found = takeName(transaction, hello, this, this.#clock.wallMs());
        if (found.kind === "early") return found;
        workIn(transaction, found.mailbox.id, hello.repository);
        this.#seats.reserve(session, found.mailbox.id);
        return { ...found, unread: unreadOf(transaction, found.mailbox) };
      });
      if (session.isOver) {
        this.#free(hello.instance);
        throw leftMeanwhile();
      }
      if (taken.kind === "early") {
        await this.#returning.changed();
        continue;
      }
      this.#enter(session, membershipOf(hello, taken.mailbox.id, session.membership));
      const { wanted, unread, mailbox: { name } } = taken;
      return { name, unread, ...(wanted === undefined ? {} : { wanted }) };
    }
  }

  async attend(session: Session, operation: AttendOperation): Promise<AttendResult> {
    let attended = this.#seats.attendedBy(operation);
    // Right after a takeover the member may be on its way back.
    while (attended === undefined && !this.#returning.isOver) {
      await this.#returning.changed();
      attended = this.#seats.attendedBy(operation);
    }
    const member = attended?.membership;
    if (attended === undefined || member === undefined) throw nobodyToAttend(operation);
    if (operation.session !== undefined && member.kin?.session === undefined) {
      attended.joined({ ...member, kin: { ...member.kin!, session: operation.session } });
    }
    const { name, unread } = await this.#journal.run((transaction) => {
      transaction.mailboxes.describe(member.mailbox, { session: operation.session });
      const mailbox = mailboxOf(transaction, member);
      return { name: mailbox.name, unread: unreadOf(transaction, mailbox) };
    });
    if (session.isOver) throw new HustingsError("cancelled", "Who attends left meanwhile");
    session.joined({ ...member, instance: operation.instance, kin: undefined });
    this.#attentions.hooked(member.mailbox, operation.activity);
    this.#reading.consider(member.mailbox);
    return { name, unread };
  }

  carryOut(session: Session, request: Request): Promise<unknown> {
    const me = session.membership;
    invariant(me !== undefined, "only a member's requests are carried out");
    const { operation } = request;
    if (me.kin !== undefined && modelsOperations.has(operation.op)) {
      this.#attentions.called(me.mailbox);
    }
    switch (operation.op) {
      case "check":
        return this.#reading.check(session, me, request.id, operation);
      case "cancel":
        this.#reading.cancel(session, operation.request);
        return this.#viewing.carryOut(session, request);
      case "watch":
        return this.#reading.watch(session, me, request.id, operation);
      case "ack":
        return this.#reading.acknowledge(me, operation);
      case "room":
        return this.#room(me, operation);
      case "send":
        return this.#send(me, operation);
      case "release":
        return this.#reading.release(me, operation.request);
      case "rename":
        return this.#rename(me, operation.name);
      case "import":
      case "adopt":
        return this.#takeIn(me, operation);
      default:
        return this.#viewing.carryOut(session, request);
    }
  }

  look(session: Session, request: Request): Promise<unknown> {
    return this.#viewing.carryOut(session, request);
  }

  left(session: Session): void {
    this.#reading.stop(session);
    this.#viewing.stop(session);
    const me = session.membership;
    if (me === undefined) return;
    if (me.kin === undefined) return this.#free(me.instance);
    if (!this.#seats.leave(session)) return;
    if (!this.isHere(me.mailbox)) {
      this.#attentions.forget(me.mailbox);
      this.#reading.forget(me.mailbox);
    }
    this.#viewing.changed(me.mailbox);
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
    session.joined(me);
    const replaced = this.#seats.take(session, me);
    if (replaced !== undefined) this.#reading.stop(replaced);
    this.#returning.came(me.instance);
    this.#viewing.changed(me.mailbox);
  }

  /**
   * Frees the name and the leases of a process that is gone, unless it is back by then; where a full
   * disk forbids it, later.
   */
  #free(instance: string, mailbox?: number): void {
    const work = ({ mailboxes, messages }: Transaction) => {
      const atMs = this.#clock.wallMs();
      if (mailbox !== undefined) mailboxes.touchShared(mailbox, atMs);
      if (this.#seats.has(instance)) return { queued: [], held: undefined };
      const held = mailboxes.byInstance(instance)?.id;
      mailboxes.vacate(instance, atMs);
      return { queued: messages.requeue(instance), held };
    };
    this.#turns.run(instance, () => this.#journal.run(work)).then(({ queued, held }) => {
      this.#reading.queuedAgain(queued);
      if (held !== undefined) this.#viewing.changed(held);
    }, (error: HustingsError) => {
      ignoreStoreFault(error);
      if (error.code === "fenced") return;
      const again = () => {
        this.#retries.delete(stop);
        this.#free(instance, mailbox);
      };
      const stop = this.#clock.after(limits.upkeepMs, again);
      this.#retries.add(stop);
    });
  }

  async #room(me: Membership, operation: RoomOperation): Promise<RoomResult> {
    const result = await this.#journal.run((transaction) => {
      const room = enterOrLeave(transaction, me.mailbox, operation);
      const members = transaction.rooms.members(room.id)
        .map((id) => transaction.mailboxes.byId(id)!.name);
      return { room: `#${room.name}`, inside: operation.inside, members };
    });
    this.#viewing.changed(me.mailbox);
    return result;
  }

  async #send(me: Membership, operation: SendOperation): Promise<Receipt> {
    checkMessage(operation);
    const { accepted, receipt, seen } = await this.#journal.run((transaction) => {
      const sender = { sender: mailboxOf(transaction, me), isHuman: me.human };
      const atMs = this.#clock.wallMs();
      const accepted = acceptMessage(transaction, sender, operation, this.#admission, atMs);
      const receipt = receiptOf(transaction, accepted, this);
      const seen = accepted.isNew ? this.#viewing.seen(transaction, accepted.id) : undefined;
      return { accepted, receipt, seen };
    }, growthOf(operation));
    this.#viewing.accepted(seen);
    if (accepted.resumed) this.#viewing.stopsChanged();
    const readers = accepted.recipients.map(({ mailbox }) => mailbox.id);
    if (accepted.isNew) this.#admission.queued(me.mailbox, readers);
    if (accepted.answered !== undefined) this.#reading.note(accepted.answered);
    for (const mailbox of readers) this.#reading.wake(mailbox);
    return receipt;
  }

  async #takeIn(me: Membership, operation: ImportOperation | AdoptOperation) {
    const text = "text" in operation ? operation.text : "";
    const { isNew, readers, seen } = await this.#journal.run((transaction) => {
      const atMs = this.#clock.wallMs();
      const taken = takeIn(transaction, me.mailbox, operation, this.#admission, atMs);
      return { ...taken, seen: this.#viewing.seen(transaction, taken.message) };
    }, growthOf({ text, to: [""] }));
    this.#viewing.accepted(seen);
    for (const mailbox of readers) this.#reading.wake(mailbox);
    return { isNew };
  }

  async #rename(me: Membership, name: string): Promise<unknown> {
    const { result, told, seen } = await this.#journal.run((transaction) => {
      const mailbox = mailboxOf(transaction, me);
      const atMs = this.#clock.wallMs();
      const result = changeName(transaction, mailbox, name, this, atMs);
      if (result.former !== name) this.#admission.rename(me.mailbox);
      const { told, message } = announceRename(transaction, mailbox, result, this, atMs);
      return { result, told, seen: this.#viewing.seen(transaction, message) };
    });
    const { former } = result;
    if (former !== name) {
      this.#viewing.note({ kind: "renamed", atMs: this.#clock.wallMs(), former, name });
    }
    this.#viewing.accepted(seen);
    // Mail that waited under the new name is now the caller's own.
    for (const mailbox of [me.mailbox, ...told]) this.#reading.wake(mailbox);
    return result;
  }
}

/** What a message adds to the store, at most about: a text unit is up to three bytes, a reader some rows. */
function growthOf({ text, to }: Pick<SendOperation, "text" | "to">): number {
  return 1024 + text.length * 3 + to.length * 256;
}

function leftMeanwhile(): HustingsError {
  return new HustingsError("cancelled", "The member left while it joined");
}

function nobodyToAttend({ client, directory }: AttendOperation): HustingsError {
  return new HustingsError(
    "not_joined",
    `No agent of this session of '${client}' in '${directory}' is here, so nobody can be attended`,
  );
}

function mailboxOf({ mailboxes }: Transaction, me: Membership): Mailbox {
  const mailbox = mailboxes.byId(me.mailbox);
  invariant(mailbox !== undefined, "a member's mailbox exists while it is connected");
  return mailbox;
}

/** What a member hears of its queue: nothing while a person holds it up. */
function unreadOf(transaction: Transaction, mailbox: Mailbox): number {
  return isPaused(transaction, mailbox) ? 0 : mailbox.accepted;
}

/** Freeing what a gone process held can wait: the next broker does it too. */
function ignoreStoreFault(error: unknown): void {
  if (!(error instanceof HustingsError)) throw error;
}
