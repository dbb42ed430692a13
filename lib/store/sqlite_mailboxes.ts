import { invariant } from "../core/invariant.ts";
import { nameKey } from "../core/names.ts";
import type { Database, Row } from "./database.ts";
import { forgetWays } from "./forget_ways.ts";
import { stateConditions } from "./state_conditions.ts";
import type { Mailbox, Mailboxes } from "./store.ts";

/** Mailboxes and forwardings in SQLite. */
export class SqliteMailboxes implements Mailboxes {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  byId(id: number): Mailbox | undefined {
    return read(this.#db.get("SELECT * FROM mailboxes WHERE id = ?", id));
  }

  byName(name: string): Mailbox | undefined {
    return read(this.#db.get("SELECT * FROM mailboxes WHERE name_key = ?", nameKey(name)));
  }

  byInstance(instance: string): Mailbox | undefined {
    return read(this.#db.get("SELECT * FROM mailboxes WHERE instance = ?", instance));
  }

  ofOwner(client: string, directory: string): Mailbox[] {
    const rows = this.#db.all(
      "SELECT * FROM mailboxes WHERE client = ? AND directory = ? ORDER BY since_ms DESC, id",
      client,
      directory,
    );
    return rows.map(readRow);
  }

  all(): Mailbox[] {
    return this.#db.all("SELECT * FROM mailboxes ORDER BY name_key").map(readRow);
  }

  held(): Mailbox[] {
    return this.#db.all("SELECT * FROM mailboxes WHERE instance IS NOT NULL").map(readRow);
  }

  lately(limit: number): Mailbox[] {
    const sql =
      "SELECT * FROM mailboxes WHERE client IS NOT NULL ORDER BY since_ms DESC, id LIMIT ?";
    return this.#db.all(sql, limit).map(readRow);
  }

  countSince(sinceMs: number): number {
    const sql = "SELECT count(*) FROM mailboxes WHERE client IS NOT NULL AND since_ms > ?";
    return Number(this.#db.value(sql, sinceMs));
  }

  unclaimed(limit: number): Mailbox[] {
    const rows = this.#db.all(
      "SELECT * FROM mailboxes WHERE client IS NULL AND accepted > 0 ORDER BY name_key LIMIT ?",
      limit,
    );
    return rows.map(readRow);
  }

  create(name: string, atMs: number): Mailbox {
    const key = nameKey(name);
    const { lastId } = this.#db.run(
      "INSERT INTO mailboxes (name, name_key, since_ms) VALUES (?, ?, ?)",
      name,
      key,
      atMs,
    );
    this.#db.run("DELETE FROM forwards WHERE name_key = ?", key);
    const made = this.byId(lastId);
    invariant(made !== undefined, "a mailbox that was made is there");
    return made;
  }

  occupy(id: number, by: Parameters<Mailboxes["occupy"]>[1]): void {
    const { changes } = this.#db.run(
      `UPDATE mailboxes SET client = ?, directory = ?, shared = ?, instance = ?, pid = ?, since_ms = ?,
          session = coalesce(?, session), branch = ?
        WHERE id = ?`,
      by.client,
      by.directory,
      by.shared ? 1 : 0,
      by.shared ? null : by.instance,
      by.pid,
      by.atMs,
      by.session ?? null,
      by.branch ?? null,
      id,
    );
    invariant(changes === 1, "a mailbox that is occupied exists");
  }

  describe(id: number, { session, branch }: Parameters<Mailboxes["describe"]>[1]): void {
    this.#db.run(
      `UPDATE mailboxes SET session = coalesce(?1, session), branch = coalesce(?2, branch)
        WHERE id = ?3 AND (session IS NOT coalesce(?1, session) OR branch IS NOT coalesce(?2, branch))`,
      session ?? null,
      branch ?? null,
      id,
    );
  }

  vacate(instance: string, atMs: number): void {
    this.#db.run(
      "UPDATE mailboxes SET instance = NULL, since_ms = ? WHERE instance = ?",
      atMs,
      instance,
    );
  }

  touchShared(id: number, atMs: number): void {
    this.#db.run("UPDATE mailboxes SET since_ms = ? WHERE id = ? AND shared = 1", atMs, id);
  }

  pause(id: number, paused: boolean): void {
    this.#db.run(
      "UPDATE mailboxes SET paused = ?1 WHERE id = ?2 AND paused <> ?1",
      paused ? 1 : 0,
      id,
    );
  }

  paused(): string[] {
    const rows = this.#db.all("SELECT name FROM mailboxes WHERE paused = 1 ORDER BY name_key");
    return rows.map((row) => String(row["name"]));
  }

  rename(id: number, name: string, forwardUntilMs: number): void {
    const key = nameKey(name);
    const former = this.byId(id);
    invariant(former !== undefined, "a mailbox that is renamed exists");
    this.#db.run("DELETE FROM forwards WHERE name_key = ?", key);
    this.#db.run("UPDATE mailboxes SET name = ?, name_key = ? WHERE id = ?", name, key, id);
    if (nameKey(former.name) !== key) this.forward(former.name, id, forwardUntilMs);
  }

  forward(name: string, id: number, untilMs: number): void {
    this.#db.run(
      "INSERT OR REPLACE INTO forwards (name_key, mailbox, until_ms) VALUES (?, ?, ?)",
      nameKey(name),
      id,
      untilMs,
    );
  }

  absorb(into: number, from: number): void {
    invariant(into !== from, "a mailbox does not absorb itself");
    // A message that went to both stays once, in the state that it has in `into`.
    for (const state of stateConditions) {
      const own = `mailbox = ? AND ${state}`;
      this.#db.run(`UPDATE OR IGNORE deliveries SET mailbox = ? WHERE ${own}`, into, from);
      this.#db.run(`DELETE FROM deliveries WHERE ${own}`, from);
    }
    this.#db.run("UPDATE messages SET sender = ? WHERE sender = ?", into, from);
    this.#db.run("UPDATE forwards SET mailbox = ? WHERE mailbox = ?", into, from);
    this.#db.run("UPDATE OR IGNORE insiders SET mailbox = ? WHERE mailbox = ?", into, from);
    this.#db.run("DELETE FROM insiders WHERE mailbox = ?", from);
    this.#db.run("DELETE FROM mailboxes WHERE id = ?", from);
  }

  remove(id: number, nowMs: number): boolean {
    this.#db.run("DELETE FROM forwards WHERE mailbox = ? AND until_ms <= ?", id, nowMs);
    const isUsed = this.#db.value(
      `SELECT ${
        stateConditions.map((state) =>
          `EXISTS (SELECT 1 FROM deliveries WHERE mailbox = ?1 AND ${state}) OR`
        ).join(" ")
      } EXISTS (SELECT 1 FROM messages WHERE sender = ?1)
        OR EXISTS (SELECT 1 FROM forwards WHERE mailbox = ?1)`,
      id,
    );
    if (isUsed === 1) return false;
    forgetWays(this.#db, id, "TRUE");
    return this.#db.run("DELETE FROM mailboxes WHERE id = ?", id).changes === 1;
  }

  forwarded(name: string, nowMs: number): Mailbox | undefined {
    return read(this.#db.get(
      `SELECT mailboxes.* FROM forwards JOIN mailboxes ON mailboxes.id = forwards.mailbox
        WHERE forwards.name_key = ? AND forwards.until_ms > ?`,
      nameKey(name),
      nowMs,
    ));
  }
}

function read(row: Row | undefined): Mailbox | undefined {
  return row === undefined ? undefined : readRow(row);
}

function optionalText(value: unknown): string | undefined {
  return value === null ? undefined : String(value);
}

function readRow(row: Row): Mailbox {
  const client = row["client"];
  return {
    id: Number(row["id"]),
    name: String(row["name"]),
    owner: client === null
      ? undefined
      : { client: String(client), directory: String(row["directory"]) },
    shared: row["shared"] === 1,
    instance: optionalText(row["instance"]),
    pid: Number(row["pid"]),
    session: optionalText(row["session"]),
    branch: optionalText(row["branch"]),
    sinceMs: Number(row["since_ms"]),
    accepted: Number(row["accepted"]),
    handed: Number(row["handed"]),
    paused: row["paused"] === 1,
  };
}
