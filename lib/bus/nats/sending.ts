import type { Clock } from "../../core/clock.ts";
import { decodeOperation } from "../../core/decode_operation.ts";
import type { ImportOperation } from "../../core/import_operations.ts";
import { invariant } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import type { SendOperation } from "../../core/operations.ts";
import type { ImportResult, Receipt } from "../../core/types.ts";
import { acceptMessage, checkMessage } from "../../member/hub/accept_message.ts";
import type { AcceptedMessage } from "../../member/hub/accept_message.ts";
import { backlogError } from "../../member/hub/admission.ts";
import type { Admission } from "../../member/hub/admission.ts";
import { takeIn } from "../../member/hub/take_in.ts";
import { receiptOf } from "../../member/hub/views.ts";
import type { Presences } from "../../member/hub/views.ts";
import type { Mailboxes, NewMessage } from "../../store/store.ts";
import type { ImportedMessage, Outgoing } from "../bus.ts";
import { InOrder } from "./in_order.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import type { MessageShelf, ShelvedMessage } from "./message_shelf.ts";
import { messagesWith } from "./messages_with.ts";
import { storedMessage } from "./past.ts";
import { Posting } from "./posting.ts";
import type { Rulebook, Rules } from "./rules.ts";
import type { SentMail } from "./sent_mail.ts";

export interface SendingOptions {
  readonly link: Link;
  readonly shelf: MessageShelf;
  readonly rulebook: Rulebook;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly sent: SentMail;
  readonly newUuid: () => string;
  /** Who sends, at the moment. */
  me(): { readonly box: number; readonly isHuman: boolean };
  /** Who is there at the moment, of those in these boxes. */
  presences(boxes: readonly number[]): Promise<Presences>;
}

/** A message as a rule decided on it, before it has an id. */
interface Planned {
  readonly message: NewMessage;
  readonly accepted: AcceptedMessage;
}

/** Sends messages: each after the one before it, so that they keep their order. */
export class Sending {
  readonly #options: SendingOptions;
  readonly #posting: Posting;
  readonly #imported: KeyedRecords<{ readonly id: number }>;
  readonly #order = new InOrder();
  /** How many more may be sent to a box until what lies unread there is counted anew. */
  #room: Map<number, number> | undefined;

  constructor(options: SendingOptions) {
    this.#options = options;
    this.#posting = new Posting(options.link, options.shelf);
    this.#imported = new KeyedRecords(options.link, options.link.names.mail);
  }

  /** Resolves once the message lies with all of its readers. Rejects as `Bus.send` says. */
  async send({ to, text, replyTo }: Outgoing): Promise<Receipt> {
    const operation = decodeOperation({
      ...{ op: "send", message: this.#options.newUuid(), to, text },
      ...(replyTo === undefined ? {} : { replyTo }),
    }) as SendOperation;
    checkMessage(operation);
    return await this.#order.run(() => this.#send(operation));
  }

  /** Takes a message of another program in, once. Rejects as `Bus.import` says. */
  async import(message: ImportedMessage): Promise<ImportResult> {
    const operation = decodeOperation({ op: "import", ...message }) as ImportOperation;
    return await this.#order.run(() => this.#import(operation));
  }

  /** Posts what a rule of the bus itself has inserted, as the notice of a new name. */
  async notify(message: NewMessage, readers: readonly number[]): Promise<void> {
    const names = await this.#options.rulebook.look(({ mailboxes }) =>
      readers.map((id) => ({ id, name: mailboxes.byId(id)?.name ?? "" }))
    );
    await this.#order.run(() => this.#post(message, names, false));
  }

  async #send(operation: SendOperation): Promise<Receipt> {
    const { rulebook, shelf, presences, me } = this.#options;
    // Whom a name stands for decides the server where it is taken; who is in a room, only the copy.
    const isMany = operation.to.some((name) => name === "*" || name.startsWith("#"));
    const refreshed = rulebook.refresh();
    // Where something else fails first, nobody waits for these two any more.
    refreshed.catch(() => {});
    if (isMany) await refreshed;
    const original = operation.replyTo === undefined
      ? undefined
      : await shelf.get(operation.replyTo);
    const { message, accepted } = await rulebook.transact((rules) =>
      this.#accept(rules, operation, original)
    );
    const readers = accepted.recipients.map(({ mailbox }) => mailbox);
    await this.#checkBacklog(readers);
    const there = presences(readers.map(({ id }) => id));
    there.catch(() => {});
    const [id] = await Promise.all([this.#post(message, readers, me().isHuman), refreshed, there]);
    if (original !== undefined) await this.#answer(original);
    const known = await there;
    return await rulebook.look((rules) => receiptOf(rules, { ...accepted, id }, known));
  }

  /** The rule of the embedded bus; what it stores is only noted. */
  #accept(
    rules: Rules,
    operation: SendOperation,
    original: ShelvedMessage | undefined,
  ): Planned {
    const { clock, admission } = this.#options;
    const { box, isHuman } = this.#options.me();
    const mailboxes = original === undefined
      ? rules.mailboxes
      : withFormer(rules.mailboxes, original, clock.wallMs());
    const sender = rules.mailboxes.byId(box);
    invariant(sender !== undefined, "who sends has a mailbox");
    const mine = this.#options.rulebook.boxesOf(box);
    const readers = original?.readers.map(([reader]) => reader) ?? [];
    let message: NewMessage | undefined;
    const messages = messagesWith({
      byUuid: () => undefined,
      byId: () => original && ownAs(box, mine, storedMessage(original, undefined)),
      isRecipient: () => readers.some((reader) => mine.includes(reader)),
      deliveries: () => readers.map((mailbox) => ({ mailbox, name: "", state: "read", atMs: 0 })),
      insert: (inserted) => {
        message = inserted;
        return 0;
      },
      answered: () => false,
    });
    const transaction = { ...rules, mailboxes, messages };
    const who = { sender, isHuman };
    const accepted = acceptMessage(transaction, who, operation, admission, clock.wallMs());
    return { message: message!, accepted };
  }

  async #post(
    { thread, replyTo, ...message }: NewMessage,
    readers: readonly { readonly id: number; readonly name: string }[],
    isHuman: boolean,
  ): Promise<number> {
    const id = await this.#posting.post({
      ...message,
      readers: readers.map(({ id, name }) => [id, name]),
      ...(thread === undefined ? {} : { thread }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(isHuman ? { human: true } : {}),
    });
    await this.#options.rulebook.keep(readers);
    for (const reader of readers) {
      this.#room?.set(reader.id, (this.#room.get(reader.id) ?? limits.backlogMessages) - 1);
    }
    return id;
  }

  /** The sender of what was answered hears of that. */
  async #answer(original: ShelvedMessage): Promise<void> {
    const { rulebook, sent, me } = this.#options;
    const { box } = me();
    const name = await rulebook.look(({ mailboxes }) => mailboxes.byId(box)?.name ?? "");
    const answerer = { id: box, name, boxes: rulebook.boxesOf(box) };
    const step = await this.#posting.answered(answerer, original);
    if (step !== undefined) sent.tell(step);
  }

  /** Throws where too many own messages lie unread at one of them: then nothing was sent to anyone. */
  async #checkBacklog(
    readers: readonly { readonly id: number; readonly name: string }[],
  ): Promise<void> {
    const isFull = ({ id }: { readonly id: number }) => (this.#room?.get(id) ?? 1) <= 0;
    if (this.#room !== undefined && !readers.some(isFull)) return;
    const { box } = this.#options.me();
    const counts = await this.#posting.unreadOf(box);
    this.#room = new Map([...counts].map(([id, count]) => [id, limits.backlogMessages - count]));
    const full = readers.find(isFull);
    if (full !== undefined) throw backlogError(full.name);
  }

  async #import(operation: ImportOperation): Promise<ImportResult> {
    const { rulebook, admission, clock, me } = this.#options;
    const key = `imported.${operation.message}`;
    if (await this.#imported.get(key) !== undefined) return { isNew: false };
    const planned = await rulebook.transact((rules) => {
      let message: NewMessage | undefined;
      let readers: readonly number[] = [];
      const insert = (inserted: NewMessage, into: readonly number[]) => {
        [message, readers] = [inserted, into];
        return 0;
      };
      const messages = messagesWith({ byUuid: () => undefined, insert });
      takeIn({ ...rules, messages }, me().box, operation, admission, clock.wallMs());
      return { message: message!, boxes: readers.map((id) => rules.mailboxes.byId(id)!) };
    });
    await this.#checkBacklog(planned.boxes);
    const id = await this.#post(planned.message, planned.boxes, false);
    await this.#imported.put(key, { id }, { repeatId: key });
    return { isNew: true };
  }
}

/** What was sent from a box that the own name took over is its own. */
function ownAs<M extends { readonly sender: number }>(
  box: number,
  mine: readonly number[],
  message: M,
): M {
  return mine.includes(message.sender) ? { ...message, sender: box } : message;
}

/** An answer finds who is gone for good under the name that was theirs, as any message does. */
function withFormer(mailboxes: Mailboxes, original: ShelvedMessage, atMs: number): Mailboxes {
  const names = new Map([[original.sender, original.from], ...original.readers]);
  const byId = (id: number) => {
    const name = names.get(id);
    const known = mailboxes.byId(id);
    if (known !== undefined || name === undefined) return known;
    return mailboxes.byName(name) ?? mailboxes.forwarded(name, atMs) ??
      mailboxes.create(name, atMs);
  };
  return new Proxy(mailboxes, {
    get: (target, property) => {
      if (property === "byId") return byId;
      const value = target[property as keyof Mailboxes];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
