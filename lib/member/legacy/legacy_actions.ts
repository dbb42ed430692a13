import { HustingsError } from "../../core/errors.ts";
import { neededContent, neededText, neededValue } from "../../core/legacy_fields.ts";
import type { LegacyRequest } from "../../core/legacy_fields.ts";
import { shown } from "../../core/fields.ts";
import { legacyText } from "../../core/legacy_content.ts";
import { limits } from "../../core/limits.ts";
import { isName, nameKey } from "../../core/names.ts";
import { SlidingWindow } from "../../core/sliding_window.ts";
import type { MemberView } from "../../core/types.ts";
import type { Operation, ResultOf } from "../../core/operations.ts";
import type { Mailbox } from "../../store/store.ts";
import { InTurn } from "../hub/in_turn.ts";
import type { Session } from "../hub/session.ts";
import type { Deliver, LegacyDeskOptions, LegacyReply } from "./legacy_desk_options.ts";
import { legacyItems } from "./legacy_items.ts";
import { legacyTime } from "./legacy_time.ts";

/** What is left of a text that an answer repeats. */
const shownLength = 80;
/** What stands around the entries of a list. */
const envelopeBytes = 64;
/** The number of the one request that each session makes. */
const requestId = 1;

type Action = (caller: Mailbox, request: LegacyRequest) => Promise<LegacyReply>;

/** The operations of the bus as a legacy script calls them: each is one request of a member that comes and goes. */
export class LegacyActions {
  readonly #options: LegacyDeskOptions;
  readonly #renames = new Map<number, SlidingWindow>();
  /** One check of a mailbox at a time, until its answer has arrived: order and leases stay simple. */
  readonly #checks = new InTurn<number>();
  readonly #actions: ReadonlyMap<string, Action> = new Map<string, Action>([
    ["send", (caller, request) => this.#send(caller, request)],
    ["broadcast", (caller, request) => this.#broadcast(caller, request)],
    ["list", (caller) => this.#list(caller)],
    ["rename", (caller, request) => this.#rename(caller, request)],
  ]);

  constructor(options: LegacyDeskOptions) {
    this.#options = options;
  }

  /** Carries it out for `caller` and has the answer delivered. Rejects with what cannot be done, undelivered. */
  async carryOut(caller: Mailbox, request: LegacyRequest, deliver: Deliver): Promise<void> {
    const name = neededValue(request, "action");
    if (name === "check") {
      neededValue(request, "instance_id");
      return await this.#checks.run(caller.id, () => this.#check(caller, deliver));
    }
    const action = typeof name === "string" ? this.#actions.get(name) : undefined;
    if (action === undefined) {
      throw refusal(
        `Unknown action: ${typeof name === "string" ? name.slice(0, shownLength) : shown(name)}`,
      );
    }
    await deliver(await action(caller, request));
  }

  async #send(caller: Mailbox, request: LegacyRequest): Promise<LegacyReply> {
    neededValue(request, "from_id");
    const to = neededText(request, "to_id");
    const text = legacyText(neededContent(request));
    if (!isName(to)) throw refusal("Invalid recipient ID format");
    const atMs = this.#options.clock.wallMs();
    const reader = await this.#options.journal.run(({ mailboxes }) =>
      mailboxes.byName(to) ?? mailboxes.forwarded(to, atMs)
    );
    if (reader !== undefined && isFull(reader)) {
      throw refusal(`Message queue full for ${to} (${limits.legacyQueue} message limit)`);
    }
    const receipt = await this.#ask(caller, this.#message([to], text));
    const [recipient] = receipt.recipients;
    const message = recipient?.writtenAs !== undefined
      ? `Message forwarded from ${to} to ${recipient.name}`
      : recipient?.presence === "nobody"
      ? `Message queued for ${to} (not yet registered)`
      : "Message sent";
    return { status: "ok", message };
  }

  /** Goes to the agents and scripts of the last week; names that nobody has taken yet get nothing. */
  async #broadcast(caller: Mailbox, request: LegacyRequest): Promise<LegacyReply> {
    neededValue(request, "from_id");
    const text = legacyText(neededContent(request));
    const others = (await this.#members(caller)).filter(({ me }) => me !== true);
    const reached = others.filter(({ unread }) => unread < limits.legacyQueue);
    const full = others.filter(({ unread }) => unread >= limits.legacyQueue);
    const to = full.length === 0 ? ["*"] : reached.map(({ name }) => name);
    const { recipients } = reached.length === 0
      ? { recipients: [] }
      : await this.#ask(caller, this.#message(to, text));
    const missed = full.length === 0
      ? ""
      : `; message queue full for ${full.map(({ name }) => name).join(", ").slice(0, shownLength)}`;
    return { status: "ok", message: `Broadcast to ${recipients.length} instances${missed}` };
  }

  /**
   * Hands out what fits into an answer. It is read once the script has the answer; what did not fit, or
   * did not arrive, is queued again.
   */
  async #check(caller: Mailbox, deliver: Deliver): Promise<void> {
    const { hub, files } = this.#options;
    const session = this.#sessionOf(caller);
    const check = { op: "check", waitMs: 0, textBytes: limits.legacyReplyBytes } as const;
    try {
      const { messages } = await this.#askAs(session, check);
      const items = legacyItems(messages, caller.name, files);
      const hasArrived = await deliver({ status: "ok", messages: items });
      if (hasArrived) await this.#settle(session, messages.slice(0, items.length));
    } finally {
      hub.left(session);
    }
  }

  /** What cannot be noted as read now is queued again with the rest, and comes twice. */
  async #settle(session: Session, read: readonly { readonly id: number }[]): Promise<void> {
    try {
      await this.#askAs(session, { op: "ack", messages: read.map(({ id }) => id) });
    } catch (error) {
      if (!(error instanceof HustingsError)) throw error;
    }
  }

  async #list(caller: Mailbox): Promise<LegacyReply> {
    const nowMs = this.#options.clock.wallMs();
    const instances: { id: string; "last_seen": string }[] = [];
    let bytes = envelopeBytes;
    for (const { name, presence, sinceMs } of await this.#members(caller)) {
      const lastSeen = legacyTime(presence === "away" ? sinceMs : nowMs);
      const instance = { id: name, ["last_seen"]: lastSeen };
      bytes += JSON.stringify(instance).length + ", ".length;
      if (bytes > limits.legacyReplyBytes) break;
      instances.push(instance);
    }
    return { status: "ok", instances };
  }

  async #rename(caller: Mailbox, request: LegacyRequest): Promise<LegacyReply> {
    const former = neededText(request, "old_id");
    const name = neededText(request, "new_id");
    if (!isName(name)) throw refusal("Invalid new instance ID format");
    if (nameKey(former) !== nameKey(caller.name)) {
      throw refusal(`Instance ${former.slice(0, shownLength)} not found`);
    }
    if (await this.#isTaken(caller, name)) throw refusal(`Instance ${name} already exists`);
    const renames = this.#renames.get(caller.id) ?? new SlidingWindow(limits.legacyRenames);
    this.#renames.set(caller.id, renames);
    const nowMs = this.#options.clock.monotonicMs();
    const waitMinutes = Math.ceil(renames.waitMs(nowMs) / 60_000);
    if (waitMinutes > 0) throw refusal(`Rate limit: can rename again in ${waitMinutes} minutes`);
    await this.#ask(caller, { op: "rename", name });
    renames.take(nowMs);
    return { status: "ok", message: `Renamed ${former} to ${name}` };
  }

  /** Somebody has the name, or had it and it forwards to him; or it is the own one. */
  #isTaken(caller: Mailbox, name: string): Promise<boolean> {
    const atMs = this.#options.clock.wallMs();
    return this.#options.journal.run(({ mailboxes }) => {
      const named = mailboxes.byName(name);
      const isOthers = (mailbox: Mailbox | undefined) =>
        mailbox?.owner !== undefined && mailbox.id !== caller.id;
      return named?.id === caller.id || isOthers(named ?? mailboxes.forwarded(name, atMs));
    });
  }

  /** Everybody of the last week, those that are here first, then those that were here last. */
  async #members(caller: Mailbox): Promise<MemberView[]> {
    const { members } = await this.#ask(caller, { op: "list", all: true });
    const rank = ({ presence, sinceMs }: MemberView) => presence === "away" ? sinceMs : Infinity;
    return members.toSorted((a, b) => rank(b) - rank(a) || 0);
  }

  #message(to: readonly string[], text: string): Extract<Operation, { op: "send" }> {
    const message = `legacy-${this.#options.credentials.random.bytes(16).toHex()}`;
    return { op: "send", message, to, text };
  }

  #ask<O extends Operation>(caller: Mailbox, operation: O): Promise<ResultOf<O>> {
    return this.#askAs(this.#sessionOf(caller), operation);
  }

  #askAs<O extends Operation>(session: Session, operation: O): Promise<ResultOf<O>> {
    const asked = this.#options.hub.carryOut(session, { id: requestId, operation });
    return asked as Promise<ResultOf<O>>;
  }

  /** A process for this one request: what it is handed and does not confirm goes back with it. */
  #sessionOf({ id }: Mailbox): Session {
    const { hub, credentials } = this.#options;
    const session = hub.open({ reply: () => {} });
    const instance = `legacy-${credentials.random.bytes(16).toHex()}`;
    session.joined({ instance, mailbox: id, kin: undefined, human: false });
    return session;
  }
}

function isFull({ accepted }: Mailbox): boolean {
  return accepted >= limits.legacyQueue;
}

function refusal(message: string): HustingsError {
  return new HustingsError("bad_request", message);
}
