import { HustingsError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { checkName, nameKey, nearNames, numberedName, roomName } from "../../core/names.ts";
import type { RoomOperation } from "../../core/operations.ts";
import type { Room, Transaction } from "../../store/store.ts";

/**
 * Puts who works in `repository` into its room, which is made with the first one, and out of the rooms
 * of repositories in which it worked before. Who left that room by its own choice stays out.
 */
export function workIn(
  { rooms }: Pick<Transaction, "rooms">,
  mailbox: number,
  repository: string | undefined,
): void {
  const room = repository === undefined
    ? undefined
    : rooms.byRepository(repository) ?? makeRoomOf(rooms, repository);
  rooms.worksOnlyIn(mailbox, room?.id);
  if (room === undefined || rooms.way(room.id, mailbox) !== undefined) return;
  rooms.set(room.id, mailbox, "works");
}

/** Repositories with the same last part are told apart by a number. */
function makeRoomOf(rooms: Transaction["rooms"], repository: string): Room {
  const base = roomName(repository);
  for (let n = 1;; n++) {
    const name = numberedName(base, n);
    if (rooms.byName(name) === undefined) return rooms.create(name, repository);
  }
}

/**
 * Enters a room or leaves it, and returns it. Throws `bad_name`, `too_many_requests` beyond
 * `limits.rooms`, and `no_recipient` for leaving one that is not there.
 */
export function enterOrLeave(
  transaction: Pick<Transaction, "rooms">,
  mailbox: number,
  { room: written, inside }: RoomOperation,
): Room {
  const { rooms } = transaction;
  if (!inside) {
    const room = namedRoom(transaction, written);
    rooms.leave(room.id, mailbox);
    return room;
  }
  const name = checkName(bare(written));
  const mine = rooms.of(mailbox);
  const isIn = mine.some((room) => nameKey(room.name) === nameKey(name));
  if (!isIn && mine.length >= limits.rooms) {
    throw new HustingsError(
      "too_many_requests",
      `You are in ${mine.length} rooms, which is the limit: leave one before you enter '#${name}'`,
    );
  }
  const room = rooms.byName(name) ?? rooms.create(name, undefined);
  rooms.set(room.id, mailbox, "entered");
  return room;
}

/**
 * The room that is called so, with or without `#`; throws `bad_name`, or `no_recipient` saying what
 * follows (`so`), near rooms and the cure.
 */
export function namedRoom({ rooms }: Pick<Transaction, "rooms">, written: string, so = ""): Room {
  const name = checkName(bare(written));
  const room = rooms.byName(name);
  if (room !== undefined) return room;
  const near = nearNames(name, rooms.all().map((each) => each.name)).map((each) => `'#${each}'`);
  const cure = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "enter it to make it";
  throw new HustingsError("no_recipient", `There is no room '#${name}'${so}: ${cure}`);
}

function bare(written: string): string {
  return written.startsWith("#") ? written.slice(1) : written;
}
