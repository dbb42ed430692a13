import assert from "node:assert/strict";
import { stopCampaign } from "./stop_campaign.ts";
import { isClean } from "./tally.ts";

for (const state of ["busy", "idle"] as const) {
  Deno.test({
    name:
      `bus passes its broker over and takes it back as a follower when it is stopped while ${state}`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const figures = await stopCampaign({ stops: 2, senders: 2, readers: 2, state });
      assert.ok(isClean(figures), JSON.stringify(figures));
    },
  });
}
