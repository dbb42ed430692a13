import type { Bus } from "../../lib/bus/bus.ts";
import { NatsBus } from "../../lib/bus/nats/nats_bus.ts";
import { natsSetting } from "../../lib/bus/nats/nats_setting.ts";
import type { Clock } from "../../lib/core/clock.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { systemRandom } from "../../lib/member/system_random.ts";
import { FastClock } from "./fast_clock.ts";

/** A process of the bus at `url`; its waits pass `times` as fast as those of the system. */
export function openNats(
  url: string,
  { times = 1, clock }: { times?: number; clock?: Clock } = {},
): Bus {
  return new NatsBus({
    setting: natsSetting(url),
    clock: clock ?? (times === 1 ? systemClock : new FastClock(times)),
    random: systemRandom,
    pid: Deno.pid,
    machine: "test#1",
    home: "/home/test",
  });
}
