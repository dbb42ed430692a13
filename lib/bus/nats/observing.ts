import type { BusSnapshot, ObserveResult, PausedView } from "../../core/bus_events.ts";
import type { Clock, Random } from "../../core/clock.ts";
import { decodeOperation } from "../../core/decode_operation.ts";
import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { MemberView } from "../../core/types.ts";
import type { ObserveOperation } from "../../core/view_operations.ts";
import { EventLog } from "../../member/hub/event_log.ts";
import { MemberChanges } from "../../member/hub/member_changes.ts";
import type { ObserveOptions } from "../bus.ts";
import { wholeWaitMs } from "../whole_wait_ms.ts";
import { Following } from "./following.ts";
import { KeyedRecords } from "./keyed_records.ts";
import type { Link } from "./link.ts";
import type { LookingBack } from "./looking_back.ts";
import { readMailKey } from "./mail_keys.ts";
import type { MessageShelf } from "./message_shelf.ts";
import type { DoneRecord, OpenRecord } from "./records.ts";

export interface ObservingOptions {
  readonly link: Link;
  readonly shelf: MessageShelf;
  readonly lookingBack: LookingBack;
  readonly clock: Clock;
  readonly random: Random;
  /** How all is now. */
  snapshot(): Promise<BusSnapshot>;
  /** How a list shows those of these boxes that it shows at all. */
  members(boxes: readonly number[]): Promise<readonly MemberView[]>;
  /** The name that leads to a box now. */
  nameOf(box: number): string | undefined;
  /** All boxes that have a name, with it. */
  names(): Iterable<readonly [box: number, name: string]>;
  paused(): PausedView;
  stopped(): readonly number[];
  /** Calls `heard` with the key of each record of the directory that changes; returns what ends that. */
  onDirectory(heard: (key: string) => void): () => void;
  /** Calls `heard` with each box of which somebody comes, goes, or does something else. */
  onPresence(heard: (box: number) => void): () => void;
}

/**
 * What happens on the bus, for those who look on: heard of where it is kept, from the first look on until
 * nobody has looked for `limits.observedMs`.
 */
export class Observing {
  readonly #options: ObservingOptions;
  readonly #log: EventLog;
  readonly #changes: MemberChanges;
  readonly #mail: KeyedRecords<OpenRecord | DoneRecord>;
  #ends: (() => void)[] = [];
  #begun: Promise<void> | undefined;
  /** Messages up to this one were there before. */
  #oldTo = 0;
  /** Of later ones that were told of: the boxes in which they have not been seen yet. */
  readonly #told = new Map<number, Set<number>>();
  #names = new Map<number, string>();
  #toldPauses = "";
  #isClosed = false;
  readonly #closed = Promise.withResolvers<never>();
  #lastRequest = 0;
  /** Events are told in the order in which they were heard of, also where one has to be looked up. */
  #last: Promise<void> = Promise.resolve();
  #stopTimer: () => void = () => {};

  constructor(options: ObservingOptions) {
    this.#options = options;
    const { clock, random, link } = options;
    this.#log = new EventLog(Math.floor(random.fraction() * 2 ** 40), clock);
    this.#changes = new MemberChanges(
      clock,
      (boxes) => this.#later(() => this.#tellMembers(boxes)),
    );
    this.#mail = new KeyedRecords(link, link.names.mail);
    this.#closed.promise.catch(() => {});
  }

  /** As `Bus.observe`; rejects with `bus_down`, `bad_request` or `cancelled`. */
  async observe(options: ObserveOptions, signal?: AbortSignal): Promise<ObserveResult> {
    const waitMs = wholeWaitMs(options.waitMs, limits.waitMs);
    const operation = decodeOperation({ op: "observe", ...options, waitMs }) as ObserveOperation;
    if (signal?.aborted) throw cancelled();
    const request = ++this.#lastRequest;
    const end = () => this.#log.end(this, request);
    signal?.addEventListener("abort", end, { once: true });
    const looked = this.#log.observe(this, request, operation);
    await this.#listen();
    const seen = await Promise.race([looked, this.#closed.promise]).finally(() =>
      signal?.removeEventListener("abort", end)
    );
    if (signal?.aborted) throw cancelled();
    if (seen !== undefined) return seen;
    // What is on the server by now is in the snapshot; what happens from now on may come in both.
    const { cursor } = this.#log;
    return { cursor, events: [], snapshot: await this.#options.snapshot() };
  }

  /** Ends all that waits, with an error that says why. */
  close(why: HustingsError): void {
    this.#isClosed = true;
    this.#closed.reject(why);
    this.#deafen();
    this.#log.close();
  }

  /** Hears of all that happens from when this resolves on. */
  #listen(): Promise<void> {
    this.#begun ??= this.#begin().catch((error) => {
      this.#deafen();
      throw error;
    });
    return this.#begun;
  }

  async #begin(): Promise<void> {
    const { link, shelf, onDirectory, onPresence, names, paused } = this.#options;
    this.#names = new Map(names());
    this.#toldPauses = JSON.stringify(paused());
    this.#oldTo = await shelf.last();
    let last = (await this.#mail.keys("none")).last;
    await new Promise<void>((resolve) => {
      const following = new Following(link, {
        stream: this.#mail.stream,
        filter: `${this.#mail.prefix}>`,
        from: () => last + 1,
        onMessage: (subject, sequence, body) => {
          last = sequence;
          this.#later(() => this.#heard(subject, sequence, body));
        },
        onBegun: resolve,
      });
      following.start();
      this.#ends.push(() => following.stop());
    });
    this.#ends.push(
      onDirectory((key) => this.#later(() => this.#directoryChanged(key))),
      onPresence((box) => this.#changes.note(box)),
    );
    this.#rest();
  }

  /** Ends the listening once nobody looks on any more. */
  #rest(): void {
    this.#stopTimer = this.#options.clock.after(limits.observedMs, () => {
      if (this.#log.isObserved) this.#rest();
      else this.#deafen();
    });
  }

  #deafen(): void {
    this.#stopTimer();
    for (const end of this.#ends.splice(0)) end();
    this.#changes.close();
    this.#begun = undefined;
    this.#told.clear();
  }

  #later(act: () => Promise<void> | void): void {
    this.#last = this.#last.then(async () => {
      if (!this.#isClosed) await act();
    }).catch(ignoreLoss);
  }

  async #heard(subject: string, sequence: number, body: Uint8Array): Promise<void> {
    const found = this.#mail.read(subject, sequence, body);
    const place = found === undefined ? undefined : readMailKey(found.key);
    if (found === undefined || place === undefined) return;
    const { message: id, box } = place;
    this.#changes.note(box);
    const { state, atMs } = found.record;
    if (id > this.#oldTo && !this.#told.has(id)) await this.#tellMessage(id);
    const isFirst = this.#told.get(id)?.delete(box) === true;
    if (isFirst && state === "accepted") return;
    const name = this.#options.nameOf(box) ?? "";
    this.#log.note({ kind: "delivery", atMs, id, name, state });
  }

  /** It was put into the queue of one of its readers, and will be into those of the others. */
  async #tellMessage(id: number): Promise<void> {
    const { lookingBack, shelf } = this.#options;
    const readers = (await shelf.get(id))?.readers ?? [];
    this.#told.set(id, new Set(readers.map(([box]) => box)));
    const [oldest] = this.#told.keys();
    if (this.#told.size > limits.keptEvents) this.#told.delete(oldest!);
    const message = await lookingBack.entry(id, "accepted");
    if (message !== undefined) this.#log.note({ kind: "message", atMs: message.atMs, message });
  }

  #directoryChanged(key: string): void {
    const { stopped, clock, nameOf } = this.#options;
    const atMs = clock.wallMs();
    if (key === "paused") this.#notePauses(atMs);
    if (key.startsWith("stopped.")) {
      this.#log.note({ kind: "stopped", atMs, threads: stopped() });
    }
    if (!key.startsWith("box.")) return;
    const box = Number(key.slice("box.".length));
    const name = nameOf(box);
    const former = this.#names.get(box);
    if (name === undefined) return void this.#names.delete(box);
    this.#names.set(box, name);
    if (former !== undefined && former !== name) {
      this.#log.note({ kind: "renamed", atMs, former, name });
    }
    this.#notePauses(atMs);
    this.#changes.note(box);
  }

  /** Who is paused stands in the record of its box, which changes for other reasons, too. */
  #notePauses(atMs: number): void {
    const paused = this.#options.paused();
    const written = JSON.stringify(paused);
    if (this.#toldPauses !== written) {
      this.#log.note({ kind: "paused", atMs, paused });
    }
    this.#toldPauses = written;
  }

  async #tellMembers(boxes: readonly number[]): Promise<void> {
    const members = await this.#options.members(boxes);
    const atMs = this.#options.clock.wallMs();
    for (const member of members) this.#log.note({ kind: "member", atMs, member });
  }
}

/** What is missed while the server is away comes when it is back, or with the next snapshot. */
function ignoreLoss(error: unknown): void {
  if (!(error instanceof HustingsError)) throw error;
}

function cancelled(): HustingsError {
  return new HustingsError(
    "cancelled",
    "The wait was given up; the next one goes on where it began",
  );
}
