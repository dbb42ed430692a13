import { RequestError } from "@nats-io/transport-node";
import type { Subscription } from "@nats-io/transport-node";
import { limits } from "../../core/limits.ts";
import type { Attention } from "../../core/types.ts";
import type { Presences } from "../../member/hub/views.ts";
import type { Directory } from "./directory.ts";
import { Following } from "./following.ts";
import { ignoreLoss } from "./ignore_loss.ts";
import { KeyedRecords } from "./keyed_records.ts";
import { KnownProcesses } from "./known_processes.ts";
import type { Link } from "./link.ts";
import type { LiveChange } from "./live_change.ts";
import { LiveTelling } from "./live_telling.ts";
import type { LiveRecord } from "./records.ts";

export interface PresenceOptions {
  readonly link: Link;
  readonly directory: Directory;
  /** This process, as its leases and its name have it. */
  readonly instance: string;
  readonly pid: number;
  readonly machine: string;
  /** It only speaks for another process. */
  readonly attends?: boolean;
}

/**
 * Who is there: each process renews a sign of life, and answers to who asks for it. What follows from that is
 * the table of `KnownProcesses`.
 */
export class Presence implements Presences {
  readonly #options: PresenceOptions;
  readonly #link: Link;
  readonly #records: KeyedRecords<LiveRecord>;
  readonly #following: Following;
  readonly #known: KnownProcesses;
  readonly #telling: LiveTelling;
  #subscription: Subscription | undefined;
  #isOver = false;
  #heardTo = 0;
  readonly #listeners = new Set<(instance: string, box: number) => void>();
  readonly #waiting = new Set<() => void>();

  constructor(options: PresenceOptions) {
    const { link, instance, pid, machine, attends } = options;
    this.#options = options;
    this.#link = link;
    this.#known = new KnownProcesses(() => link.clock.monotonicMs());
    this.#records = new KeyedRecords(link, link.names.live);
    const first = { box: 0, pid, machine, atMs: 0, unread: 0, ...(attends ? { attends } : {}) };
    this.#telling = new LiveTelling({
      ...{ link, records: this.#records, instance, first },
      onRenew: () => this.#forgetOld(),
    });
    const { stream, prefix } = this.#records;
    this.#following = new Following(link, {
      stream,
      filter: `${prefix}>`,
      from: () => this.#heardTo + 1,
      onReset: () => this.#heardTo = 0,
      onMessage: (subject, sequence, body) => {
        this.#heardTo = sequence;
        this.#hear(subject.slice(prefix.length), sequence, body);
        this.#tellWaiting();
      },
    });
  }

  /** Resolves once it is known who is there. Rejects as `Link.run` does. */
  async follow(): Promise<void> {
    const { stream, prefix } = this.#records;
    const query = { "last_by_subj": `${prefix}>` };
    const last = await this.#link.run(() => this.#link.jsm.streams.getMessage(stream, query));
    this.#following.start();
    if (last !== null) await this.#link.run(() => this.#reached(last.seq));
  }

  /** Resolves once others know that this process is there. Rejects as `Link.run` does. */
  async start(): Promise<void> {
    const { link, instance } = this.#options;
    this.#subscription = link.nc.subscribe(link.names.alive(instance), {
      callback: (error, message) => {
        if (error === null) message.respond(this.#telling.answer());
      },
    });
    await this.#telling.start();
  }

  /** Others see at once that it is gone. Rejects as `Link.run` does. */
  async leave(): Promise<void> {
    this.#end();
    await this.#telling.written();
    await this.#records.mark(this.#options.instance, {});
  }

  /** Lets go of the connection, and says nothing. */
  close(): void {
    this.#end();
    this.#following.stop();
  }

  get instance(): string {
    return this.#options.instance;
  }

  /** Resolves once others can see what this process told last. Rejects as `Link.run` does. */
  async told(): Promise<void> {
    await this.#telling.now();
  }

  /** Changes what is told of this process, and tells it as `LiveTelling` does. */
  tell(change: LiveChange): void {
    this.#telling.tell(change);
  }

  /**
   * Calls `fn` with each process that came, went or told something new, and the box that it told last, or 0;
   * returns what takes that back.
   */
  onChange(fn: (instance: string, box: number) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** Calls `fn` with each box of which somebody came, went or told something new; returns what takes that back. */
  onBox(fn: (box: number) => void): () => void {
    const { directory } = this.#options;
    return this.onChange((instance, told) => {
      const held = directory.look(({ mailboxes }) => mailboxes.byInstance(instance)?.id);
      for (const each of new Set([told, held ?? 0])) if (each !== 0) fn(directory.living(each));
    });
  }

  /** The process runs, as far as it is known without asking. */
  isAlive(instance: string): boolean {
    return instance === this.instance ? !this.#isOver : this.#known.isAlive(instance);
  }

  /** Nobody has answered for it for so long that it is not waited for. */
  isGone(instance: string): boolean {
    return this.#known.isGone(instance);
  }

  /** Nothing has told whether the process that has the box runs: it may have taken it at this moment. */
  isUnknown(box: number): boolean {
    return this.#claimed(box).some((each) => each !== this.instance && this.#known.isUnknown(each));
  }

  /** Nobody answers for it since less than `limits.returnMs`. */
  mayReturn(instance: string): boolean {
    return this.#known.isDoubted(instance);
  }

  isHere(box: number): boolean {
    return this.#holders(box).length > 0;
  }

  mailboxesHere(): readonly number[] {
    const { directory } = this.#options;
    const boxes = this.#all()
      .filter(([instance, record]) => record.box !== 0 && this.isAlive(instance))
      .map(([, record]) => directory.living(record.box));
    return [...new Set(boxes)].filter((box) => this.isHere(box));
  }

  isWaiting(box: number): boolean {
    return this.#speakers(box).some(({ waiting }) => waiting === true);
  }

  /** Whether a process other than this one waits for what comes into the box. */
  isAwaitedElsewhere(box: number): boolean {
    return this.#speakers(box).some((record) =>
      record !== this.#telling.own && record.waiting === true
    );
  }

  attention(box: number): Attention {
    const speakers = this.#speakers(box);
    const holder = speakers.find(({ attends }) => attends !== true);
    const isWatched = speakers.some(({ reach }) => reach === "wake");
    const { activity, activitySinceMs } = holder ?? {};
    const reach = isWatched ? "wake" : holder?.reach;
    return {
      ...(activity === undefined ? {} : { activity }),
      ...(activitySinceMs === undefined ? {} : { activitySinceMs }),
      ...(reach === undefined ? {} : { reach }),
    };
  }

  /** What the process told last. */
  record(instance: string): LiveRecord | undefined {
    return instance === this.instance ? this.#telling.own : this.#known.record(instance);
  }

  /**
   * Asks those that hold these boxes, or attend for them, whether they are there and what they do, all at
   * once: what is known then is true.
   */
  async look(boxes: Iterable<number>): Promise<void> {
    const instances = new Set<string>();
    for (const box of boxes) {
      for (const each of this.#claimed(box)) instances.add(each);
      for (const [each] of this.#attendants(box)) instances.add(each);
    }
    await Promise.all([...instances].map((each) => this.ask(each)));
  }

  /** True where the process answers, or is stopped and has told something lately. */
  async ask(instance: string): Promise<boolean> {
    if (instance === this.instance) return true;
    const { isThere, record } = await this.#answer(instance);
    if (isThere === undefined) {
      this.#known.saysNothing(instance);
      return this.isAlive(instance);
    }
    if (isThere) this.#isBack(instance, record);
    else this.#doubt(instance);
    return isThere;
  }

  /** Resolves when one that nobody answered for has come back, or is gone. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
    });
  }

  #holders(box: number): string[] {
    return this.#claimed(box).filter((instance) => this.isAlive(instance));
  }

  /** Processes that the box is said to be of. */
  #claimed(box: number): string[] {
    const record = this.#options.directory.box(box);
    if (record?.shared !== true) return record?.instance === undefined ? [] : [record.instance];
    return this.#at(box).filter(([, record]) => record.attends !== true)
      .map(([instance]) => instance);
  }

  #all(): (readonly [instance: string, record: LiveRecord])[] {
    return [...this.#known.records(), [this.instance, this.#telling.own]];
  }

  /** Those that told this box. */
  #at(box: number): (readonly [instance: string, record: LiveRecord])[] {
    const { own } = this.#telling;
    const known = this.#known.at(box);
    return own.box === box ? [...known, [this.instance, own]] : known;
  }

  /** Those that speak for another process in this box. */
  #attendants(box: number): (readonly [instance: string, record: LiveRecord])[] {
    return this.#known.at(box).filter(([, record]) => record.attends === true);
  }

  /** What the holders of a box, and those who attend for it, have told. */
  #speakers(box: number): LiveRecord[] {
    const holders = this.#holders(box).map((instance) => this.record(instance));
    const attendants = this.#attendants(box).filter(([each]) => this.isAlive(each))
      .map(([, record]) => record);
    return [...holders, ...attendants].filter((record) => record !== undefined);
  }

  async #answer(instance: string): Promise<Answer> {
    const { nc, names } = this.#link;
    try {
      const message = await nc.request(names.alive(instance), undefined, {
        timeout: limits.natsAliveMs,
      });
      return { isThere: true, record: message.json<LiveRecord>() };
    } catch (error) {
      return error instanceof RequestError && error.isNoResponders() ? { isThere: false } : {};
    }
  }

  #doubt(instance: string): void {
    if (!this.#known.doubt(instance)) return;
    this.#changed(instance);
    const again = async () => {
      const { isThere, record } = await this.#answer(instance);
      if (!this.#known.isDoubted(instance) || this.#isOver) return;
      if (isThere === true) this.#isBack(instance, record);
      else if (isThere === false && this.#known.isOverdue(instance)) this.#isGone(instance);
      else this.#link.clock.after(limits.natsDoubtMs, again);
    };
    this.#link.clock.after(limits.natsDoubtMs, again);
  }

  #isBack(instance: string, record: LiveRecord | undefined): void {
    if (this.#known.answers(instance, record)) this.#changed(instance);
  }

  #isGone(instance: string): void {
    const sequence = this.#known.giveUp(instance);
    if (sequence > 0) {
      // What it told is no longer true, unless it has told something else meanwhile.
      const repeatId = `gone-${instance}-${sequence}`;
      this.#records.mark(instance, { expected: sequence, repeatId }).catch(ignoreLoss);
    }
    this.#changed(instance);
  }

  #hear(instance: string, sequence: number, body: Uint8Array): void {
    const former = this.record(instance)?.box;
    const found = this.#records.read(this.#records.prefix + instance, sequence, body);
    if (found === undefined) this.#known.left(instance);
    else this.#known.told(instance, found.record, sequence);
    this.#changed(instance, found?.record.box ?? former);
  }

  #changed(instance: string, box = this.record(instance)?.box ?? 0): void {
    this.#link.crowd = this.#known.size;
    for (const fn of this.#listeners) fn(instance, box);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const done of [...this.#waiting]) done();
  }

  /** Resolves once all up to `sequence` was heard; some of it may be too old by now, and never come. */
  async #reached(sequence: number): Promise<void> {
    const oldMs = this.#link.clock.monotonicMs() + limits.natsAliveMs;
    while (this.#heardTo < sequence && this.#link.clock.monotonicMs() < oldMs) {
      await new Promise<void>((resolve) => {
        const stop = this.#link.clock.after(limits.natsAliveMs, resolve);
        this.changed().then(stop).then(resolve);
      });
    }
  }

  /** What nobody renewed any more. */
  #forgetOld(): void {
    for (const [instance, box] of this.#known.forgetOld()) this.#changed(instance, box);
  }

  #end(): void {
    this.#isOver = true;
    this.#telling.end();
    this.#subscription?.unsubscribe();
  }
}

/** What who was asked says; nothing where that cannot be told: the server is lost, or it says nothing. */
interface Answer {
  readonly isThere?: boolean;
  /** What it tells of itself at this moment. */
  readonly record?: LiveRecord;
}
