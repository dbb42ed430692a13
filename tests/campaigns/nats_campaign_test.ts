import assert from "node:assert/strict";
import { onNats } from "../support/on_nats.ts";
import { natsCampaign } from "./nats_campaign.ts";
import { isClean } from "./tally.ts";

/** Three servers take longer to agree anew than a test may: that is for the task. */
const load = { senders: 2, readers: 2, agents: true };

onNats(
  "bus on NATS loses nothing when its server is killed under load from two machines",
  async () => {
    const figures = await natsCampaign({ servers: 1, kills: 2, ...load });
    assert.ok(isClean(figures), JSON.stringify(figures));
    assert.ok(figures.acknowledged > 40, `only ${figures.acknowledged} were acknowledged`);
  },
);
