import assert from "node:assert/strict";
import type { Clock } from "../../lib/core/clock.ts";
import { limits } from "../../lib/core/limits.ts";
import { proofBytes } from "../../lib/core/handshake.ts";
import { look } from "../../lib/member/look.ts";
import { openAsBroker } from "../../lib/member/open_connection.ts";
import { macOf } from "../../lib/member/secret.ts";
import { SeededRandom } from "../support/seeded.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";

const mac = await macOf(new Uint8Array(32));
const credentials = { mac, random: new SeededRandom(1) };

/** A look at who accepted and has said nothing yet, under a clock turned by hand. */
async function lookAtSilence(extend: (waitedMs: number) => number = () => 0) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const time = new SimTime();
  const process = new SimProcess();
  const turned = time.clockOf(process);
  const patience = Promise.withResolvers<void>();
  const clock: Clock = {
    ...turned,
    after: (delayMs, fn) => {
      patience.resolve();
      return turned.after(delayMs, fn);
    },
  };
  const sight = look(port, false, limits.silentMs, { clock, credentials, extend });
  const conn = await listener.accept();
  await patience.promise;
  const turn = (forMs: number) => {
    const untilMs = time.nowMs + forMs;
    while (time.advance(untilMs));
  };
  const end = () => [conn, listener].forEach((each) => each.close());
  return { port, conn, process, sight, turn, end };
}

Deno.test("look ends as silent when its time is over, not before", async () => {
  const { conn, sight, turn, end } = await lookAtSilence();
  turn(limits.silentMs - 1);
  // It hears what is said now.
  await conn.write(new TextEncoder().encode("?"));
  assert.equal((await sight).event.kind, "foreign");
  end();

  const other = await lookAtSilence();
  other.turn(limits.silentMs);
  assert.deepEqual((await other.sight).event, { kind: "silent", port: other.port });
  other.end();
});

Deno.test("look hears a broker that slept as long as this process", async () => {
  const { conn, process, sight, turn, port, end } = await lookAtSilence();
  turn(limits.silentMs - 1);
  process.state = "stopped";
  turn(3_600_000);
  process.state = "running";
  turn(limits.silentMs - 1);
  await openAsBroker(conn, { port, epoch: 3 }, credentials);
  const { event, conn: line } = await sight;
  assert.deepEqual(event, { kind: "answered", port, epoch: 3 });
  line!.close();
  end();
});

Deno.test("look still ends as silent where the other side does not wake up", async () => {
  const { process, sight, turn, port, end } = await lookAtSilence();
  process.state = "stopped";
  turn(3_600_000);
  process.state = "running";
  turn(0);
  turn(limits.silentMs);
  assert.deepEqual((await sight).event, { kind: "silent", port });
  end();
});

Deno.test("look waits longer over the same connection as long as it is told to", async () => {
  const waited: number[] = [];
  const { conn, sight, turn, port, end } = await lookAtSilence((waitedMs) => {
    waited.push(waitedMs);
    return waited.length < 3 ? 500 : 0;
  });
  turn(limits.silentMs);
  turn(500);
  assert.deepEqual(waited, [limits.silentMs, limits.silentMs + 500]);
  await openAsBroker(conn, { port, epoch: 3 }, credentials);
  const { event, conn: line } = await sight;
  assert.deepEqual(event, { kind: "answered", port, epoch: 3 });
  line!.close();
  end();

  const other = await lookAtSilence((waitedMs) => waitedMs < limits.silentMs + 500 ? 500 : 0);
  other.turn(limits.silentMs + 500);
  assert.deepEqual((await other.sight).event, { kind: "silent", port: other.port });
  other.end();
});

Deno.test("look ends as silent when its time is over as the last word of the handshake leaves", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  let giveUp = () => {};
  const clock: Clock = {
    wallMs: () => 0,
    monotonicMs: () => 0,
    after: (_delayMs, fn) => {
      giveUp = fn;
      return () => {};
    },
  };
  const { connect } = Deno;
  const sight = whileConnecting(
    async (options) => {
      const conn = await connect(options);
      return {
        read: (into: Uint8Array) => conn.read(into),
        write: async (bytes: Uint8Array) => {
          const written = await conn.write(bytes);
          if (bytes.length === proofBytes) giveUp();
          return written;
        },
        close: () => conn.close(),
      } as Deno.TcpConn;
    },
    () => look(port, false, limits.silentMs, { clock, credentials }),
  );
  const conn = await listener.accept();
  await openAsBroker(conn, { port, epoch: 3 }, credentials);
  assert.deepEqual(await sight, { event: { kind: "silent", port } });
  conn.close();
  listener.close();
});

/** What `act` returns when connections are made by `by` meanwhile. */
async function whileConnecting<T>(
  by: (options: Deno.ConnectOptions) => Promise<Deno.TcpConn>,
  act: () => Promise<T>,
): Promise<T> {
  const { connect } = Deno;
  Object.assign(Deno, { connect: by });
  try {
    return await act();
  } finally {
    Object.assign(Deno, { connect });
  }
}
