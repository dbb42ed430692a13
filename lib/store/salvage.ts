import type { SQLInputValue } from "node:sqlite";
import { Database } from "./database.ts";
import type { Row } from "./database.ts";
import type { StoreMark } from "./store_mark.ts";

/** What could be read of a damaged store. */
export interface Salvaged {
  readonly messages: number;
  /** Deliveries that nobody has acknowledged. */
  readonly unread: number;
}

/** Texts travel as bytes: `node:sqlite` ends a string at its first NUL. */
const textColumns = new Set(["text", "uuid", "sender_name", "written_to", "name", "name_key"])
  .union(new Set(["client", "directory", "instance", "session", "branch", "repository"]));

const columnsOf = {
  mailboxes: ["id", "name", "name_key", "client", "directory", "shared", "pid", "since_ms"]
    .concat(["session", "branch", "paused"]),
  reigns: ["epoch", "port", "pid", "since_ms"],
  stopped: ["thread", "at_ms"],
  rooms: ["id", "name", "name_key", "repository"],
  insiders: ["room", "mailbox", "way"],
  messages: ["id", "uuid", "sender", "sender_name", "written_to", "thread", "reply_to", "at_ms"]
    .concat(["checksum", "text"]),
  deliveries: ["mailbox", "message", "state", "redelivered", "instance", "handed_ms", "read_ms"]
    .concat(["answered_ms"]),
};

/**
 * Copies what can be read of the damaged store at `path` into the empty store `into`, row by row;
 * the damaged one is only read. What was not read yet may have been seen, since the last commits can
 * be missing: it is marked as redelivered. Nobody holds a name or a message afterwards.
 */
export function salvage(
  path: string | undefined,
  into: Database,
  mark: StoreMark | undefined,
): Salvaged {
  // Where nothing but the mark is left, epoch and numbers go on where they were all the same.
  const from = attempt(() => path && new Database(path, { readOnly: true })) ||
    new Database(":memory:");
  try {
    copyReign(from, into, mark);
    copyEach(from, into, "mailboxes", highestId(from, "mailboxes", 0));
    const last = highestId(from, "messages", mark?.lastMessage ?? 0);
    const messages = copyEach(from, into, "messages", last);
    copyDeliveries(from, into);
    copyWhole(from, into);
    goOnAfter(into, mark?.lastMessage ?? 0);
    const unread = Number(into.value("SELECT count(*) FROM deliveries WHERE state = 0"));
    return { messages, unread };
  } finally {
    from.close();
  }
}

/** A number that a lost message had is not given to another one. */
function goOnAfter(into: Database, lastMessage: number): void {
  const last = Math.max(lastMessage, Number(into.value("SELECT max(id) FROM messages") ?? 0));
  into.run("DELETE FROM sqlite_sequence WHERE name = 'messages'");
  into.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', ?)", last);
}

function copyReign(from: Database, into: Database, mark: StoreMark | undefined): void {
  const found = attempt(() => from.get("SELECT epoch, commits FROM reign"));
  const highest = (column: "epoch" | "commits") =>
    Math.max(mark?.[column] ?? 0, Number(found?.[column] ?? 0));
  into.run("UPDATE reign SET epoch = ?, commits = ?", highest("epoch"), highest("commits"));
}

/** The highest id that a row may have, by any part of the file that can still be read. */
function highestId(from: Database, table: "mailboxes" | "messages", known: number): number {
  const sequence = attempt(() =>
    from.value("SELECT seq FROM sqlite_sequence WHERE name = ?", table)
  );
  const last = attempt(() => from.value(`SELECT max(id) FROM ${table}`));
  // One flipped bit can make a number absurd: nobody wants to count up to it.
  const likely = [sequence, last].map((value) => Number(value ?? 0)).filter((id) => id < 2 ** 31);
  return Math.max(known, ...likely);
}

/** Copies row after row; a row that cannot be read is passed over. Returns how many were copied. */
function copyEach(
  from: Database,
  into: Database,
  table: "mailboxes" | "messages",
  last: number,
): number {
  // A store of an older form has fewer columns.
  const known = attempt(() =>
    from.all("SELECT name FROM pragma_table_info(?)", table).map((row) => String(row["name"]))
  );
  const columns = columnsOf[table].filter((column) => known?.includes(column) ?? true);
  const select = `SELECT ${selected(columns)} FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`;
  let count = 0;
  for (let id = 1; id <= last;) {
    const row = attempt(() => from.get(select, id) ?? null);
    if (row === null) break;
    if (row !== undefined && insert(into, table, row)) count += 1;
    // After what cannot be read comes the next id; a number that runs backwards is damage too.
    id = Math.max(id, Number(row?.["id"] ?? 0)) + 1;
  }
  return count;
}

function copyDeliveries(from: Database, into: Database): void {
  const mailboxes = into.all("SELECT id FROM mailboxes").map((row) => Number(row["id"]));
  const select = `SELECT ${selected(columnsOf.deliveries)} FROM deliveries`;
  for (const { id } of into.all("SELECT id FROM messages ORDER BY id")) {
    const message = Number(id);
    const rows = attempt(() => from.all(`${select} WHERE message = ?`, message)) ??
      // A page is damaged: what the index holds, which is everything, or each row by itself.
      attempt(() => from.all(`${select} INDEXED BY deliveries_twice WHERE message = ?`, message)) ??
      mailboxes.map((mailbox) =>
        attempt(() => from.get(`${select} WHERE mailbox = ? AND message = ?`, mailbox, message))
      );
    for (const row of rows) if (row !== undefined) insert(into, "deliveries", unheld(row));
  }
}

/**
 * Small tables, which a store of an older form has not. Rooms of a damaged page are made anew by who works
 * there, and what a person held up there goes on.
 */
function copyWhole(from: Database, into: Database): void {
  for (const table of ["rooms", "insiders", "reigns", "stopped"] as const) {
    const rows = attempt(() => from.all(`SELECT ${selected(columnsOf[table])} FROM ${table}`));
    for (const row of rows ?? []) insert(into, table, row);
  }
  const paused = attempt(() => from.value("SELECT paused FROM everyone"));
  into.run("UPDATE everyone SET paused = ?", paused === 1 ? 1 : 0);
}

function unheld(row: Row): Row {
  if (Number(row["state"]) >= 2) return row;
  return { ...row, state: 0, redelivered: 1, handed_ms: null };
}

function insert(into: Database, table: keyof typeof columnsOf, row: Row): boolean {
  const columns = columnsOf[table].filter((column) => column in row);
  const places = columns.map((column) => textColumns.has(column) ? "CAST(? AS TEXT)" : "?");
  const values = columns.map((column) => row[column] as SQLInputValue);
  const sql = `INSERT INTO ${table} (${columns.join()}) VALUES (${places.join()})`;
  // A row that fits no rule of the schema is one that changed on disk.
  return attempt(() => into.run(sql, ...values)) !== undefined;
}

function selected(columns: readonly string[]): string {
  const each = columns.map((column) =>
    textColumns.has(column) ? `CAST(${column} AS BLOB) AS ${column}` : column
  );
  return each.join();
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
