import { invariant } from "../core/invariant.ts";
import { nameKey } from "../core/names.ts";
import type { Database, Row } from "./database.ts";
import { forgetWays } from "./forget_ways.ts";
import type { Room, Rooms, RoomWay } from "./store.ts";

/** In the order of the numbers with which the store keeps them. */
const ways: readonly RoomWay[] = ["works", "entered", "left"];

/** Rooms and who is in them, in SQLite. */
export class SqliteRooms implements Rooms {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  byName(name: string): Room | undefined {
    return read(this.#db.get("SELECT id, name FROM rooms WHERE name_key = ?", nameKey(name)));
  }

  byRepository(repository: string): Room | undefined {
    return read(this.#db.get("SELECT id, name FROM rooms WHERE repository = ?", repository));
  }

  all(): Room[] {
    return this.#db.all("SELECT id, name FROM rooms ORDER BY name_key").map(readRow);
  }

  create(name: string, repository: string | undefined): Room {
    const { lastId } = this.#db.run(
      "INSERT INTO rooms (name, name_key, repository) VALUES (?, ?, ?)",
      name,
      nameKey(name),
      repository ?? null,
    );
    return { id: lastId, name };
  }

  members(room: number): number[] {
    const sql = "SELECT mailbox FROM insiders WHERE room = ? AND way < 2 ORDER BY mailbox";
    return this.#db.all(sql, room).map((row) => Number(row["mailbox"]));
  }

  of(mailbox: number): Room[] {
    return this.#db.all(
      `SELECT id, name FROM insiders JOIN rooms ON rooms.id = room
        WHERE mailbox = ? AND way < 2 ORDER BY name_key`,
      mailbox,
    ).map(readRow);
  }

  ofAll(): Map<number, Room[]> {
    const rows = this.#db.all(
      `SELECT mailbox, id, name FROM insiders JOIN rooms ON rooms.id = room
        WHERE way < 2 ORDER BY name_key`,
    );
    const found = new Map<number, Room[]>();
    for (const row of rows) {
      const mailbox = Number(row["mailbox"]);
      const rooms = found.get(mailbox);
      if (rooms === undefined) found.set(mailbox, [readRow(row)]);
      else rooms.push(readRow(row));
    }
    return found;
  }

  way(room: number, mailbox: number): RoomWay | undefined {
    const sql = "SELECT way FROM insiders WHERE room = ? AND mailbox = ?";
    const row = this.#db.get(sql, room, mailbox);
    if (row === undefined) return undefined;
    const way = ways[Number(row["way"])];
    invariant(way !== undefined, "a stored way into a room is known");
    return way;
  }

  set(room: number, mailbox: number, way: Exclude<RoomWay, "left">): void {
    this.#db.run(
      "INSERT OR REPLACE INTO insiders (room, mailbox, way) VALUES (?, ?, ?)",
      room,
      mailbox,
      ways.indexOf(way),
    );
  }

  leave(room: number, mailbox: number): void {
    const { changes } = this.#db.run(
      `INSERT OR REPLACE INTO insiders (room, mailbox, way)
        SELECT id, ?, 2 FROM rooms WHERE id = ? AND repository IS NOT NULL`,
      mailbox,
      room,
    );
    if (changes === 0) forgetWays(this.#db, mailbox, "room = ?", room);
  }

  worksOnlyIn(mailbox: number, room: number | undefined): void {
    forgetWays(this.#db, mailbox, "way = 0 AND room IS NOT ?", room ?? null);
  }
}

function read(row: Row | undefined): Room | undefined {
  return row === undefined ? undefined : readRow(row);
}

function readRow(row: Row): Room {
  return { id: Number(row["id"]), name: String(row["name"]) };
}
