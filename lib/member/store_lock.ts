import { Database, isBusy } from "../store/database.ts";

/**
 * A lock that dies with its holder, on every platform the same: an exclusive transaction on a small
 * SQLite file of its own. A stopped process keeps it.
 */
export class StoreLock {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** Takes the lock; undefined when somebody holds it. */
  static take(path: string): StoreLock | undefined {
    const db = new Database(path);
    try {
      db.run("BEGIN EXCLUSIVE");
      return new StoreLock(db);
    } catch (error) {
      db.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  release(): void {
    this.#db.close();
  }
}
