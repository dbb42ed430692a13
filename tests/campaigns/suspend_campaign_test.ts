import assert from "node:assert/strict";
import { suspendCampaign } from "./suspend_campaign.ts";

Deno.test({
  name: "broker stays the broker when all processes of the bus were stopped and go on in any order",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const seed = crypto.getRandomValues(new Int32Array(1))[0]!;
    const figures = await suspendCampaign({
      rounds: 1,
      members: 4,
      pauseMs: 3_000,
      watchMs: 0,
      seed,
    });
    assert.deepEqual(figures, { rounds: 1, depositions: 0, missed: 0 }, `seed ${seed}`);
  },
});
