import { openAsHeir, openSound } from "../../lib/store/open_sound.ts";
import { Reserve } from "../../lib/store/reserve.ts";
import type { SqliteStore } from "../../lib/store/sqlite_store.ts";
import type { Work } from "../../lib/store/store.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** A state directory whose store is opened as a claim opens it. */
export class StoreHome extends TemporaryDirectory {
  readonly store = this.at("messages.db");
  readonly mark = this.at("store.json");

  open(atMs = 1_000, options = { heir: false }): SqliteStore {
    const reserve = new Reserve(this.at("reserve"), 0);
    return (options.heir ? openAsHeir(this, reserve) : undefined) ?? openSound(this, reserve, atMs);
  }

  /** What was set aside. */
  aside(): string[] {
    const names = [...Deno.readDirSync(this.path)].map(({ name }) => name);
    return names.filter((name) => name.includes(".damaged-")).sort();
  }
}

/** What `work` returns in a batch of the present epoch; throws what it threw. */
export function run<T>(store: SqliteStore, work: Work<T>): T {
  const [outcome] = store.batch(store.reign().epoch, [work], { grows: false });
  if ("error" in outcome!) throw outcome.error;
  return outcome!.done as T;
}

/** When these stores are claimed. */
export const claimMs = 0x2345_6789_abcd;

/** Claims it, and returns the epoch. */
export function claim(store: SqliteStore): number {
  return store.claim({ port: 1, pid: 1, atMs: claimMs });
}

/** Makes a reader and sends it that many messages. */
export function send(store: SqliteStore, count: number): void {
  run(store, ({ mailboxes }) => mailboxes.byName("reader") ?? mailboxes.create("reader", 0));
  for (let n = 0; n < count; n++) {
    run(store, ({ messages }) =>
      messages.insert({
        uuid: crypto.randomUUID(),
        sender: 1,
        from: "reader",
        to: ["reader"],
        thread: undefined,
        replyTo: undefined,
        atMs: 1,
        text: `text ${n}`,
      }, [1]));
  }
}

/** What the reader has not read. */
export function queued(store: SqliteStore) {
  return run(store, ({ messages }) => messages.queued(1, undefined));
}
