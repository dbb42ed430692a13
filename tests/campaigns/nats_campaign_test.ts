import assert from "node:assert/strict";
import { onNats } from "../support/on_nats.ts";
import { natsCampaign } from "./nats_campaign.ts";
import { isClean } from "./tally.ts";

const load = { senders: 2, readers: 2, agents: false };

onNats(
  "bus on NATS loses nothing when its server is killed under load from two machines",
  async () => {
    const figures = await natsCampaign({ servers: 1, kills: 3, ...load, agents: true });
    assert.ok(isClean(figures), JSON.stringify(figures));
    assert.ok(figures.acknowledged >= 60, `only ${figures.acknowledged} were acknowledged`);
  },
);

onNats("bus on three servers of NATS loses nothing when one is killed under load", async () => {
  const figures = await natsCampaign({ servers: 3, kills: 3, ...load });
  assert.ok(isClean(figures), JSON.stringify(figures));
  assert.ok(figures.acknowledged >= 60, `only ${figures.acknowledged} were acknowledged`);
});
