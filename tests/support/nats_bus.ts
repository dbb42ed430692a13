import type { Bus } from "../../lib/bus/bus.ts";
import { NatsBus } from "../../lib/bus/nats/nats_bus.ts";
import { natsSetting } from "../../lib/bus/nats/nats_setting.ts";
import type { Clock } from "../../lib/core/clock.ts";
import { HustingsError } from "../../lib/core/errors.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { systemRandom } from "../../lib/member/system_random.ts";
import { FastClock } from "./fast_clock.ts";

export interface OpenNatsOptions {
  readonly clock?: Clock;
  /** How many times as fast its clock runs. */
  readonly times?: number;
  /** On which machine it says that it is. */
  readonly machine?: string;
}

/** One process's part in the bus at `url`, in this process. */
export function openNats(
  url: string,
  { times = 1, clock, machine = "here#1" }: OpenNatsOptions = {},
): Bus {
  return new NatsBus({
    setting: natsSetting(url),
    clock: clock ?? (times === 1 ? systemClock : new FastClock(times)),
    random: systemRandom,
    pid: Deno.pid,
    machine,
    home: "/home/test",
  });
}

/** The same for a URL that may be none, as a process with such a `HUSTINGS_URL` is told. */
export function natsRefusal(url: string): HustingsError | undefined {
  try {
    natsSetting(url);
    return undefined;
  } catch (error) {
    if (error instanceof HustingsError) return error;
    throw error;
  }
}
