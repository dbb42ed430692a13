import { limits } from "../core/limits.ts";
import { Database, isDamage } from "./database.ts";
import { applicationId, reignsSum, reignSum } from "./schema.ts";
import { schemaChecksum } from "./schema_checksum.ts";
import type { StoreMark } from "./store_mark.ts";

/** The form since which the reign has a sum. */
const summedForm = 4;

/** And since which the reigns before it are kept, each with its own. */
const reignsForm = 5;

/**
 * What is wrong with the database at `path`, which nobody uses, or undefined. It is only read: not even
 * its log is carried over. Throws where the disk does not let it be read.
 */
export function faultInside(path: string, mark: StoreMark | undefined): string | undefined {
  let db: Database | undefined;
  try {
    db = new Database(path, { readOnly: true });
    return behindMark(db, mark) ?? brokenReign(db) ?? brokenPages(db, mark);
  } catch (error) {
    if (isDamage(error)) return "it cannot be read";
    throw error;
  } finally {
    db?.close();
  }
}

/** Says so where there are fewer commits or messages than a broker has noted, or another schema. */
export function behindMark(db: Database, mark: StoreMark | undefined): string | undefined {
  // One that was written when nothing could be read says nothing of it.
  if (mark === undefined || mark.form === 0) return undefined;
  const form = Number(db.value("PRAGMA user_version"));
  const isSameSchema = schemaChecksum(db) === mark.schema;
  if (db.value("PRAGMA application_id") !== applicationId) return "its head is damaged";
  // A newer build may have changed both since the mark was written.
  if (form === mark.form ? !isSameSchema : isSameSchema || form < mark.form) {
    return "its schema is damaged";
  }
  const reign = db.get("SELECT epoch, commits FROM reign");
  const last = db.value("SELECT seq FROM sqlite_sequence WHERE name = 'messages'");
  const isComplete = Number(reign?.["epoch"] ?? -1) >= mark.epoch &&
    Number(reign?.["commits"] ?? -1) >= mark.commits && Number(last ?? 0) >= mark.lastMessage;
  return isComplete ? undefined : "its last commits are missing";
}

/** Checks of its own: SQLite leaves out a table's conditions where a file is only read. */
function brokenReign(db: Database): string | undefined {
  const form = Number(db.value("PRAGMA user_version"));
  if (form < summedForm) return undefined;
  if (db.value(`SELECT sum = ${reignSum} FROM reign`) !== 1) return "its epoch is damaged";
  if (form < reignsForm) return undefined;
  const wrong = db.value(`SELECT count(*) FROM reigns WHERE sum <> ${reignsSum}`);
  return wrong === 0 ? undefined : "its list of brokers is damaged";
}

/** The time is bounded by the size: a long check would keep everybody waiting for a broker. */
function brokenPages(db: Database, mark: StoreMark | undefined): string | undefined {
  const bytes = Number(db.value("PRAGMA page_count")) * Number(db.value("PRAGMA page_size"));
  const check = bytes <= limits.comparedBytes
    ? "integrity_check(1)"
    : !mark?.clean && bytes <= limits.lookedThroughBytes
    ? "quick_check(1)"
    : undefined;
  if (check === undefined) return undefined;
  const said = db.value(`PRAGMA ${check}`);
  if (said !== "ok") return `SQLite says: ${said}`;
  // It does not read what lies in pages of their own, the ends of long texts; to count their letters does.
  if (bytes <= limits.comparedBytes) db.value("SELECT total(length(text)) FROM messages");
  return undefined;
}
