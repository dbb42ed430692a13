import { deliveryState } from "../core/delivery.ts";
import { invariant } from "../core/invariant.ts";
import { limits } from "../core/limits.ts";
import { messageChecksum, textChecksum } from "./message_checksum.ts";
import type { Database, Row } from "./database.ts";
import { pastQuery } from "./past_query.ts";
import type {
  AgeingMessage,
  Delivery,
  DeliveryRecord,
  Lease,
  Messages,
  NewMessage,
  PastOptions,
  Queued,
  StoredMessage,
  Waiting,
} from "./store.ts";

/**
 * The text as bytes: `node:sqlite` ends a string at its first NUL, which a text may have; and the
 * checksum is one of bytes.
 */
const columns = "messages.id, uuid, sender, sender_name, written_to, thread, reply_to, at_ms, " +
  "checksum, CAST(text AS BLOB) AS bytes";

const selectHeld =
  "SELECT mailbox, message, name FROM deliveries JOIN mailboxes ON mailboxes.id = mailbox " +
  "WHERE state = 1 AND deliveries.instance = ?";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Messages and their deliveries in SQLite. */
export class SqliteMessages implements Messages {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  byUuid(uuid: string): StoredMessage | undefined {
    const row = this.#db.get(`SELECT ${columns} FROM messages WHERE uuid = ?`, uuid);
    return row === undefined ? undefined : readMessage(row);
  }

  byId(id: number): StoredMessage | undefined {
    const row = this.#db.get(`SELECT ${columns} FROM messages WHERE id = ?`, id);
    return row === undefined ? undefined : readMessage(row);
  }

  insert(message: NewMessage, mailboxes: readonly number[]): number {
    const { lastId } = this.#db.run(
      `INSERT INTO messages
        (uuid, sender, sender_name, written_to, thread, reply_to, at_ms, checksum, text)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      message.uuid,
      message.sender,
      message.from,
      JSON.stringify(message.to),
      message.thread ?? null,
      message.replyTo ?? null,
      message.atMs,
      messageChecksum(message, encoder.encode(message.text)),
      message.text,
    );
    for (const mailbox of mailboxes) {
      this.#db.run("INSERT INTO deliveries (mailbox, message) VALUES (?, ?)", mailbox, lastId);
    }
    return lastId;
  }

  leased(lease: Lease): Delivery[] {
    const rows = this.#db.all(
      `SELECT ${columns}, redelivered FROM deliveries JOIN messages ON messages.id = message
        WHERE state = 1 AND instance = ? AND request = ? ORDER BY message`,
      lease.instance,
      lease.request,
    );
    return rows.map(readDelivery);
  }

  queued(
    mailbox: number,
    replyTo: number | undefined,
    textBytes: number = limits.checkTextBytes,
  ): Delivery[] {
    const rows = replyTo === undefined
      ? this.#db.all(
        `SELECT message AS id, octet_length(text) AS bytes, redelivered
          FROM deliveries JOIN messages ON messages.id = message
          WHERE state = 0 AND mailbox = ? ORDER BY message LIMIT ?`,
        mailbox,
        limits.checkMessages,
      )
      : this.#db.all(
        `SELECT message AS id, octet_length(text) AS bytes, redelivered
          FROM messages JOIN deliveries ON message = messages.id
          WHERE reply_to = ? AND state = 0 AND mailbox = ? ORDER BY message LIMIT ?`,
        replyTo,
        mailbox,
        limits.checkMessages,
      );
    const kept = rows.slice(0, Math.max(1, countWithin(rows, textBytes)));
    return kept.map((row) => ({
      message: this.#read(row),
      redelivered: row["redelivered"] === 1,
    }));
  }

  waiting(mailbox: number, after: number): Waiting {
    const row = this.#db.get(
      `SELECT count(*) AS count, coalesce(max(message), 0) AS newest FROM deliveries
        WHERE state = 0 AND mailbox = ? AND message > ?`,
      mailbox,
      after,
    );
    const senders = this.#db.all(
      `SELECT DISTINCT sender_name FROM deliveries JOIN messages ON messages.id = message
        WHERE state = 0 AND mailbox = ? AND message > ? ORDER BY message LIMIT ?`,
      mailbox,
      after,
      limits.watchSenders,
    );
    return {
      count: Number(row?.["count"]),
      newest: Number(row?.["newest"]),
      from: senders.map((each) => String(each["sender_name"])),
    };
  }

  senderOf(message: number): number | undefined {
    const sender = this.#db.value("SELECT sender FROM messages WHERE id = ?", message);
    return sender === undefined ? undefined : Number(sender);
  }

  lease(mailbox: number, messages: readonly number[], lease: Lease, atMs: number): void {
    for (const message of messages) {
      const { changes } = this.#db.run(
        `UPDATE deliveries SET state = 1, instance = ?, request = ?, handed_ms = ?
          WHERE mailbox = ? AND message = ? AND state = 0`,
        lease.instance,
        lease.request,
        atMs,
        mailbox,
        message,
      );
      invariant(changes === 1, "only a queued message is leased");
    }
  }

  read(mailbox: number, messages: readonly number[], instance: string, atMs: number): number {
    let count = 0;
    for (const message of messages) {
      // Also one that was queued again meanwhile: this process was the last to be handed it.
      count += this.#db.run(
        `UPDATE deliveries SET state = 2, read_ms = ?
          WHERE mailbox = ? AND message = ? AND instance = ? AND state IN (0, 1)`,
        atMs,
        mailbox,
        message,
        instance,
      ).changes;
    }
    return count;
  }

  release(lease: Lease): Queued[] {
    const held = this.#db.all(
      `${selectHeld} AND request = ?`,
      lease.instance,
      lease.request,
    );
    if (held.length === 0) return [];
    this.#db.run(
      `UPDATE deliveries SET state = 0, instance = NULL, request = NULL, handed_ms = NULL
        WHERE state = 1 AND instance = ? AND request = ?`,
      lease.instance,
      lease.request,
    );
    return held.map(readQueued);
  }

  requeue(instance: string): Queued[] {
    const held = this.#db.all(selectHeld, instance);
    if (held.length === 0) return [];
    this.#db.run(
      `UPDATE deliveries SET state = 0, redelivered = 1, request = NULL
        WHERE state = 1 AND instance = ?`,
      instance,
    );
    return held.map(readQueued);
  }

  /** An answer may come without the text having been seen, by its number alone: it stays queued then. */
  answered(mailbox: number, message: number, atMs: number): boolean {
    return this.#db.run(
      `UPDATE deliveries SET state = 3, answered_ms = ?, read_ms = coalesce(read_ms, ?)
        WHERE mailbox = ? AND message = ? AND state < 3 AND (state > 0 OR instance IS NOT NULL)`,
      atMs,
      atMs,
      mailbox,
      message,
    ).changes > 0;
  }

  ageing(after: number, limit: number): AgeingMessage[] {
    const rows = this.#db.all(
      `SELECT id, at_ms, octet_length(text) AS bytes,
          (SELECT json_group_array(mailbox) FROM deliveries WHERE message = id AND state < 2) AS unread
        FROM messages WHERE id > ? ORDER BY id LIMIT ?`,
      after,
      limit,
    );
    return rows.map((row) => ({
      id: Number(row["id"]),
      atMs: Number(row["at_ms"]),
      textBytes: Number(row["bytes"]),
      unreadIn: JSON.parse(String(row["unread"])) as number[],
    }));
  }

  expire(mailbox: number, message: number): void {
    this.#db.run("DELETE FROM deliveries WHERE mailbox = ? AND message = ?", mailbox, message);
  }

  forget(message: number): void {
    this.#db.run("DELETE FROM deliveries WHERE message = ?", message);
    this.#db.run("DELETE FROM messages WHERE id = ?", message);
  }

  usedBytes(): number {
    const pages = Number(this.#db.value("PRAGMA page_count")) -
      Number(this.#db.value("PRAGMA freelist_count"));
    return pages * Number(this.#db.value("PRAGMA page_size"));
  }

  isRecipient(mailbox: number, message: number): boolean {
    const sql = "SELECT 1 FROM deliveries WHERE mailbox = ? AND message = ?";
    return this.#db.get(sql, mailbox, message) !== undefined;
  }

  deliveries(message: number): DeliveryRecord[] {
    const rows = this.#db.all(
      `SELECT mailbox, name, state, handed_ms, read_ms, answered_ms
        FROM deliveries JOIN mailboxes ON mailboxes.id = mailbox WHERE message = ? ORDER BY name_key`,
      message,
    );
    return rows.map(readRecord);
  }

  history(
    mailbox: number,
    options: { limit: number; before: number; partner: number | undefined },
  ): StoredMessage[] {
    const { limit, before } = options;
    const partner = options.partner ?? null;
    const rows = this.#db.all(
      `SELECT id, octet_length(text) AS bytes FROM messages WHERE id IN (
        SELECT id FROM (
          SELECT id FROM messages WHERE sender = ?1 AND id < ?2 AND (?3 IS NULL OR EXISTS
            (SELECT 1 FROM deliveries WHERE message = messages.id AND mailbox = ?3))
          ORDER BY id DESC LIMIT ?4)
        UNION SELECT message FROM (
          SELECT message FROM deliveries WHERE mailbox = ?1 AND message < ?2 AND state >= 2
            AND (?3 IS NULL OR
              ?3 = (SELECT sender FROM messages WHERE messages.id = message))
          ORDER BY message DESC LIMIT ?4))
        ORDER BY id DESC LIMIT ?4`,
      mailbox,
      before,
      partner,
      limit,
    );
    return rows.slice(0, countWithin(rows, limits.historyTextBytes) + 1).map((row) =>
      this.#read(row)
    );
  }

  everyones(options: PastOptions): StoredMessage[] {
    const { sql, values } = pastQuery(options);
    const rows = this.#db.all(sql, ...values);
    return rows.slice(0, countWithin(rows, limits.historyTextBytes) + 1).map((row) =>
      this.#read(row)
    );
  }

  /** The message of a row that names one: its text is read now. */
  #read(row: Row): StoredMessage {
    const message = this.byId(Number(row["id"]));
    invariant(message !== undefined, "a message that was found is there");
    return message;
  }
}

/** How many of these rows, from the first on, have no more than `textBytes` of text together. */
function countWithin(rows: readonly Row[], textBytes: number): number {
  let bytes = 0;
  const end = rows.findIndex((row) => (bytes += Number(row["bytes"])) > textBytes);
  return end === -1 ? rows.length : end;
}

function readDelivery(row: Row): Delivery {
  return { message: readMessage(row), redelivered: row["redelivered"] === 1 };
}

function readQueued(row: Row): Queued {
  return {
    mailbox: Number(row["mailbox"]),
    message: Number(row["message"]),
    name: String(row["name"]),
  };
}

function readMessage(row: Row): StoredMessage {
  const id = Number(row["id"]);
  const bytes = row["bytes"] as Uint8Array;
  const thread = row["thread"] === null ? undefined : Number(row["thread"]);
  const envelope = {
    uuid: String(row["uuid"]),
    from: String(row["sender_name"]),
    to: namesIn(String(row["written_to"])),
    thread,
    replyTo: row["reply_to"] === null ? undefined : Number(row["reply_to"]),
    atMs: Number(row["at_ms"]),
  };
  const isWhole = row["checksum"] === messageChecksum(envelope, bytes) ||
    row["checksum"] === textChecksum(bytes);
  return {
    ...envelope,
    id,
    sender: Number(row["sender"]),
    thread: thread ?? id,
    text: isWhole ? decoder.decode(bytes) : undefined,
  };
}

/** Names that changed on disk so that they are no list are none: the checksum tells. */
function namesIn(written: string): string[] {
  try {
    return JSON.parse(written) as string[];
  } catch {
    return [];
  }
}

function readRecord(row: Row): DeliveryRecord {
  const state = deliveryState(Number(row["state"]));
  invariant(state !== undefined, "a stored delivery has a known state");
  const since = {
    accepted: undefined,
    handed: "handed_ms",
    read: "read_ms",
    answered: "answered_ms",
  };
  const at = row[since[state] ?? ""];
  return {
    mailbox: Number(row["mailbox"]),
    name: String(row["name"]),
    state,
    atMs: typeof at === "number" ? at : undefined,
  };
}
