import assert from "node:assert/strict";
import { HustingsError } from "../../lib/core/errors.ts";
import { openSound } from "../../lib/store/open_sound.ts";
import { Reserve } from "../../lib/store/reserve.ts";
import type { SqliteStore } from "../../lib/store/sqlite_store.ts";
import type { StoredMessage, Transaction } from "../../lib/store/store.ts";

export type Part = "" | "-wal" | "-shm";
export const parts: readonly Part[] = ["", "-wal", "-shm"];

/** How the broker of a store ended. */
export type Ending = "closed" | "crashed";

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** What became of one damaged store. */
export interface Found {
  readonly kind: "right" | "detected" | "refused" | "wrong";
  /** Unread messages that were still there, of how many. */
  readonly saved: number;
  readonly why: string;
}

const names = ["messages.db", "messages.db-wal", "messages.db-shm", "store.json"];
const messageCount = 60;

/** A home for a store; `Reserve` of nothing, since no disk is full here. */
export function openIn(directory: string, atMs = 1_000): SqliteStore {
  const files = { store: `${directory}/messages.db`, mark: `${directory}/store.json` };
  return openSound(files, new Reserve(`${directory}/reserve`, 0), atMs);
}

/** The files of a store with all that it can hold, whose broker ended like this. */
export function storeFiles(directory: string, ending: Ending): Files {
  const store = openIn(directory);
  const epoch = store.claim({ port: 1, pid: 2, atMs: 3 });
  const run = (work: (transaction: Transaction) => unknown) => {
    const [outcome] = store.batch(epoch, [work], { grows: false });
    if ("error" in outcome!) throw outcome.error;
  };
  run(fillMailboxes);
  run(fillRooms);
  run(({ mailboxes, oversight }) => {
    mailboxes.pause(2, true);
    oversight.stop(20, 77);
    oversight.stop(30, 78);
  });
  for (let n = 1; n <= messageCount; n++) run((transaction) => fillMessage(transaction, n));
  store.keepMark();
  if (ending === "closed") store.close();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of names) {
    const bytes = attempt(() => Deno.readFileSync(`${directory}/${name}`));
    if (bytes !== undefined) files.set(name, bytes);
  }
  if (ending === "crashed") store.close();
  return files;
}

function fillMailboxes({ mailboxes }: Transaction): void {
  for (const name of ["Alice", "bob", "carol", "later"]) mailboxes.create(name, 5);
  const by = { client: "claude", directory: "/shop", shared: false, pid: 7, atMs: 9 };
  mailboxes.occupy(1, { ...by, instance: "one", session: "session-1", branch: "main" });
  mailboxes.occupy(2, { ...by, client: "gemini", instance: "two" });
  mailboxes.occupy(3, { ...by, shared: true, instance: "three" });
  mailboxes.rename(2, "rob", 9_999);
}

function fillRooms({ rooms }: Transaction): void {
  const shop = rooms.create("shop", "/srv/shop").id;
  rooms.set(shop, 1, "works");
  rooms.set(shop, 2, "works");
  rooms.leave(shop, 2);
  rooms.set(rooms.create("Release", undefined).id, 2, "entered");
}

function fillMessage({ messages }: Transaction, n: number): void {
  const sender = 1 + n % 3;
  const to = [1, 2, 3, 4].filter((id) => id !== sender && (id + n) % 2 === 0);
  const text = `text ${n} ${"lorem ipsum ".repeat(n % 10 === 0 ? 900 : n)}`;
  const answered = n > 10 ? n - 10 : undefined;
  messages.insert({
    uuid: `uuid-${n}`,
    sender,
    from: `sender${sender}`,
    to: to.map((id) => `reader${id}`),
    thread: answered,
    replyTo: answered,
    atMs: 1_000 + n,
    text,
  }, to);
  if (n % 4 === 0) return;
  const lease = { instance: "two", request: n };
  const queued = messages.queued(2, undefined).map(({ message }) => message.id);
  messages.lease(2, queued, lease, 2_000 + n);
  if (n % 4 > 1) messages.read(2, queued, "two", 3_000 + n);
  if (n % 4 > 2) { for (const id of queued) messages.answered(2, id, 4_000 + n); }
}

/** All that the store answers. */
export function viewOf(
  store: SqliteStore,
): { messages: (StoredMessage | undefined)[]; rest: unknown } {
  const { epoch } = store.reign();
  const [outcome] = store.batch(epoch, [({ mailboxes, messages, rooms, oversight }) => {
    const ids = Array.from({ length: messageCount + 1 }, (_, index) => index + 1);
    return {
      messages: ids.map((id) => messages.byId(id)),
      rest: {
        mailboxes: mailboxes.all(),
        rooms: rooms.all().map(({ id }) => [id, rooms.members(id)]),
        ways: [1, 2, 3].map((id) => [rooms.byRepository("/srv/shop"), rooms.way(1, id)]),
        roomsOf: [...rooms.ofAll()],
        deliveries: ids.map((id) => messages.deliveries(id)),
        queued: [1, 2, 3, 4].map((id) => messages.queued(id, undefined).map(briefly)),
        answers: [1, 2, 3, 4].map((id) => messages.queued(id, 20).map(briefly)),
        leased: ids.map((request) => messages.leased({ instance: "two", request }).map(briefly)),
        history: [1, 2, 3, 4].map((id) =>
          messages.history(id, { limit: 100, before: 1e9, partner: undefined }).map(({ id }) => id)
        ),
        everyones: messages.everyones({
          ...{ limit: 100, before: 1e9, partner: undefined, reader: undefined, thread: 1 },
        }).map(({ id }) => id),
        heldUp: [mailboxes.paused(), oversight.isEveryonePaused(), oversight.stopped()],
        reigns: oversight.reigns(100),
        forwarded: mailboxes.forwarded("bob", 9_000),
        instances: store.instances().sort(),
      },
    };
  }], { grows: false });
  if ("error" in outcome!) throw outcome.error;
  return outcome!.done as ReturnType<typeof viewOf>;
}

function briefly({ message, redelivered }: { message: StoredMessage; redelivered: boolean }) {
  return [message.id, redelivered];
}

/** Puts the files into an empty directory, opens the store and compares it with what it held. */
export function openDamaged(
  directory: string,
  files: Files,
  held: ReturnType<typeof viewOf>,
): Found {
  for (const [name, bytes] of files) Deno.writeFileSync(`${directory}/${name}`, bytes);
  let store: SqliteStore | undefined;
  try {
    store = openIn(directory);
    const warnings = store.warnings(1_000);
    const view = viewOf(store);
    const damaged = view.messages.filter((message) =>
      message !== undefined && message.text === undefined
    );
    const saved = view.messages.filter((message, index) =>
      message?.text !== undefined && message.text === held.messages[index]?.text
    ).length;
    if (warnings.length > 0) {
      const lost = lostFiles(directory, files);
      if (lost !== undefined) {
        return { kind: "wrong", saved, why: `${lost} was not kept` };
      }
      const foreign = view.messages.find((message, index) =>
        message?.text !== undefined && message.text !== held.messages[index]?.text
      );
      if (foreign !== undefined) {
        return { kind: "wrong", saved, why: `text of ${foreign.id}` };
      }
      return { kind: "detected", saved, why: warnings.join() };
    }
    const fault = difference(view, held);
    if (fault !== undefined) {
      return { kind: "wrong", saved, why: fault };
    }
    return damaged.length > 0
      ? { kind: "detected", saved, why: "a text fits no checksum" }
      : { kind: "right", saved, why: "" };
  } catch (error) {
    const isSaid = error instanceof HustingsError;
    return { kind: isSaid ? "refused" : "wrong", saved: 0, why: String(error) };
  } finally {
    store?.close();
  }
}

/** What is different, but for messages that say themselves that they are damaged. */
function difference(
  view: ReturnType<typeof viewOf>,
  held: ReturnType<typeof viewOf>,
): string | undefined {
  try {
    assert.deepEqual(view.rest, held.rest);
    const judged = view.messages.map((message, index) =>
      message !== undefined && message.text === undefined ? held.messages[index] : message
    );
    assert.deepEqual(judged, held.messages);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A file that was set aside must hold what it held: names one that does not. */
function lostFiles(directory: string, files: Files): string | undefined {
  const aside = [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => name.includes(".damaged-"));
  for (const part of ["", "-wal"]) {
    const given = files.get(`messages.db${part}`);
    if (given === undefined) continue;
    const kept = aside.filter((name) => name.endsWith(part) || part === "").some((name) => {
      const bytes = Deno.readFileSync(`${directory}/${name}`);
      return bytes.length === given.length && bytes.every((byte, index) => byte === given[index]);
    });
    if (!kept) return `messages.db${part}`;
  }
  return undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
