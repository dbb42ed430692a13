import { createHash } from "node:crypto";
import type { Clock, Random } from "../../core/clock.ts";
import { HustingsError } from "../../core/errors.ts";
import type { AdoptOperation } from "../../core/import_operations.ts";
import { invariant } from "../../core/invariant.ts";
import { limits } from "../../core/limits.ts";
import { nameKey } from "../../core/names.ts";
import type { HelloOperation, ListOperation, RoomOperation } from "../../core/operations.ts";
import type { BusSnapshot } from "../../core/bus_events.ts";
import type {
  Activity,
  HelloResult,
  ImportResult,
  ListResult,
  MemberView,
} from "../../core/types.ts";
import type { RenameResult, RoomResult } from "../../core/types.ts";
import { Admission } from "../../member/hub/admission.ts";
import { announceRename } from "../../member/hub/announce_rename.ts";
import { Attentions } from "../../member/hub/attentions.ts";
import { changeName } from "../../member/hub/change_name.ts";
import { pausedView } from "../../member/hub/hold_up.ts";
import { enterOrLeave, workIn } from "../../member/hub/rooms.ts";
import { adopt } from "../../member/hub/take_in.ts";
import { takeName } from "../../member/hub/take_name.ts";
import type { TakenName } from "../../member/hub/take_name.ts";
import { listAll, listMembers, viewsOf } from "../../member/hub/views.ts";
import type { Viewpoint } from "../../member/hub/views.ts";
import type { Mailbox, NewMessage } from "../../store/store.ts";
import { messageUuids } from "../message_uuids.ts";
import { boxesByName } from "./boxes_by_name.ts";
import { claimableBoxes } from "./claimable_boxes.ts";
import { Directory } from "./directory.ts";
import type { DirectoryView } from "./directory.ts";
import { ignoreLoss } from "./ignore_loss.ts";
import { NatsMail } from "./nats_mail.ts";
import { messagesWith } from "./messages_with.ts";
import { statusOfRealm } from "./nats_status.ts";
import { Presence } from "./presence.ts";
import type { Realm } from "./realm.ts";

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
/** One that has just taken the name may not have been heard of yet. */
const unsure = { kind: "early" } as const;

/** One process's part in a realm: its name there, and what it does under it. */
export class NatsMember {
  readonly realm: Realm;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly mail: NatsMail;
  readonly attentions: Attentions;
  readonly #options: NatsMemberOptions;
  readonly #admission: Admission;
  readonly #newUuid: () => string;
  /** What it has; 0 before it has joined. */
  #box = 0;
  #name = "";
  #settling: Promise<void> = Promise.resolve();
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
    this.attentions = new Attentions(clock, () => {});
    this.#admission = new Admission(clock);
    this.#newUuid = messageUuids(clock, random);
    this.mail = new NatsMail({
      ...{ link: realm, directory, presence: this.presence, random },
      admission: this.#admission,
      newUuid: this.#newUuid,
      me: () =>
        this.#box === 0 ? undefined : { box: this.#box, isHuman: this.#hello?.human ?? false },
      workingMs: () => this.attentions.workingMs(session),
      onWaiting: ({ waiting, watched }) => {
        this.#isWatched = watched;
        this.presence.tell({ waiting: waiting ? true : undefined });
        this.tellAttention();
      },
      snapshot: () => this.snapshot(),
      members: (boxes) => this.#membersIn(boxes),
    });
    directory.onChange((key) => this.#changed(key));
    this.presence.onChange((instance) => this.#missed(instance));
  }

  /** Brings in who is there; nobody is told of this process yet. Rejects as `Link.run` does. */
  static async open(realm: Realm, options: NatsMemberOptions): Promise<NatsMember> {
    const member = new NatsMember(realm, await Directory.open(realm, options), options);
    await member.presence.follow();
    return member;
  }

  get home(): string {
    return this.#options.home;
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
    await this.#known(() =>
      this.directory.look(({ mailboxes }) => boxesByName(mailboxes, name, this.#wallMs()))
    );
    const former = this.me().name;
    if (former !== name) this.#admission.rename(this.#box);
    const notices: [NewMessage, readonly number[]][] = [];
    const result = await this.directory.transact((rules) => {
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
    for (const [message, readers] of notices) await this.mail.notify(message, readers);
    return result;
  }

  async room(operation: RoomOperation): Promise<RoomResult> {
    await this.directory.refresh();
    return await this.directory.transact((rules) => {
      const room = enterOrLeave(rules, this.#box, operation);
      const members = rules.rooms.members(room.id).map((id) => rules.mailboxes.byId(id)!.name);
      return { room: `#${room.name}`, inside: operation.inside, members };
    });
  }

  async list({ all }: Pick<ListOperation, "all">): Promise<ListResult> {
    const [counts] = await Promise.all([
      this.mail.counts(),
      this.#lookAround(),
      this.directory.refresh(),
    ]);
    const view = this.view();
    return this.directory.look(
      (rules) => all === true ? listAll(rules, view) : listMembers(rules, view),
      counts,
    );
  }

  /** How all is now, for who looks on: no process leads, so that there are no reigns. */
  async snapshot(): Promise<BusSnapshot> {
    const [list, status] = await Promise.all([this.list({}), statusOfRealm(this)]);
    return this.directory.look((rules) => ({
      ...{
        list,
        status,
        reigns: [],
        paused: pausedView(rules),
        stopped: rules.oversight.stopped(),
      },
    }));
  }

  async adopt(operation: AdoptOperation): Promise<ImportResult> {
    const atMs = this.#options.clock.wallMs();
    return { isNew: await this.directory.transact((rules) => adopt(rules, operation, atMs)) };
  }

  /** How the bus looks from here. */
  view(): Viewpoint {
    return {
      me: this.#box === 0 ? undefined : this.#box,
      broker: undefined,
      presences: this.presence,
      nowMs: this.#options.clock.wallMs(),
    };
  }

  /** Resolves once it has a name again, where it was about to take one anew. */
  settled(): Promise<void> {
    return this.#settling;
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

  /** A hook of the session has told what it shows of it. Rejects as `Link.run` does. */
  async hooked(activity: Activity | undefined, told: string | undefined): Promise<void> {
    this.attentions.hooked(session, activity);
    this.tellAttention();
    const isNews = told !== undefined && this.#hello?.session === undefined;
    if (!isNews || this.#box === 0) return;
    const known = hashed(told);
    this.#hello = { ...this.#hello!, ...known };
    await this.directory.transact(({ mailboxes }) => mailboxes.describe(this.#box, known));
  }

  /** Others see what is known of the session behind this process. */
  tellAttention(): void {
    const { activity, activitySinceMs, reach } = this.attentions.of(session, this.#isWatched);
    const atMs = this.#options.clock.wallMs();
    const workedMs = activity === "working" ? atMs - atMs % limits.natsRenewMs : undefined;
    this.presence.tell({ activity, activitySinceMs, reach, workedMs });
    this.mail.consider();
  }

  /** Queues again what it holds, and frees its name. Rejects as `Link.run` does. */
  async leave(): Promise<void> {
    this.#isOver = true;
    if (!this.realm.isConnected) return;
    const { instance, clock } = this.#options;
    const freed = this.#box === 0 ? undefined : this.directory.transact(({ mailboxes }) => {
      const atMs = clock.wallMs();
      mailboxes.touchShared(this.#box, atMs);
      mailboxes.vacate(instance, atMs);
    });
    await Promise.all([this.mail.leaving(), freed, this.presence.leave()]);
  }

  /** Lets go of all, and says nothing; what waits ends with `why`. */
  async close(why: HustingsError): Promise<void> {
    this.#isOver = true;
    this.mail.close(why);
    this.presence.close();
    this.directory.close();
    await this.realm.close();
  }

  async #take(hello: HelloOperation): Promise<TakenName & { readonly kind: "taken" }> {
    this.#isMoving = true;
    try {
      for (;;) {
        const claimable = ({ mailboxes }: Pick<DirectoryView, "mailboxes">) =>
          claimableBoxes(mailboxes, hello, this.#wallMs());
        await this.#known(() => this.directory.look(claimable));
        const taken = await this.directory.transact((view) => {
          if (claimable(view).some((box) => this.presence.isUnknown(box))) return unsure;
          const found = takeName(view, hello, this.presence, this.#wallMs());
          if (found.kind === "taken") workIn(view, found.mailbox.id, hello.repository);
          return found;
        });
        if (this.#isOver) throw new HustingsError("bus_down", "This process has left the bus");
        if (taken.kind === "taken") {
          await this.#enter(taken.mailbox.id);
          return taken;
        }
        if (taken !== unsure) await this.presence.changed();
      }
    } finally {
      this.#isMoving = false;
    }
  }

  #wallMs(): number {
    return this.#options.clock.wallMs();
  }

  async #enter(box: number): Promise<void> {
    const former = this.#box;
    if (former !== 0 && former !== box) await this.mail.leaving();
    this.#box = box;
    this.presence.tell({ box });
    await this.presence.told();
    this.#moved();
  }

  /** Its boxes or its name may be others now. */
  #moved(): void {
    this.#name = this.me().name;
    this.mail.moved();
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

  async #lookAround(): Promise<void> {
    const held = this.directory.look(({ mailboxes }) => mailboxes.held());
    const shared = this.presence.mailboxesHere();
    await this.presence.look(new Set([...held.map(({ id }) => id), ...shared]));
  }

  /** How a list shows those of these boxes that it shows at all. */
  async #membersIn(boxes: readonly number[]): Promise<readonly MemberView[]> {
    const [counts] = await Promise.all([this.mail.counts(), this.presence.look(boxes)]);
    const view = { ...this.view(), me: undefined };
    return this.directory.look((rules) => viewsOf(rules, boxes, view), counts);
  }

  async #unread(): Promise<number> {
    const boxes = [this.#box, ...this.directory.box(this.#box)?.also ?? []];
    const counts = await this.mail.counts(boxes);
    return boxes.reduce((sum, box) => sum + counts(box).accepted, 0);
  }

  #changed(key: string): void {
    if (this.#box === 0 || this.#isMoving || this.#isOver) return;
    if (!/^(box|name)\./.test(key) || this.#isMine()) return;
    this.#settling = this.#takeAnew().catch(ignoreLoss);
  }

  /** What a process held that died is free: whoever missed it says so. */
  #missed(instance: string): void {
    if (this.#isOver || this.#box === 0 || !this.presence.isGone(instance)) return;
    const held = this.directory.look(({ mailboxes }) => mailboxes.byInstance(instance));
    if (held === undefined) return;
    this.directory.transact(({ mailboxes }) => {
      if (this.presence.isGone(instance)) mailboxes.vacate(instance, this.#options.clock.wallMs());
    }).catch(ignoreLoss);
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
    const { must: _, ...hello } = this.#hello!;
    const former = this.#name;
    const { mailbox } = await this.#take({ ...hello, name: former });
    if (nameKey(mailbox.name) === nameKey(former)) return;
    const atMs = this.#options.clock.wallMs();
    const bus = await this.directory.transact(({ mailboxes }) =>
      mailboxes.byName(busName) ?? mailboxes.create(busName, atMs)
    );
    await this.mail.notify({
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
