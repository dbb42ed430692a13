import { deepEqual } from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import type { Operation } from "../../lib/core/operations.ts";
import { decodeRequest, encodeReply } from "../../lib/core/wire.ts";
import { followerUplink } from "../../lib/member/follower_uplink.ts";
import { FramedConnection } from "../../lib/member/framed_connection.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";

/** What a broker hears within `forMs` of virtual time from a follower that makes one request. */
async function heardWithin(forMs: number, operation: Operation): Promise<string[]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const broker = new FramedConnection(await listener.accept());
  const heard: string[] = [];
  const served = broker.run((body) => {
    const request = decodeRequest(body);
    heard.push(request.operation.op);
    // The last request alone is answered: all before it was heard by then.
    if (request.operation.op === "list") broker.send(encodeReply({ id: request.id, ok: {} }));
  });
  const time = new SimTime();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const events = { onReply: resolve, onLost: () => {} };
  const uplink = followerUplink(conn, time.clockOf(new SimProcess()), events, {});
  uplink.send({ id: 1, operation });
  while (time.advance(forMs));
  uplink.send({ id: 2, operation: { op: "list" } });
  await promise;
  uplink.close();
  await served;
  return heard.slice(0, -1);
}

Deno.test("a follower that waits for an answer asks for signs of life often, one that watches seldom", async () => {
  const forMs = 2 * limits.pulseMs;
  const check: Operation = { op: "check", waitMs: 60_000 };
  deepEqual((await heardWithin(forMs, check)).slice(0, 2), ["check", "ping"]);
  const watch: Operation = { op: "watch", waitMs: 60_000, after: 0 };
  deepEqual(await heardWithin(forMs, watch), ["watch"]);
  deepEqual(await heardWithin(limits.watchingLookMs, watch), ["watch", "ping"]);
});
