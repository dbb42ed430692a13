import { createHash } from "node:crypto";
import type { Clock, Random } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import type { AdoptOperation } from "../../core/import_operations.ts";
import { invariant } from "../../core/invariant.ts";
import { nameKey } from "../../core/names.ts";
import type { HelloOperation, RoomOperation } from "../../core/operations.ts";
import type { HelloResult, ImportResult } from "../../core/types.ts";
import type { RenameResult, RoomResult } from "../../core/types.ts";
import { Admission } from "../../member/hub/admission.ts";
import { announceRename } from "../../member/hub/announce_rename.ts";
import { Attentions } from "../../member/hub/attentions.ts";
import { changeName } from "../../member/hub/change_name.ts";
import { enterOrLeave, workIn } from "../../member/hub/rooms.ts";
import { adopt } from "../../member/hub/take_in.ts";
import { takeName } from "../../member/hub/take_name.ts";
import type { TakenName } from "../../member/hub/take_name.ts";
import type { Mailbox, NewMessage } from "../../store/store.ts";
import { messageUuids } from "../message_uuids.ts";
import { Directory } from "./directory.ts";
import { BoxKeeper } from "./box_keeper.ts";
import type { NamedBox } from "./box_keeper.ts";
import { LookingBack } from "./looking_back.ts";
import { MailCounting } from "./mail_counting.ts";
import { HoldingUp } from "./holding_up.ts";
import { MailReading } from "./mail_reading.ts";
import { MessageShelf } from "./message_shelf.ts";
import { messagesWith } from "./messages_with.ts";
import { NatsViews } from "./nats_views.ts";
import { Presence } from "./presence.ts";
import type { Realm } from "./realm.ts";
import type { Rulebook, Rules } from "./rules.ts";
import { Sending } from "./sending.ts";
import { SentMail } from "./sent_mail.ts";

export interface NatsMemberOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly instance: string;
  readonly pid: number;
  readonly machine: string;
  /** The state directory of this user on this machine. */
  readonly home: string;
}

/** The name under which the bus itself speaks. */
const busName = "hustings";

/** All of one process are one place: what its session does. */
const session = 0;

/** One process's part in a realm: its name there, and what it does under it. */
export class NatsMember implements Rulebook {
  readonly realm: Realm;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly counting: MailCounting;
  readonly reading: MailReading;
  readonly sending: Sending;
  readonly lookingBack: LookingBack;
  readonly holdingUp: HoldingUp;
  readonly views: NatsViews;
  readonly attentions: Attentions;
  readonly #options: NatsMemberOptions;
  readonly #admission: Admission;
  readonly #sent: SentMail;
  readonly #keeper: BoxKeeper;
  readonly #newUuid: () => string;
  /** What it has; 0 before it has joined. */
  #box = 0;
  #hello: HelloOperation | undefined;
  #isMoving = false;
  #isOver = false;
  #isWatched = false;

  private constructor(realm: Realm, directory: Directory, options: NatsMemberOptions) {
    const { clock, random, instance, pid, machine } = options;
    this.#options = options;
    this.realm = realm;
    this.directory = directory;
    this.presence = new Presence({ link: realm, directory, instance, pid, machine });
    this.counting = new MailCounting(realm);
    this.attentions = new Attentions(clock, () => {});
    this.#admission = new Admission(clock);
    this.#sent = new SentMail(realm);
    this.#keeper = new BoxKeeper(realm, directory);
    this.#newUuid = messageUuids(clock, random);
    const shelf = new MessageShelf(realm);
    const common = { link: realm, shelf, clock };
    this.reading = new MailReading({
      ...common,
      reader: this.#reader(),
      holders: { isGone: (...of) => this.#isGone(...of) },
      isForSender: true,
      sent: this.#sent,
      isAwaited: () => this.presence.isAwaitedElsewhere(this.#box),
      workingMs: () => this.attentions.workingMs(session),
      onWaiting: ({ waiting, watched }) => {
        this.#isWatched = watched;
        this.presence.tell({ waiting: waiting ? true : undefined });
        this.tellAttention();
      },
      onAnswer: ({ thread, isHuman }) => this.#admission.seen(thread, isHuman),
    });
    this.sending = new Sending({
      ...common,
      rulebook: this,
      admission: this.#admission,
      sent: this.#sent,
      newUuid: this.#newUuid,
      me: () => ({ box: this.#box, isHuman: this.#hello?.human ?? false }),
      presences: async (boxes) => {
        await this.presence.look(boxes);
        return this.presence;
      },
    });
    this.lookingBack = new LookingBack({ ...common, rulebook: this });
    this.holdingUp = new HoldingUp(realm, shelf, this);
    const me = () => this.#box === 0 ? undefined : this.#box;
    this.views = new NatsViews({ ...this, ...options, shelf, me });
    directory.onChange((key) => this.#changed(key));
    this.presence.onChange((each) => {
      if (!this.presence.isAlive(each)) this.reading.gone(each);
    });
    this.presence.onBox((box) => {
      if (box === this.#box) this.reading.consider();
    });
  }

  /** Brings in who is there; nobody is told of this process yet. Rejects as `Link.run` does. */
  static async open(realm: Realm, options: NatsMemberOptions): Promise<NatsMember> {
    const member = new NatsMember(realm, await Directory.open(realm, options), options);
    await member.presence.follow();
    return member;
  }

  get box(): number {
    return this.#box;
  }

  /** Takes a name by the rules of the embedded bus, again where the process has one. Rejects as those throw. */
  async join(written: HelloOperation): Promise<HelloResult> {
    const hello = { ...written, ...hashed(written.session) };
    if (this.#hello === undefined) await this.presence.start();
    const taken = await this.#take(hello);
    this.#hello = hello;
    const { name } = taken.mailbox;
    const count = await this.#unread();
    const { wanted } = taken;
    return { name, unread: count, ...(wanted === undefined ? {} : { wanted }) };
  }

  async rename(name: string): Promise<RenameResult> {
    const { clock } = this.#options;
    await this.#known(() => this.#byName(name));
    const former = this.me().name;
    if (former !== name) this.#admission.rename(this.#box);
    const notices: [NewMessage, readonly number[]][] = [];
    const result = await this.transact((rules) => {
      const atMs = clock.wallMs();
      const mailbox = rules.mailboxes.byId(this.#box)!;
      const renamed = changeName(rules, mailbox, name, this.presence, atMs);
      notices.length = 0;
      const messages = messagesWith({
        byUuid: () => undefined,
        insert: (message, readers) =>
          notices.push([{ ...message, uuid: this.#newUuid() }, readers]),
      });
      announceRename({ ...rules, messages }, mailbox, renamed, this.presence, atMs);
      return renamed;
    });
    this.#moved();
    for (const [message, readers] of notices) await this.sending.notify(message, readers);
    return result;
  }

  async room(operation: RoomOperation): Promise<RoomResult> {
    return await this.transact((rules) => {
      const room = enterOrLeave(rules, this.#box, operation);
      const members = rules.rooms.members(room.id).map((id) => rules.mailboxes.byId(id)!.name);
      return { room: `#${room.name}`, inside: operation.inside, members };
    });
  }

  async adopt(operation: AdoptOperation): Promise<ImportResult> {
    const atMs = this.#options.clock.wallMs();
    return { isNew: await this.transact((rules) => adopt(rules, operation, atMs)) };
  }

  /** Its own mailbox. */
  me(): Mailbox {
    const mailbox = this.directory.look(({ mailboxes }) => mailboxes.byId(this.#box));
    invariant(mailbox !== undefined, "who has joined has a mailbox");
    return mailbox;
  }

  /** The model behind this process asked for something itself. */
  called(): void {
    this.attentions.called(session);
    this.tellAttention();
  }

  /** Others see what is known of the session behind this process. */
  tellAttention(): void {
    const { activity, activitySinceMs, reach } = this.attentions.of(session, this.#isWatched);
    this.presence.tell({ activity, activitySinceMs, reach });
    this.reading.changed();
  }

  look<T>(rule: (rules: Rules) => T): Promise<T> {
    return Promise.resolve(this.directory.look(rule));
  }

  transact<T>(rule: (rules: Rules) => T): Promise<T> {
    return this.directory.transact(rule);
  }

  boxesOf(box: number): readonly number[] {
    const living = this.directory.living(box);
    return [living, ...this.directory.box(living)?.also ?? []];
  }

  keep(boxes: readonly NamedBox[]): Promise<void> {
    return this.#keeper.keep(boxes);
  }

  refresh(): Promise<void> {
    return this.directory.refresh();
  }

  /** Queues again what it holds, and frees its name. Rejects as `Link.run` does. */
  async leave(): Promise<void> {
    this.#isOver = true;
    if (!this.realm.isConnected) return;
    const { instance, clock } = this.#options;
    const freed = this.#box === 0 ? undefined : this.transact(({ mailboxes }) => {
      const atMs = clock.wallMs();
      mailboxes.touchShared(this.#box, atMs);
      mailboxes.vacate(instance, atMs);
    });
    await Promise.all([this.reading.move(), freed, this.presence.leave()]);
  }

  /** Lets go of all, and says nothing; what waits ends with `why`. */
  async close(why: HustingsError): Promise<void> {
    this.#isOver = true;
    this.views.observing.close(why);
    this.reading.close(why);
    this.#sent.close();
    this.presence.close();
    this.directory.close();
    await this.realm.close();
  }

  async #take(hello: HelloOperation): Promise<TakenName & { readonly kind: "taken" }> {
    this.#isMoving = true;
    try {
      for (;;) {
        await this.#known(() => this.#claimable(hello));
        const taken = await this.directory.transact((view) => {
          const found = takeName(view, hello, this.presence, this.#options.clock.wallMs());
          if (found.kind === "taken") workIn(view, found.mailbox.id, hello.repository);
          return found;
        });
        if (this.#isOver) throw new HustingsError("bus_down", "This process has left the bus");
        if (taken.kind === "taken") {
          await this.#enter(taken.mailbox.id);
          return taken;
        }
        await this.presence.changed();
      }
    } finally {
      this.#isMoving = false;
    }
  }

  async #enter(box: number): Promise<void> {
    const former = this.#box;
    if (former !== 0 && former !== box) await this.reading.move();
    this.#box = box;
    this.presence.tell({ box });
    await this.presence.told();
    this.#moved();
  }

  /** Its boxes or its name may be others now. */
  #moved(): void {
    this.#sent.hear(this.boxesOf(this.#box));
    this.reading.changed();
  }

  /** Waits until it is clear of those who may have one of these boxes whether they are there. */
  async #known(boxes: () => number[]): Promise<void> {
    await this.presence.look(boxes());
    const isOpen = () =>
      boxes().some((id) => {
        const instance = this.directory.box(id)?.instance;
        return instance !== undefined && this.presence.mayReturn(instance);
      });
    while (isOpen()) await this.presence.changed();
  }

  /** What a process that says `hello` may be given. */
  #claimable({ client, directory, name }: HelloOperation): number[] {
    const own = this.directory.look(({ mailboxes }) => mailboxes.ofOwner(client, directory));
    return [...own.map(({ id }) => id), ...name === undefined ? [] : this.#byName(name)];
  }

  #byName(name: string): number[] {
    const found = this.directory.look(({ mailboxes }) =>
      mailboxes.byName(name) ?? mailboxes.forwarded(name, this.#options.clock.wallMs())
    );
    return found === undefined ? [] : [found.id];
  }

  async #unread(): Promise<number> {
    const counts = await this.counting.of(this.boxesOf(this.#box));
    return this.boxesOf(this.#box).reduce((sum, box) => sum + counts(box).accepted, 0);
  }

  #reader(): ConstructorParameters<typeof MailReading>[0]["reader"] {
    return {
      instance: this.#options.instance,
      boxes: () => this.#box === 0 ? [] : this.boxesOf(this.#box),
      name: () => this.directory.box(this.#box)?.name ?? "",
      isShared: () => this.directory.box(this.#box)?.shared ?? false,
      isPaused: () =>
        this.directory.box(this.#box)?.paused === true ||
        this.directory.get("paused") !== undefined,
    };
  }

  /** A box that one process holds at a time is not kept waiting for the last one. */
  async #isGone(instance: string, isShared: boolean): Promise<boolean> {
    if (await this.presence.ask(instance)) return false;
    if (!isShared) return true;
    return !this.presence.isAlive(instance) && !this.presence.mayReturn(instance);
  }

  #changed(key: string): void {
    if (this.#box === 0 || this.#isMoving || this.#isOver) return;
    if (key === "paused" || key === `box.${this.#box}`) this.#moved();
    if (/^(box|name)\./.test(key) && !this.#isMine()) this.#takeAnew().catch(ignoreFault);
  }

  /** Its name leads to its box, and its box is its own. */
  #isMine(): boolean {
    const record = this.directory.box(this.#box);
    if (record === undefined || this.directory.living(this.#box) !== this.#box) return false;
    if (!this.directory.isNamed(this.#box)) return false;
    return record.shared === true || record.instance === this.#options.instance;
  }

  /** Others thought that it was gone, and have what was its own: it takes another name, and is told. */
  async #takeAnew(): Promise<void> {
    const { name: _, must: __, ...hello } = this.#hello!;
    const former = this.directory.box(this.#box)?.name ?? "";
    const { mailbox } = await this.#take(hello);
    if (nameKey(mailbox.name) === nameKey(former)) return;
    const atMs = this.#options.clock.wallMs();
    const bus = await this.transact(({ mailboxes }) =>
      mailboxes.byName(busName) ?? mailboxes.create(busName, atMs)
    );
    await this.sending.notify({
      uuid: this.#newUuid(),
      sender: bus.id,
      from: busName,
      to: [mailbox.name],
      thread: undefined,
      replyTo: undefined,
      atMs,
      text:
        `You are now called ${mailbox.name}. While you could not be reached, another agent took the ` +
        `name ${former}; what waited there is its own now.`,
    }, [mailbox.id]);
  }
}

/** What is made of the client's own id of a conversation: it is compared, and nobody can read it back. */
function hashed(session: string | undefined): Pick<HelloOperation, "session"> {
  if (session === undefined) return {};
  return { session: createHash("sha256").update(`hustings ${session}`).digest("base64url") };
}

/** The next change of the directory, or the next call, tries again. */
function ignoreFault(error: unknown): void {
  if (!(error instanceof HustingsError)) throw error;
}
