import type { Random } from "../../core/clock.ts";
import { invariant } from "../../core/invariant.ts";
import { nameKey } from "../../core/names.ts";
import type { Mailbox, Mailboxes } from "../../store/store.ts";
import type { DirectoryCopy } from "./directory_copy.ts";
import type { BoxRecord } from "./records.ts";

/** How much lies unread in a box. */
export type MailCounts = (box: number) => { readonly accepted: number; readonly handed: number };

export interface CopiedMailboxesOptions {
  readonly copy: DirectoryCopy;
  /** This machine, as owners of boxes name it. */
  readonly machine: string;
  /** An id for a box that is made. */
  readonly newId: () => number;
  readonly counts: MailCounts;
}

/**
 * The mailboxes of a directory's copy. An owner on another machine has that before its directory, so that
 * the same path there is somebody else.
 */
export class CopiedMailboxes implements Mailboxes {
  readonly #copy: DirectoryCopy;
  readonly #machine: string;
  readonly #newId: () => number;
  readonly #counts: MailCounts;

  constructor({ copy, machine, newId, counts }: CopiedMailboxesOptions) {
    this.#copy = copy;
    this.#machine = machine;
    this.#newId = newId;
    this.#counts = counts;
  }

  byId(id: number): Mailbox | undefined {
    return this.#read(this.#copy.living(id));
  }

  byName(name: string): Mailbox | undefined {
    const key = nameKey(name);
    const found = this.#copy.name(key);
    const isOwn = found !== undefined && nameKey(this.#copy.box(found.box)?.name ?? "") === key;
    return isOwn ? this.#read(found.box) : undefined;
  }

  byInstance(instance: string): Mailbox | undefined {
    const id = this.#copy.ofInstance(instance);
    return id === undefined || !this.#copy.isNamed(id) ? undefined : this.#read(id);
  }

  ofOwner(client: string, directory: string): Mailbox[] {
    const owner = { client, directory, machine: this.#machine };
    return this.#named(this.#copy.ofOwner(owner)).toSorted(lastFirst);
  }

  all(): Mailbox[] {
    const keyed = this.#named(this.#copy.boxes()).map((box) => ({ key: nameKey(box.name), box }));
    return keyed.sort((a, b) => a.key < b.key ? -1 : 1).map(({ box }) => box);
  }

  held(): Mailbox[] {
    return this.#named(this.#copy.boxes()).filter(({ instance }) => instance !== undefined);
  }

  lately(limit: number): Mailbox[] {
    return this.#owned().toSorted(lastFirst).slice(0, limit);
  }

  countSince(sinceMs: number): number {
    return this.#owned().filter((mailbox) => mailbox.sinceMs > sinceMs).length;
  }

  unclaimed(limit: number): Mailbox[] {
    const isWaiting = ({ owner, accepted }: Mailbox) => owner === undefined && accepted > 0;
    return this.all().filter(isWaiting).slice(0, limit);
  }

  create(name: string, atMs: number): Mailbox {
    const id = this.#newId();
    this.#put(id, { name, sinceMs: atMs });
    this.#lead(name, id);
    return this.#existing(id);
  }

  occupy(id: number, by: Parameters<Mailboxes["occupy"]>[1]): void {
    const { instance: _, shared: __, ...record } = this.#record(id);
    const isSame = record.owner !== undefined && record.owner.client === by.client &&
      this.#shown(record.owner) === by.directory;
    const { client, directory } = by;
    const session = by.session ?? record.session;
    this.#put(id, {
      ...without(record, "branch", "closingMs"),
      owner: isSame ? record.owner! : { client, directory, machine: this.#machine },
      ...(by.shared ? { shared: true as const } : { instance: by.instance }),
      pid: by.pid,
      sinceMs: by.atMs,
      ...(session === undefined ? {} : { session }),
      ...(by.branch === undefined ? {} : { branch: by.branch }),
    });
  }

  describe(id: number, { session, branch }: Parameters<Mailboxes["describe"]>[1]): void {
    this.#put(id, {
      ...this.#record(id),
      ...(session === undefined ? {} : { session }),
      ...(branch === undefined ? {} : { branch }),
    });
  }

  vacate(instance: string, atMs: number): void {
    const id = this.#copy.ofInstance(instance);
    if (id !== undefined) {
      this.#put(id, { ...without(this.#record(id), "instance"), sinceMs: atMs });
    }
  }

  touchShared(id: number, atMs: number): void {
    const record = this.#copy.box(id);
    if (record?.shared) this.#put(id, { ...record, sinceMs: atMs });
  }

  rename(id: number, name: string, forwardUntilMs: number): void {
    const former = this.#record(id);
    this.#lead(name, id);
    this.#put(id, { ...former, name });
    if (nameKey(former.name) !== nameKey(name)) this.forward(former.name, id, forwardUntilMs);
  }

  forward(name: string, id: number, untilMs: number): void {
    this.#copy.put(`name.${nameKey(name)}`, { box: id, untilMs });
  }

  /** Mail and history stay where they are: the box that took the name over reads there, too. */
  absorb(into: number, from: number): void {
    invariant(into !== from, "a mailbox does not absorb itself");
    const taker = this.#record(into);
    const taken = this.#record(from);
    for (const key of this.#copy.keys("name.")) {
      const found = this.#copy.name(key.slice(5));
      if (found?.box === from) this.#copy.put(key, { ...found, box: into });
    }
    this.#put(into, {
      ...taker,
      also: [...new Set([...taker.also ?? [], from, ...taken.also ?? []])],
      rooms: { ...taken.rooms, ...taker.rooms },
    });
    this.#copy.put(`box.${from}`, undefined);
  }

  remove(id: number, nowMs: number): boolean {
    const leading = this.#copy.keys("name.")
      .filter((key) => this.#copy.name(key.slice(5))?.box === id);
    const own = `name.${nameKey(this.#record(id).name)}`;
    const isLeading = (key: string) =>
      key !== own && (this.#copy.name(key.slice(5))?.untilMs ?? Infinity) > nowMs;
    const { accepted, handed } = this.#counts(id);
    if (accepted + handed > 0 || leading.some(isLeading)) return false;
    for (const key of leading) this.#copy.put(key, undefined);
    this.#copy.put(`box.${id}`, undefined);
    return true;
  }

  pause(id: number, paused: boolean): void {
    const record = without(this.#record(id), "paused");
    this.#put(id, paused ? { ...record, paused } : record);
  }

  paused(): string[] {
    return this.all().filter(({ paused }) => paused).map(({ name }) => name);
  }

  forwarded(name: string, nowMs: number): Mailbox | undefined {
    const key = nameKey(name);
    const found = this.#copy.name(key);
    if (found === undefined || (found.untilMs ?? Infinity) <= nowMs) return undefined;
    const box = this.byId(found.box);
    return box !== undefined && nameKey(box.name) !== key ? box : undefined;
  }

  /** The name leads to it from now on; where something led elsewhere, that is over. */
  #lead(name: string, id: number): void {
    const key = nameKey(name);
    if (this.#copy.name(key)?.box !== id || this.#copy.name(key)?.untilMs !== undefined) {
      this.#copy.put(`name.${key}`, { box: id });
    }
  }

  #named(ids: Iterable<number>): Mailbox[] {
    return [...ids].filter((id) => this.#copy.isNamed(id)).map((id) => this.#existing(id));
  }

  #owned(): Mailbox[] {
    return this.#named(this.#copy.boxes()).filter(({ owner }) => owner !== undefined);
  }

  #record(id: number): BoxRecord {
    const record = this.#copy.box(id);
    invariant(record !== undefined, "a mailbox that is changed exists");
    return record;
  }

  #put(id: number, record: BoxRecord): void {
    this.#copy.put(`box.${id}`, record);
  }

  #existing(id: number): Mailbox {
    const mailbox = this.#read(id);
    invariant(mailbox !== undefined, "a mailbox that was found exists");
    return mailbox;
  }

  #shown({ directory, machine }: NonNullable<BoxRecord["owner"]>): string {
    return machine === this.#machine ? directory : `${machine.split("#")[0]}:${directory}`;
  }

  #read(id: number): Mailbox | undefined {
    const record = this.#copy.box(id);
    if (record === undefined) return undefined;
    const { owner } = record;
    return {
      id,
      name: record.name,
      owner: owner && { client: owner.client, directory: this.#shown(owner) },
      shared: record.shared ?? false,
      instance: record.instance,
      pid: record.pid ?? 0,
      session: record.session,
      branch: record.branch,
      sinceMs: record.sinceMs,
      paused: record.paused ?? false,
      ...sum([id, ...record.also ?? []].map(this.#counts)),
    };
  }
}

/** A random id for a box: a whole number that JSON holds exactly, and never 0. */
export function newBoxId(random: Random): number {
  const view = new DataView(random.bytes(8).buffer);
  return view.getUint32(0) % 2 ** 21 * 2 ** 32 + view.getUint32(4) || newBoxId(random);
}

function sum(counts: readonly ReturnType<MailCounts>[]): ReturnType<MailCounts> {
  return {
    accepted: counts.reduce((all, { accepted }) => all + accepted, 0),
    handed: counts.reduce((all, { handed }) => all + handed, 0),
  };
}

function lastFirst(a: Mailbox, b: Mailbox): number {
  return b.sinceMs - a.sinceMs || a.id - b.id;
}

function without<T extends object, K extends keyof T>(record: T, ...keys: K[]): Omit<T, K> {
  const copy = { ...record };
  for (const key of keys) delete copy[key];
  return copy;
}
