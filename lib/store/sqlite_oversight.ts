import type { Database } from "./database.ts";
import type { Oversight } from "./store.ts";

/** Reigns, what is paused and what is stopped, in SQLite. */
export class SqliteOversight implements Oversight {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  reigns(limit: number): ReturnType<Oversight["reigns"]> {
    const sql = "SELECT epoch, port, pid, since_ms FROM reigns ORDER BY epoch DESC LIMIT ?";
    return this.#db.all(sql, limit).map((row) => ({
      epoch: Number(row["epoch"]),
      port: Number(row["port"]),
      pid: Number(row["pid"]),
      sinceMs: Number(row["since_ms"]),
    }));
  }

  isEveryonePaused(): boolean {
    return this.#db.value("SELECT paused FROM everyone") === 1;
  }

  pauseEveryone(paused: boolean): void {
    this.#db.run("UPDATE everyone SET paused = ?1 WHERE paused <> ?1", paused ? 1 : 0);
  }

  stopped(): number[] {
    const rows = this.#db.all("SELECT thread FROM stopped ORDER BY at_ms DESC, thread DESC");
    return rows.map((row) => Number(row["thread"]));
  }

  isStopped(thread: number): boolean {
    return this.#db.get("SELECT 1 FROM stopped WHERE thread = ?", thread) !== undefined;
  }

  stop(thread: number, atMs: number): void {
    this.#db.run("INSERT OR IGNORE INTO stopped (thread, at_ms) VALUES (?, ?)", thread, atMs);
  }

  resume(thread: number): boolean {
    return this.#db.run("DELETE FROM stopped WHERE thread = ?", thread).changes > 0;
  }

  forgetStopped(): number {
    return this.#db.run(
      `DELETE FROM stopped WHERE NOT EXISTS (SELECT 1 FROM messages WHERE id = stopped.thread)
        AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.thread = stopped.thread)`,
    ).changes;
  }
}
