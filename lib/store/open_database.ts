import { HustingsError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { atomically } from "./atomically.ts";
import { Database } from "./database.ts";
import { applicationId, migrations } from "./schema.ts";

/**
 * The database at `path`, or a new one, with its settings and in the form of this build. Throws as
 * `SqliteStore.open` does.
 */
export function openDatabase(path: string): Database {
  const db = new Database(path);
  try {
    recognise(db, path);
    configure(db);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Throws unless the file is empty or a store that this build knows: before anything is written to it. */
function recognise(db: Database, path: string): void {
  // Another connection can have the file only for the moment of its last commit; who has to wait for
  // longer tries again without holding up everything else meanwhile.
  db.get("PRAGMA busy_timeout = 50");
  const form = Number(db.value("PRAGMA user_version"));
  const mark = Number(db.value("PRAGMA application_id"));
  const isEmpty = mark === 0 && form === 0 && db.value("SELECT count(*) FROM sqlite_schema") === 0;
  if (mark !== applicationId && !isEmpty) {
    throw new HustingsError(
      "store_damaged",
      `'${path}' is a database of another program, so the bus does not touch it: move it away`,
    );
  }
  if (form <= migrations.length) return;
  throw new HustingsError(
    "version",
    `The store ${path} has form ${form}; this build knows forms up to ${migrations.length}: ` +
      "update hustings for this agent",
  );
}

/** Each setting as a prepared statement: only those tell a damaged file by its result code. */
function configure(db: Database): void {
  db.get("PRAGMA journal_mode = WAL");
  db.get("PRAGMA synchronous = FULL");
  // On macOS only these reach the disk itself (sqlite.org/pragma.html#pragma_fullfsync).
  db.get("PRAGMA fullfsync = 1");
  db.get("PRAGMA checkpoint_fullfsync = 1");
  db.get("PRAGMA foreign_keys = ON");
  db.get(`PRAGMA wal_autocheckpoint = ${limits.walPages}`);
  db.get(`PRAGMA journal_size_limit = ${limits.walBytes}`);
}

function migrate(db: Database): void {
  const from = Number(db.value("PRAGMA user_version"));
  if (from === migrations.length) return;
  atomically(db, () => {
    // Another process may have taken the steps since.
    const taken = Number(db.value("PRAGMA user_version"));
    for (const step of migrations.slice(taken)) db.script(step);
    db.script(`PRAGMA application_id = ${applicationId}`);
    db.script(`PRAGMA user_version = ${migrations.length}`);
  });
}
