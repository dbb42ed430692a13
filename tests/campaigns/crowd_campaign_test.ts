import assert from "node:assert/strict";
import { onNats } from "../support/on_nats.ts";
import { crowdCampaign } from "./crowd_campaign.ts";

onNats(
  "crowd on NATS reads what is sent to all, once, before its server is killed and after",
  async () => {
    const figures = await crowdCampaign({ agents: 60, processes: 2, restMs: 0 });
    assert.deepEqual([figures.missing, figures.unmarkedRepeats, figures.failures], [0, 0, 0]);
  },
);
