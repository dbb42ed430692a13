import type { Bus } from "../../lib/bus/bus.ts";
import { natsSetting } from "../../lib/bus/nats/nats_setting.ts";
import { Realm } from "../../lib/bus/nats/realm.ts";
import type { Clock } from "../../lib/core/clock.ts";
import { systemClock } from "../../lib/member/system_clock.ts";
import { systemRandom } from "../../lib/member/system_random.ts";
import { FastClock } from "./fast_clock.ts";

export function openNats(
  url: string,
  { times = 1, clock }: { times?: number; clock?: Clock } = {},
): Bus {
  let realm: Realm | undefined;
  const time = clock ?? (times === 1 ? systemClock : new FastClock(times));
  return {
    join: async () => {
      realm = await Realm.open(natsSetting(url), { clock: time, random: systemRandom });
      return { name: "claude-shop", unread: 0 };
    },
    leave: async () => {
      await realm?.close();
    },
  } as unknown as Bus;
}
