import type { Database } from "./database.ts";

/**
 * Takes the mailbox out of the rooms that `where` chooses among its rows of `insiders`, and forgets those
 * that nobody is in or left by choice any more: entering and leaving ever new ones fills no disk.
 * `values` are those of the `?` in `where`.
 */
export function forgetWays(
  db: Database,
  mailbox: number,
  where: string,
  ...values: (number | null)[]
): void {
  const chosen = `FROM insiders WHERE mailbox = ? AND ${where}`;
  const rooms = db.all(`SELECT room ${chosen}`, mailbox, ...values);
  db.run(`DELETE ${chosen}`, mailbox, ...values);
  for (const { room } of rooms) {
    db.run(
      "DELETE FROM rooms WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM insiders WHERE room = ?1)",
      Number(room),
    );
  }
}
