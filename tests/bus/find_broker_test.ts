import { deepEqual, equal } from "node:assert/strict";
import { findBroker } from "../../lib/bus/find_broker.ts";
import { limits } from "../../lib/core/limits.ts";
import type { SocketSight } from "../../lib/member/look.ts";
import { readSecret } from "../../lib/member/secret.ts";
import { openStateDirectory } from "../../lib/member/state_directory.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";
import { SeededRandom } from "../support/seeded.ts";
import { TemporaryDirectory } from "../support/temporary_directory.ts";

/** A caller under a clock turned by hand; its looks end when the test says so. */
function caller(place: TemporaryDirectory) {
  const directory = openStateDirectory(place.at("home"), false);
  const random = new SeededRandom(1);
  readSecret(directory.secret, random);
  const time = new SimTime();
  const looks = new Map<number, (sight: SocketSight) => void>();
  const begun = Promise.withResolvers<void>();
  const look = (port: number) =>
    new Promise<SocketSight>((resolve) => {
      looks.set(port, resolve);
      if (looks.size === 2) begun.resolve();
    });
  const clock = time.clockOf(new SimProcess());
  const found = findBroker({ directory, ports: [1, 2], clock, random, look });
  return { found, looks, begun: begun.promise, turn: (untilMs: number) => time.advance(untilMs) };
}

/** What a look that found our broker has opened. */
function answer(port: number) {
  const closed: number[] = [];
  const conn = { close: () => void closed.push(port) } as unknown as Deno.TcpConn;
  return { closed, sight: { event: { kind: "answered", port, epoch: 1 }, conn } as SocketSight };
}

Deno.test("no broker is found in time when the system takes long to say that nobody listens", async () => {
  using place = new TemporaryDirectory();
  const { found, looks, begun, turn } = caller(place);
  await begun;
  turn(limits.attendMs);
  equal(await found, undefined);
  const late = answer(2);
  looks.get(2)!(late.sight);
  await new Promise((resolve) => setTimeout(resolve));
  deepEqual(late.closed, [2]);
});

Deno.test("the first that answers is the broker, and what another look opens is closed", async () => {
  using place = new TemporaryDirectory();
  const { found, looks, begun, turn } = caller(place);
  await begun;
  const [first, second] = [answer(1), answer(2)];
  looks.get(1)!(first.sight);
  equal((await found)?.conn, first.sight.conn);
  looks.get(2)!(second.sight);
  turn(limits.attendMs);
  await new Promise((resolve) => setTimeout(resolve));
  deepEqual([first.closed, second.closed], [[], [2]]);
});
