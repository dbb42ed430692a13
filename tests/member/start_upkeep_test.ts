import assert from "node:assert/strict";
import { limits } from "../../lib/core/limits.ts";
import { startUpkeep } from "../../lib/member/start_upkeep.ts";
import { SimProcess, SimTime } from "../simulation/sim_clock.ts";

/** The ticks of a broker's upkeep, each with whether it showed a pause. */
function upkeep() {
  const time = new SimTime();
  const process = new SimProcess();
  const ticks: boolean[] = [];
  const stop = startUpkeep(time.clockOf(process), (paused) => ticks.push(paused));
  const turn = (forMs: number) => {
    const untilMs = time.nowMs + forMs;
    while (time.advance(untilMs));
  };
  return { time, process, ticks, stop, turn };
}

Deno.test("upkeep comes at its interval until it is ended", () => {
  const { ticks, stop, turn } = upkeep();
  turn(3 * limits.upkeepMs);
  assert.deepEqual(ticks, [false, false, false]);
  stop();
  turn(3 * limits.upkeepMs);
  assert.equal(ticks.length, 3);
});

Deno.test("upkeep tells once that the process was stopped, and only when it was for long", () => {
  const { process, ticks, turn } = upkeep();
  for (const stoppedMs of [limits.pauseShownMs / 2, 60_000]) {
    process.state = "stopped";
    turn(limits.upkeepMs + stoppedMs);
    process.state = "running";
    turn(limits.upkeepMs);
  }
  assert.deepEqual(ticks, [false, false, true, false]);
});

Deno.test("upkeep takes a jump of the wall clock for no pause", () => {
  const { time, ticks, turn } = upkeep();
  for (const stepMs of [3_600_000, -7_200_000]) {
    time.stepWall(stepMs);
    turn(limits.upkeepMs);
  }
  assert.deepEqual(ticks, [false, false]);
});
