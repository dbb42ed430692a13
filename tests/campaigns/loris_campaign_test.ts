import assert from "node:assert/strict";
import { lorisCampaign } from "./loris_campaign.ts";

Deno.test({
  name: "broker with few descriptors serves its members and newcomers under a flood of strangers",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { failures, survived } = await lorisCampaign(1_000, 64);
    assert.deepEqual(failures, []);
    assert.ok(survived);
  },
});
