import { SqliteStore } from "../../lib/store/sqlite_store.ts";
import type { BusPlace } from "../support/raw_agent.ts";
import { stateFiles } from "../../lib/member/state_directory.ts";

/** Fills the store of a bus that nobody runs with agents that are away, and with unread messages for them. */
export function fillStore(place: BusPlace, members: number, messages: number): void {
  Deno.mkdirSync(place.home, { recursive: true, mode: 0o700 });
  const { store: path, mark } = stateFiles(place.home);
  const store = SqliteStore.open(path, { mark });
  const epoch = store.claim({ port: 1, pid: 1, atMs: Date.now() });
  let ids: number[] = [];
  const run = (work: Parameters<SqliteStore["batch"]>[1][number]) => {
    const [outcome] = store.batch(epoch, [work], { grows: false });
    if ("error" in outcome!) throw outcome.error;
  };
  run(({ mailboxes }) => {
    ids = Array.from({ length: members }, (_, index) => {
      const { id } = mailboxes.create(`away-${index}`, Date.now());
      const who = { client: "away", directory: `/away/${index}`, shared: false, pid: 1 };
      mailboxes.occupy(id, { ...who, instance: `away-${index}`, atMs: Date.now() });
      mailboxes.vacate(`away-${index}`, Date.now());
      return id;
    });
  });
  const step = 5_000;
  for (let from = 0; from < messages; from += step) {
    run((transaction) => {
      for (let n = from; n < Math.min(messages, from + step); n++) {
        const to = n % ids.length;
        transaction.messages.insert({
          uuid: `away-${n}`,
          sender: ids[(n + 1) % ids.length]!,
          from: `away-${(n + 1) % ids.length}`,
          to: [`away-${to}`],
          thread: undefined,
          replyTo: undefined,
          atMs: Date.now(),
          text: `${n}: a short text, as agents write them`,
        }, [ids[to]!]);
      }
    });
  }
  store.close();
}
