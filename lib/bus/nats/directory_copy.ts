import { invariant } from "../../core/invariant.ts";
import { nameKey } from "../../core/names.ts";
import type { RoomWay } from "../../store/store.ts";
import type { BoxRecord, NameRecord, RoomRecord } from "./records.ts";

/** What one key was before and is after a draft. */
export interface DirectoryChange {
  readonly key: string;
  /** Undefined where it is taken away. */
  readonly value: unknown;
  /** True where nothing was there before. */
  readonly isNew: boolean;
  /** The sequence that it must still have on the server, 0 for none. */
  readonly expected: number;
}

/**
 * What lies in the directory's bucket, as far as it was heard of, with what is looked up in it. It decides
 * nothing: who changes something compares it with the server.
 */
export class DirectoryCopy {
  readonly #values = new Map<string, unknown>();
  readonly #sequences = new Map<string, number>();
  readonly #boxes = new Set<number>();
  readonly #rooms = new Set<string>();
  readonly #byInstance = new Map<string, number>();
  readonly #byOwner = new Map<string, Set<number>>();
  readonly #absorbed = new Map<number, number>();
  readonly #insiders = new Map<string, Map<number, RoomWay>>();
  /** In a draft, what each changed key was before. */
  #before: Map<string, unknown> | undefined;

  /** Takes a change that the server has; older ones than the known are left out. False for those. */
  heard(key: string, sequence: number, value: unknown): boolean {
    if (sequence <= (this.#sequences.get(key) ?? 0)) return false;
    this.#sequences.set(key, sequence);
    this.#set(key, value);
    return true;
  }

  /** The server has nothing at all under the key. */
  missing(key: string): void {
    this.#sequences.delete(key);
    this.#set(key, undefined);
  }

  /** The server has nothing of it any more; returns the keys that there were. */
  clear(): string[] {
    const keys = [...this.#values.keys()];
    this.#sequences.clear();
    for (const key of keys) this.#set(key, undefined);
    return keys;
  }

  sequence(key: string): number {
    return this.#sequences.get(key) ?? 0;
  }

  /** Keys of which only a note is left that their record is gone, with its sequence. */
  marks(): [key: string, sequence: number][] {
    return [...this.#sequences].filter(([key]) => !this.#values.has(key));
  }

  /** Runs `work`, which may `put`, and takes back what it put: returns that beside its result. */
  draft<T>(work: () => T): { readonly result: T; readonly changes: DirectoryChange[] } {
    invariant(this.#before === undefined, "one draft ends before the next begins");
    const before = new Map<string, unknown>();
    this.#before = before;
    try {
      const result = work();
      const changes = [...before].map(([key, former]) => ({
        key,
        value: this.#values.get(key),
        isNew: former === undefined,
        expected: this.sequence(key),
      }));
      const isChanged = ({ key, value }: DirectoryChange) => !isEqual(before.get(key), value);
      return { result, changes: changes.filter(isChanged) };
    } finally {
      this.#before = undefined;
      for (const [key, former] of before) this.#set(key, former);
    }
  }

  /** Changes a record within a draft; undefined takes it away. */
  put(key: string, value: unknown): void {
    if (this.#before !== undefined && !this.#before.has(key)) {
      this.#before.set(key, this.#values.get(key));
    }
    this.#set(key, value);
  }

  get(key: string): unknown {
    return this.#values.get(key);
  }

  /** All keys that begin so. */
  keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix));
  }

  box(id: number): BoxRecord | undefined {
    return this.#values.get(`box.${id}`) as BoxRecord | undefined;
  }

  name(key: string): NameRecord | undefined {
    return this.#values.get(`name.${key}`) as NameRecord | undefined;
  }

  room(key: string): RoomRecord | undefined {
    return this.#values.get(`room.${key}`) as RoomRecord | undefined;
  }

  boxes(): Iterable<number> {
    return this.#boxes;
  }

  rooms(): Iterable<string> {
    return this.#rooms;
  }

  /** The box, or the one whose name took over its own. */
  living(id: number): number {
    const into = this.#boxes.has(id) ? undefined : this.#absorbed.get(id);
    return into ?? id;
  }

  /** True where its name leads to it: one of which somebody lost the race for its name is nobody's. */
  isNamed(id: number): boolean {
    const box = this.box(id);
    return box !== undefined && this.name(nameKey(box.name))?.box === id;
  }

  ofInstance(instance: string): number | undefined {
    return this.#byInstance.get(instance);
  }

  ofOwner(owner: NonNullable<BoxRecord["owner"]>): Iterable<number> {
    return this.#byOwner.get(ownerKey(owner)) ?? [];
  }

  /** Rooms with which somebody has to do. */
  entered(): Iterable<string> {
    return this.#insiders.keys();
  }

  /** Who has anything to do with a room: in it, or out of it by its own choice. */
  ways(room: string): ReadonlyMap<number, RoomWay> {
    return this.#insiders.get(room) ?? new Map();
  }

  #set(key: string, value: unknown): void {
    if (key.startsWith("box.")) this.#index(Number(key.slice(4)), value as BoxRecord | undefined);
    if (key.startsWith("room.")) {
      if (value === undefined) this.#rooms.delete(key.slice(5));
      else this.#rooms.add(key.slice(5));
    }
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  #index(id: number, now: BoxRecord | undefined): void {
    const before = this.box(id);
    if (before !== undefined) this.#unindex(id, before);
    if (now === undefined) return;
    this.#boxes.add(id);
    if (now.instance !== undefined) this.#byInstance.set(now.instance, id);
    if (now.owner !== undefined) addTo(this.#byOwner, ownerKey(now.owner), id);
    for (const each of now.also ?? []) this.#absorbed.set(each, id);
    for (const [room, way] of Object.entries(now.rooms ?? {})) {
      const ways = this.#insiders.get(room) ?? new Map<number, RoomWay>();
      this.#insiders.set(room, ways.set(id, way));
    }
  }

  #unindex(id: number, before: BoxRecord): void {
    this.#boxes.delete(id);
    const { instance, owner } = before;
    if (instance !== undefined && this.#byInstance.get(instance) === id) {
      this.#byInstance.delete(instance);
    }
    if (owner !== undefined) this.#byOwner.get(ownerKey(owner))?.delete(id);
    for (const each of before.also ?? []) {
      if (this.#absorbed.get(each) === id) this.#absorbed.delete(each);
    }
    for (const room of Object.keys(before.rooms ?? {})) {
      const ways = this.#insiders.get(room);
      ways?.delete(id);
      if (ways?.size === 0) this.#insiders.delete(room);
    }
  }
}

function ownerKey({ client, directory, machine }: NonNullable<BoxRecord["owner"]>): string {
  return JSON.stringify([client, directory, machine]);
}

function addTo(sets: Map<string, Set<number>>, key: string, id: number): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(id));
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
