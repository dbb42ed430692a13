import { invariant } from "../../core/invariant.ts";
import { nameKey } from "../../core/names.ts";
import type { Room, Rooms, RoomWay } from "../../store/store.ts";
import type { DirectoryCopy } from "./directory_copy.ts";
import type { RoomRecord } from "./records.ts";

/**
 * The rooms of a directory's copy. A room is there as long as somebody has to do with it: what was
 * written of one that nobody has is written over when it is made anew.
 */
export class CopiedRooms implements Rooms {
  readonly #copy: DirectoryCopy;
  /** What this process calls rooms by; on the server they have their names. */
  readonly #ids: Map<string, number>;
  readonly #keys: string[];
  /** Those that were made in this draft: nobody has to do with them yet. */
  readonly #fresh = new Set<string>();

  constructor(copy: DirectoryCopy, ids: RoomIds) {
    this.#copy = copy;
    this.#ids = ids.byKey;
    this.#keys = ids.keys;
  }

  byName(name: string): Room | undefined {
    return this.#read(nameKey(name));
  }

  byRepository(repository: string): Room | undefined {
    const key = [...this.#copy.rooms()]
      .find((each) => this.#isThere(each) && this.#copy.room(each)?.repository === repository);
    return key === undefined ? undefined : this.#read(key);
  }

  all(): Room[] {
    return [...new Set([...this.#copy.rooms(), ...this.#copy.entered()])].sort().map((key) =>
      this.#read(key)
    )
      .filter((room) => room !== undefined);
  }

  create(name: string, repository: string | undefined): Room {
    const key = nameKey(name);
    const record: RoomRecord = { name, ...(repository === undefined ? {} : { repository }) };
    this.#copy.put(`room.${key}`, record);
    this.#fresh.add(key);
    return this.#existing(key);
  }

  members(room: number): number[] {
    return [...this.#copy.ways(this.#key(room))]
      .filter(([id, way]) => way !== "left" && this.#copy.isNamed(id))
      .map(([id]) => id).sort((a, b) => a - b);
  }

  of(mailbox: number): Room[] {
    return this.#ways(mailbox).filter(([, way]) => way !== "left").map(([key]) => key).sort()
      .map((key) => this.#read(key)).filter((room) => room !== undefined);
  }

  ofAll(): Map<number, Room[]> {
    return new Map([...this.#copy.boxes()].map((id) => [id, this.of(id)]));
  }

  way(room: number, mailbox: number): RoomWay | undefined {
    return this.#copy.ways(this.#key(room)).get(mailbox);
  }

  set(room: number, mailbox: number, way: Exclude<RoomWay, "left">): void {
    this.#put(mailbox, (ways) => ({ ...ways, [this.#key(room)]: way }));
  }

  leave(room: number, mailbox: number): void {
    const key = this.#key(room);
    const isRepository = this.#copy.room(key)?.repository !== undefined;
    this.#put(mailbox, ({ [key]: _, ...others }) => ({
      ...others,
      ...(isRepository ? { [key]: "left" as const } : {}),
    }));
  }

  worksOnlyIn(mailbox: number, room: number | undefined): void {
    const only = room === undefined ? undefined : this.#key(room);
    this.#put(mailbox, (ways) =>
      Object.fromEntries(
        Object.entries(ways).filter(([key, way]) => way !== "works" || key === only),
      ));
  }

  #put(
    mailbox: number,
    change: (ways: Readonly<Record<string, RoomWay>>) => Record<string, RoomWay>,
  ): void {
    const box = this.#copy.box(mailbox);
    invariant(box !== undefined, "who is in a room has a mailbox");
    this.#copy.put(`box.${mailbox}`, { ...box, rooms: change(box.rooms ?? {}) });
  }

  #ways(mailbox: number): [string, RoomWay][] {
    return Object.entries(this.#copy.box(mailbox)?.rooms ?? {});
  }

  #isThere(key: string): boolean {
    return this.#fresh.has(key) || this.#copy.ways(key).size > 0;
  }

  #read(key: string): Room | undefined {
    if (!this.#isThere(key)) return undefined;
    // Where somebody came in at the moment in which it was taken away as empty, its key is its name.
    const record = this.#copy.room(key) ?? { name: key };
    const known = this.#ids.get(key);
    const id = known ?? this.#keys.push(key);
    if (known === undefined) this.#ids.set(key, id);
    return { id, name: record.name };
  }

  #existing(key: string): Room {
    const room = this.#read(key);
    invariant(room !== undefined, "a room that was made is there");
    return room;
  }

  #key(room: number): string {
    const key = this.#keys[room - 1];
    invariant(key !== undefined, "a room has the id that it was given");
    return key;
  }
}

/** The ids that a process has given to rooms: the n-th key has n. */
export interface RoomIds {
  readonly byKey: Map<string, number>;
  readonly keys: string[];
}
