import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { Pulse } from "../../lib/member/pulse.ts";
import type { PulseOptions } from "../../lib/member/pulse.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";

/** A follower's pulse under a clock that is turned by hand. */
class PulseBench {
  readonly time = new SimTime();
  readonly process = new SimProcess();
  readonly clock = this.time.clockOf(this.process);
  pings = 0;
  silences = 0;
  /** The broker's process is seen to run. */
  isRunning = false;
  looks = 0;
  /** Undefined where nothing but the broker tells. */
  isPassedOver: boolean | undefined;
  #pulse: Pulse | undefined;

  /** `answers`: the broker answers each ping at once. */
  constructor(public answers: boolean) {}

  /** Begins at its first use. */
  get pulse(): Pulse {
    return this.#pulse ??= new Pulse(this.#options());
  }

  #options(): PulseOptions {
    return {
      clock: this.clock,
      ping: () => {
        this.pings += 1;
        // No answer comes in the same moment.
        if (this.answers) this.clock.after(1, () => this.pulse.heard(false));
      },
      isRunning: () => {
        this.looks += 1;
        return this.isRunning;
      },
      onSilent: () => {
        this.silences += 1;
        this.pulse.stop();
      },
      ...(this.isPassedOver === undefined
        ? {}
        : { isPassedOver: () => this.isPassedOver === true }),
    };
  }

  turn(forMs: number): void {
    assert.ok(this.pulse);
    const untilMs = this.time.nowMs + forMs;
    while (this.time.advance(untilMs));
  }

  /** This process is stopped for a while, or the machine sleeps. */
  pause(forMs: number): void {
    this.process.state = "stopped";
    this.turn(forMs);
    this.process.state = "running";
  }
}

Deno.test("broker that answers is never silent, whether something is owed or not", () => {
  const bench = new PulseBench(true);
  bench.turn(60_000);
  const resting = bench.pings;
  assert.equal(resting, Math.floor(60_000 / (limits.restingPulseMs + 1)));
  bench.pulse.sent();
  bench.turn(60_000);
  const more = bench.pings - resting;
  assert.ok(more >= 60_000 / limits.pulseMs / 2, `only ${more} while an answer is owed`);
  assert.equal(bench.silences, 0);
});

Deno.test("broker is silent once it owed an answer for the whole time, not before", () => {
  const bench = new PulseBench(false);
  bench.pulse.sent();
  bench.turn(limits.silentMs - 1);
  assert.equal(bench.silences, 0);
  bench.turn(1);
  assert.equal(bench.silences, 1);
});

Deno.test("silent broker is noticed by a follower that watches, and later by one that wants nothing", () => {
  const idle = new PulseBench(false);
  idle.turn(limits.restingPulseMs + limits.silentMs - 1);
  assert.equal(idle.silences, 0);
  idle.turn(1);
  assert.equal(idle.silences, 1);
  const bench = new PulseBench(false);
  bench.pulse.watches(true);
  bench.turn(limits.watchingLookMs + limits.silentMs);
  assert.equal(bench.silences, 1);
});

Deno.test("broker that was passed over is left at the next look, and before that seldom asked", () => {
  const bench = new PulseBench(true);
  bench.isPassedOver = false;
  bench.pulse.watches(true);
  bench.turn(4 * limits.restingPulseMs);
  assert.ok(bench.pings >= 3 && bench.pings <= 4, `${bench.pings} pings`);
  assert.equal(bench.silences, 0);
  bench.isPassedOver = true;
  bench.turn(limits.watchingLookMs);
  assert.equal(bench.silences, 1);
});

Deno.test("silent broker that nobody has passed over is noticed by a follower at rest, later", () => {
  const bench = new PulseBench(false);
  bench.isPassedOver = false;
  bench.pulse.watches(true);
  bench.turn(limits.restingPulseMs - 1);
  assert.equal(bench.silences, 0);
  bench.turn(limits.watchingLookMs + limits.silentMs);
  assert.equal(bench.silences, 1);
});

Deno.test("follower that is owed an answer does not look whether its broker was passed over", () => {
  const bench = new PulseBench(true);
  bench.isPassedOver = true;
  bench.pulse.sent();
  bench.turn(60_000);
  assert.equal(bench.silences, 0);
});

Deno.test("follower that watches no more looks as seldom as one that never did", () => {
  const bench = new PulseBench(true);
  bench.pulse.watches(true);
  bench.turn(limits.watchingLookMs);
  bench.pulse.watches(false);
  bench.turn(limits.watchingLookMs);
  const before = bench.pings;
  bench.turn(3 * limits.restingPulseMs);
  assert.ok(bench.pings - before <= 3, `${bench.pings - before} pings`);
});

Deno.test("any word of the broker begins the judgement afresh", () => {
  const bench = new PulseBench(false);
  bench.pulse.sent();
  for (let word = 0; word < 10; word++) {
    bench.turn(limits.silentMs - 1);
    bench.pulse.heard(false);
  }
  assert.equal(bench.silences, 0);
});

for (const pauseMs of [3_000, 60_000, 8 * 3_600_000]) {
  Deno.test(`broker has the whole time again after this process was stopped for ${pauseMs} ms`, () => {
    const bench = new PulseBench(false);
    bench.pulse.sent();
    bench.turn(limits.silentMs - 100);
    bench.pause(pauseMs);
    bench.turn(limits.silentMs - 1);
    assert.equal(bench.silences, 0);
    assert.ok(bench.pings > 0, "it was asked again");
    bench.turn(limits.silentMs);
    assert.equal(bench.silences, 1, "a broker that does not come back is noticed");
  });

  Deno.test(`broker that slept with this process for ${pauseMs} ms is not passed over`, () => {
    const bench = new PulseBench(false);
    bench.pulse.sent();
    bench.turn(limits.silentMs - 100);
    bench.pause(pauseMs);
    bench.turn(limits.silentMs / 2);
    bench.answers = true;
    bench.pulse.heard(true);
    bench.turn(60_000);
    assert.equal(bench.silences, 0);
  });
}

Deno.test("judgement does not mind what the wall clock does", () => {
  for (const stepMs of [3_600_000, -3_600_000, 10 * 365 * 86_400_000, -10 * 365 * 86_400_000]) {
    const bench = new PulseBench(false);
    bench.pulse.sent();
    bench.turn(1_000);
    bench.time.stepWall(stepMs);
    bench.turn(limits.silentMs - 1_001);
    assert.equal(bench.silences, 0);
    bench.turn(1);
    assert.equal(bench.silences, 1);
  }
});

Deno.test("broker that is seen to run may be silent for longer, but not for ever", () => {
  const bench = new PulseBench(false);
  bench.isRunning = true;
  bench.pulse.sent();
  bench.turn(limits.silentRunningMs - 1);
  assert.equal(bench.silences, 0);
  assert.ok(bench.looks < 6, `its process was looked at ${bench.looks} times`);
  bench.turn(limits.silentRunningMs);
  assert.equal(bench.silences, 1);
});

Deno.test("broker that ran and was stopped then is silent at the next look at its process", () => {
  const bench = new PulseBench(false);
  bench.isRunning = true;
  bench.pulse.sent();
  bench.turn(limits.silentMs);
  bench.isRunning = false;
  bench.turn(limits.silentMs - 1);
  assert.equal(bench.silences, 0);
  bench.turn(1);
  assert.equal(bench.silences, 1);
});
