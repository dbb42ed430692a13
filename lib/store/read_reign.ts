import { Database } from "./database.ts";
import type { Reign } from "./store.ts";

/** The last claim of the store at `path`, which is only read; undefined where it cannot be. */
export function readReign(path: string): Reign | undefined {
  let db: Database | undefined;
  try {
    db = new Database(path, { readOnly: true });
    const row = db.get("SELECT epoch, port, pid FROM reign");
    if (row === undefined) return undefined;
    return { epoch: Number(row["epoch"]), port: Number(row["port"]), pid: Number(row["pid"]) };
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}
