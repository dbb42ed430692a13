import type { BusSnapshot, ObserveResult, PausedView, StoppedView } from "../../core/bus_events.ts";
import type { Clock, Random } from "../../core/clock.ts";
import { decodeOperation } from "../../core/decode_operation.ts";
import type { HustingsError } from "../../core/errors.ts";
import type { HistoryOperation } from "../../core/operations.ts";
import type {
  HistoryResult,
  ImportResult,
  MemberView,
  Receipt,
  WatchResult,
} from "../../core/types.ts";
import type { Admission } from "../../member/hub/admission.ts";
import { pausedView } from "../../member/hub/hold_up.ts";
import type { Presences } from "../../member/hub/views.ts";
import type { NewMessage } from "../../store/store.ts";
import type { CheckOptions, Handed, HistoryOptions, ImportedMessage } from "../bus.ts";
import type { ObserveOptions, Outgoing, PauseOptions, StopOptions, WatchOptions } from "../bus.ts";
import { BoxKeeper } from "./box_keeper.ts";
import type { Directory } from "./directory.ts";
import { HoldingUp } from "./holding_up.ts";
import { ignoreLoss } from "./ignore_loss.ts";
import type { Link } from "./link.ts";
import { LookingBack } from "./looking_back.ts";
import { MailCounting } from "./mail_counting.ts";
import type { MailCount } from "./mail_counting.ts";
import { MailReading } from "./mail_reading.ts";
import { Mending } from "./mending.ts";
import { MessageShelf } from "./message_shelf.ts";
import { Observing } from "./observing.ts";
import type { Presence } from "./presence.ts";
import type { Rulebook } from "./rules.ts";
import { Sending } from "./sending.ts";
import { SentMail } from "./sent_mail.ts";
import { Tidying } from "./tidying.ts";

/** Who sends and reads here. */
export interface MailOwner {
  readonly box: number;
  readonly isHuman: boolean;
}

export interface NatsMailOptions {
  readonly link: Link;
  readonly directory: Directory;
  readonly presence: Presence;
  readonly random: Random;
  readonly newUuid: () => string;
  readonly admission: Admission;
  /** Present once this process has a name, or speaks for one that has. */
  me(): MailOwner | undefined;
  /** How long the session behind it still counts as being at work, in ms. */
  workingMs(): number;
  /** Called when somebody begins or ends to wait here, for messages or to wake. */
  onWaiting(is: { readonly waiting: boolean; readonly watched: boolean }): void;
  /** It only speaks for another process, which looks after what others were handed. */
  readonly attends?: true;
  /** How all is now, for who looks on. */
  snapshot(): Promise<BusSnapshot>;
  /** How a list shows those of these boxes that it shows at all. */
  members(boxes: readonly number[]): Promise<readonly MemberView[]>;
}

/** All that one process does with messages on NATS. */
export class NatsMail {
  readonly #options: NatsMailOptions;
  readonly #clock: Clock;
  readonly #counting: MailCounting;
  readonly #sent: SentMail;
  readonly #reading: MailReading;
  readonly #sending: Sending;
  readonly #lookingBack: LookingBack;
  readonly #observing: Observing;
  readonly #holdingUp: HoldingUp;
  readonly #keeper: BoxKeeper;
  readonly #tidying: Tidying;
  readonly #ends: (() => void)[];
  #isJoined = false;

  constructor(options: NatsMailOptions) {
    this.#options = options;
    const { link, directory, presence, newUuid, random } = options;
    const { clock } = link;
    this.#clock = clock;
    this.#counting = new MailCounting(link, (box) => presence.isHere(directory.living(box)));
    this.#sent = new SentMail(link);
    this.#keeper = new BoxKeeper(link, directory);
    const shelf = new MessageShelf(link);
    const rulebook = this.#rulebook();
    this.#reading = this.#reader(shelf);
    this.#sending = new Sending({
      ...{ link, shelf, rulebook, clock, newUuid, admission: options.admission, sent: this.#sent },
      me: () => options.me()!,
      presences: async (boxes): Promise<Presences> => {
        await presence.look(boxes);
        return presence;
      },
    });
    this.#lookingBack = new LookingBack({ link, shelf, rulebook });
    this.#holdingUp = new HoldingUp(link, shelf, rulebook);
    this.#observing = new Observing({
      ...{ link, shelf, clock, random, lookingBack: this.#lookingBack },
      snapshot: () => options.snapshot(),
      members: (boxes) => options.members(boxes),
      nameOf: (box) => directory.box(box)?.name,
      names: () => directory.boxes().map((box) => [box, directory.box(box)?.name ?? ""]),
      paused: () => directory.look((rules) => pausedView(rules)),
      stopped: () => directory.look(({ oversight }) => oversight.stopped()),
      onDirectory: (heard) => directory.onChange(heard),
      onPresence: (heard) => presence.onBox(heard),
    });
    const isHere = (box: number) => presence.isHere(box);
    const mending = new Mending({ link, directory, presence });
    this.#tidying = new Tidying({ link, directory, shelf, clock, random, isHere, mending });
    this.#ends = [
      directory.onChange((key) => this.#directoryChanged(key)),
      presence.onChange((instance) => this.#presenceChanged(instance)),
    ];
  }

  /** Called before this process leaves its box: what it holds there is queued again, marked. */
  async leaving(): Promise<void> {
    await this.#reading.move();
  }

  /** Called once this process has a box, or another one, or another name. */
  moved(): void {
    // Who is there for a moment only, or for another process, leaves the clean-up to others.
    if (!this.#isJoined && this.#options.attends !== true) this.#tidying.start();
    this.#isJoined = true;
    this.#sent.hear(this.#boxes());
    this.#reading.changed();
  }

  /** What the session behind this process does has changed. */
  consider(): void {
    this.#reading.consider();
  }

  /** Hears from now on of what is queued, and calls `heard` whenever that may be more or less. */
  listen(heard: () => void): void {
    this.#reading.listen(heard);
  }

  /** Messages that are queued, as far as it was heard of. */
  get unread(): number {
    return this.#reading.unread;
  }

  send(message: Outgoing): Promise<Receipt> {
    return this.#sending.send(message);
  }

  import(message: ImportedMessage): Promise<ImportResult> {
    return this.#sending.import(message);
  }

  /** Puts what a rule of the bus itself has inserted into the queues of its readers. */
  notify(message: NewMessage, readers: readonly number[]): Promise<void> {
    return this.#sending.notify(message, readers);
  }

  check(options: CheckOptions, signal?: AbortSignal): Promise<Handed> {
    return this.#reading.check(options, signal);
  }

  watch(options: WatchOptions, signal?: AbortSignal): Promise<WatchResult> {
    return this.#reading.watch(options, signal);
  }

  async history(options: HistoryOptions): Promise<HistoryResult> {
    const operation = decodeOperation({ op: "history", ...options }) as HistoryOperation;
    return await this.#lookingBack.page(this.#options.me()?.box, operation, this.#clock.wallMs());
  }

  observe(options: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult> {
    return this.#observing.observe(options, signal);
  }

  pause(options: PauseOptions): Promise<PausedView> {
    return this.#holdingUp.pause(options);
  }

  stopThread(options: StopOptions): Promise<StoppedView> {
    return this.#holdingUp.stopThread(options);
  }

  /** How much lies unread in each of these boxes, or in all. */
  counts(boxes?: readonly number[]): Promise<(box: number) => MailCount> {
    return this.#counting.of(boxes);
  }

  /** Ends all that waits or would call back later, with an error that says why. */
  close(why: HustingsError): void {
    for (const end of this.#ends) end();
    this.#tidying.close();
    this.#observing.close(why);
    this.#reading.close(why);
    this.#sent.close();
  }

  #reader(shelf: MessageShelf): MailReading {
    const { link, directory, presence, me, attends } = this.#options;
    const box = () => directory.box(me()?.box ?? 0);
    return new MailReading({
      ...{ link, shelf, clock: this.#clock, sent: this.#sent },
      ...(attends
        // Whether it wakes depends on what the session does at this moment.
        ? { onLook: () => void presence.look(this.#boxes()).catch(ignoreLoss) }
        : { holders: { isGone: (...of) => this.#isGone(...of) } }),
      isForSender: attends !== true,
      reader: {
        instance: presence.instance,
        boxes: () => this.#boxes(),
        name: () => box()?.name ?? "",
        isShared: () => box()?.shared === true,
        isPaused: () => box()?.paused === true || directory.get("paused") !== undefined,
      },
      isAwaited: () => presence.isAwaitedElsewhere(me()?.box ?? 0),
      workingMs: () => this.#options.workingMs(),
      onWaiting: (is) => this.#options.onWaiting(is),
      // Each process counts the answers that it sends and reads: together they see all of a conversation.
      onAnswer: ({ thread, isHuman }) => this.#options.admission.seen(thread, isHuman),
    });
  }

  #rulebook(): Rulebook {
    const { directory } = this.#options;
    return {
      refresh: () => directory.refresh(),
      look: (rule) => new Promise((resolve) => resolve(directory.look(rule))),
      transact: (rule) => directory.transact(rule),
      boxesOf: (box) => this.#allOf(box),
      keep: (boxes) => this.#keeper.keep(boxes),
    };
  }

  #boxes(): readonly number[] {
    const me = this.#options.me();
    return me === undefined ? [] : this.#allOf(me.box);
  }

  /** The box that has the name, and those that it took over. */
  #allOf(box: number): readonly number[] {
    const { directory } = this.#options;
    const living = directory.living(box);
    return [living, ...directory.box(living)?.also ?? []];
  }

  /** A box that one process holds at a time is not kept waiting for the last one. */
  async #isGone(instance: string, isShared: boolean): Promise<boolean> {
    const { presence } = this.#options;
    if (await presence.ask(instance)) return false;
    return !isShared || (!presence.isAlive(instance) && !presence.mayReturn(instance));
  }

  #directoryChanged(key: string): void {
    const box = key.startsWith("box.") ? Number(key.slice("box.".length)) : undefined;
    if (key !== "paused" && !(box !== undefined && this.#boxes().includes(box))) return;
    this.moved();
  }

  #presenceChanged(instance: string): void {
    const { presence } = this.#options;
    if (!presence.isAlive(instance)) this.#reading.gone(instance);
    const [mine] = this.#boxes();
    if (mine !== undefined && this.#boxesOf(instance).includes(mine)) this.#reading.consider();
  }

  #boxesOf(instance: string): number[] {
    const { directory, presence } = this.#options;
    const told = presence.record(instance)?.box;
    return told === undefined || told === 0 ? [] : [directory.living(told)];
  }
}
