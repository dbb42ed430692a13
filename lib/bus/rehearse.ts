import type { Clock } from "../core/clock.ts";
import { limits } from "../core/limits.ts";
import type { Operation } from "../core/operations.ts";
import { Broker } from "../member/broker.ts";
import { look } from "../member/look.ts";
import { loopback } from "../member/loopback.ts";
import type { Credentials } from "../member/open_connection.ts";
import { stateFiles } from "../member/state_directory.ts";
import { StoreLock } from "../member/store_lock.ts";
import { SqliteStore } from "../store/sqlite_store.ts";
import { BrokerLine } from "./broker_line.ts";

export interface RehearsalOptions {
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly pid: number;
}

/** The first time code is compiled; the second time what it meets is known to the compiler. */
const rounds = 2;

/**
 * Does a broker's work for a member of its own, on a port that the system picks and with a store in
 * memory: in a takeover everybody waits for code that has not run yet. Touches nothing of the bus.
 * Resolves with the number of requests that were answered when all of it is gone again; rejects where
 * the system has no port.
 */
export async function rehearse(options: RehearsalOptions): Promise<number> {
  let answered = 0;
  for (let round = 0; round < rounds; round++) answered += await play(options);
  return answered;
}

async function play({ clock, credentials, pid }: RehearsalOptions): Promise<number> {
  const listener = Deno.listen({ hostname: loopback, port: 0 });
  const { port } = listener.addr;
  const store = SqliteStore.open(":memory:");
  const broker = new Broker({
    listener,
    hold: { store, lock: StoreLock.take(":memory:") },
    epoch: store.claim({ port, pid, atMs: clock.wallMs() }),
    pid,
    directory: stateFiles(":memory:"),
    firstPort: port,
    clock: withoutUpkeep(clock),
    credentials,
    onFenced: () => {},
  });
  try {
    const { conn } = await look(port, false, limits.glanceMs, { clock, credentials });
    if (conn === undefined) return 0;
    const line = new BrokerLine(conn, clock);
    return await converse(line, pid).finally(() => line.close());
  } finally {
    await broker.close({ fenced: false });
  }
}

/** What members do most, as often as the compiler needs to take notice. */
async function converse(line: BrokerLine, pid: number): Promise<number> {
  const who = { instance: "rehearsal", pid, client: "rehearsal", directory: "/rehearsal" };
  let answered = 0;
  const ask = <O extends Operation>(operation: O) =>
    line.request(operation).reply.finally(() => answered += 1);
  const { name } = await ask({ op: "hello", ...who });
  for (let n = 0; n < 4; n++) {
    await ask({ op: "send", message: `rehearsal-${n}`, to: [name], text: "text" });
    const { messages } = await ask({ op: "check", waitMs: 0 });
    await ask({ op: "ack", messages: messages.map(({ id }) => id) });
    await ask({ op: "list" });
  }
  return answered;
}

/** A broker that is never told to look after its port and files leaves those of the bus alone. */
function withoutUpkeep(clock: Clock): Clock {
  return { ...clock, after: (delayMs, fn) => delayMs === 0 ? clock.after(0, fn) : () => {} };
}
