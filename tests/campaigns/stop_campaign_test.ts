import assert from "node:assert/strict";
import { stopCampaign, stopStates } from "./stop_campaign.ts";
import { isClean } from "./tally.ts";

const moments = { idle: "while idle", busy: "under load", commit: "inside a commit" };

for (const state of stopStates) {
  Deno.test({
    name: `bus passes its broker over, and loses and repeats nothing, when it is stopped ${
      moments[state]
    }`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const figures = await stopCampaign({ stops: 1, senders: 2, readers: 2, state });
      assert.ok(isClean(figures) && figures.stops === 1, JSON.stringify(figures));
      if (state === "commit") assert.equal(figures.insideCommits, 1);
      // Who has no lock follows when it goes on; who has it keeps everybody from writing.
      assert.equal(figures.ended, figures.insideCommits);
    },
  });
}
