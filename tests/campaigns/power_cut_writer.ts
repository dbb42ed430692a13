// The process whose writes the power cut campaign records: a store that sends and acknowledges.
//
//   deno run -A tests/campaigns/power_cut_writer.ts STORE SETTING MESSAGES
//
// Writes a line to stdout after each acknowledgement: `sent UUID` or `read UUID`.
import { Database } from "../../lib/store/database.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { Journal } from "../../lib/store/journal.ts";
import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import type { Transaction } from "../../lib/store/store.ts";

/** Brokers one after the other; the clean end of each moves its log into the database. */
const reigns = 3;

const [path, setting, messages] = Deno.args as [string, string, string];
if (setting !== "FULL") weaken(setting);
for (let reign = 0; reign < reigns; reign++) {
  await rule(Math.ceil(+messages / reigns));
}

/**
 * The controls: in this process alone the store asks SQLite for less than it does in the product,
 * which has no switch for that.
 */
function weaken(setting: string): void {
  const { get } = Database.prototype;
  Database.prototype.get = function (sql, ...values) {
    const weaker = sql.replace(/(?<=synchronous\s*=\s*)FULL/i, setting);
    const row = get.call(this, weaker, ...values);
    if (weaker !== sql) report("weakened", setting);
    return row;
  };
}

/** One broker's life. */
async function rule(count: number): Promise<void> {
  const store = SqliteStore.open(path);
  const epoch = store.claim({ port: 1, pid: 1, atMs: 1 });
  const fenced = () => {
    throw new Error("Nobody else has this store");
  };
  const journal = new Journal(store, epoch, systemClock, fenced);
  for (let done = 0; done < count;) {
    // One commit carries one operation or several, as it does in a broker.
    const size = Math.min(1 + done % 3, count - done);
    const batch = Array.from({ length: size }, () => crypto.randomUUID());
    await Promise.all(batch.map(async (uuid, index) => {
      await journal.run((transaction) => insert(transaction, uuid, textOf(uuid, done + index)));
      report("sent", uuid);
    }));
    await journal.run((transaction) => markRead(transaction, batch[0]!));
    report("read", batch[0]!);
    done += size;
  }
  store.close();
}

function insert({ mailboxes, messages }: Transaction, uuid: string, text: string): void {
  const sender = mailboxes.byName("writer") ?? mailboxes.create("writer", 1);
  const reader = mailboxes.byName("reader") ?? mailboxes.create("reader", 1);
  messages.insert({
    uuid,
    sender: sender.id,
    from: sender.name,
    to: [reader.name],
    thread: undefined,
    replyTo: undefined,
    atMs: 1,
    text,
  }, [reader.id]);
}

/** Short texts, with a long one now and then that needs pages of its own. */
function textOf(uuid: string, index: number): string {
  return uuid.repeat(index % 10 === 0 ? 200 : 3);
}

function markRead({ mailboxes, messages }: Transaction, uuid: string): void {
  const reader = mailboxes.byName("reader")!;
  const { id } = messages.byUuid(uuid)!;
  messages.lease(reader.id, [id], { instance: "reader", request: id }, 1);
  messages.read(reader.id, [id], "reader", 1);
}

function report(event: string, what: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${event} ${what}\n`));
}
