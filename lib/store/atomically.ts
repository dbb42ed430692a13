import type { Database } from "./database.ts";

/** One transaction around `body`; undone when it throws. */
export function atomically<T>(db: Database, body: () => T): T {
  db.run("BEGIN IMMEDIATE");
  try {
    const result = body();
    db.run("COMMIT");
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** SQLite may have rolled back by itself (a full disk): then there is nothing to roll back. */
function rollBack(db: Database): void {
  try {
    db.run("ROLLBACK");
  } catch {
    // The error that led here is the one to report.
  }
}
