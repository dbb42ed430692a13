import assert from "node:assert/strict";
import { LiveTelling } from "../../../lib/bus/nats/live_telling.ts";
import type { LiveRecord } from "../../../lib/bus/nats/records.ts";
import { limits } from "../../../lib/core/limits.ts";
import { systemRandom } from "../../../lib/member/system_random.ts";
import { SimProcess, SimTime } from "../../simulation/sim_clock.ts";

/** A process among `crowd` others, and what it has told. */
class Teller {
  readonly #time = new SimTime();
  readonly told: LiveRecord[] = [];
  readonly telling: LiveTelling;
  reconnect: () => void = () => {};

  constructor(crowd: number) {
    const clock = this.#time.clockOf(new SimProcess());
    const random = { ...systemRandom, fraction: () => 0.5 };
    const onReconnect = (heard: () => void) => {
      this.reconnect = heard;
      return () => {};
    };
    this.telling = new LiveTelling({
      link: { clock, random, crowd, onReconnect },
      records: { put: (_key, record) => Promise.resolve(this.told.push(record)) },
      instance: "one",
      first: { box: 7, pid: 1, machine: "here#1", atMs: 0, unread: 0 },
      onRenew: () => {},
    });
  }

  static async start(crowd: number): Promise<Teller> {
    const teller = new Teller(crowd);
    await teller.telling.start();
    return teller;
  }

  /** What it tells within the next `ms`. */
  within(ms: number): (boolean | undefined)[] {
    const { length } = this.told;
    const untilMs = this.#time.nowMs + ms;
    while (this.#time.advance(untilMs)) continue;
    return this.told.slice(length).map(({ waiting }) => waiting);
  }
}

Deno.test("a change is told within the pause between two when few are there", async () => {
  const teller = await Teller.start(10);
  teller.telling.tell({ waiting: true });
  assert.deepEqual(teller.within(limits.natsTellMs), [true]);
  teller.telling.tell({ waiting: undefined });
  assert.deepEqual(teller.within(limits.natsTellMs - 1), []);
  assert.deepEqual(teller.within(1), [undefined]);
});

Deno.test("a change is told in a crowd at a moment of chance, and what was taken back by then is not", async () => {
  const teller = await Teller.start(100);
  const lateMs = 100 * 100 * limits.natsTellPairMs / 2;
  teller.telling.tell({ waiting: true });
  assert.deepEqual(teller.within(lateMs - 1), []);
  assert.deepEqual(teller.within(1), [true]);
  teller.telling.tell({ waiting: undefined });
  teller.telling.tell({ waiting: true });
  assert.deepEqual(teller.within(lateMs), []);
});

Deno.test("what was taken back is told when somebody was answered it meanwhile", async () => {
  const teller = await Teller.start(100);
  teller.telling.tell({ waiting: true });
  const answer = JSON.parse(new TextDecoder().decode(teller.telling.answer()));
  assert.equal(answer.waiting, true);
  teller.telling.tell({ waiting: undefined });
  assert.deepEqual(teller.within(limits.natsRenewMs - 1), [undefined]);
  assert.ok(teller.telling.own.changes! > answer.changes);
});

Deno.test("all is told again when the server was away: its disk may be lost", async () => {
  const teller = await Teller.start(1);
  teller.reconnect();
  assert.deepEqual(teller.within(limits.natsTellMs), [undefined]);
});

Deno.test("nothing is told after the end", async () => {
  const teller = await Teller.start(1);
  teller.telling.tell({ waiting: true });
  teller.telling.end();
  assert.deepEqual(teller.within(10 * limits.natsRenewMs), []);
});
