import assert from "node:assert/strict";
import { killCampaign } from "./kill_campaign.ts";
import { isClean } from "./tally.ts";

Deno.test("bus loses nothing and fails no call when its broker is killed under load", async () => {
  const figures = await killCampaign({ kills: 3, senders: 3, readers: 3, victim: "broker" });
  assert.ok(isClean(figures), JSON.stringify(figures));
  assert.equal(figures.brokerKills, 3);
  assert.ok(figures.acknowledged >= 100, `only ${figures.acknowledged} were acknowledged`);
});

Deno.test("bus loses nothing and fails no call when any member is killed under load", async () => {
  const figures = await killCampaign({ kills: 3, senders: 3, readers: 3, victim: "any" });
  assert.ok(isClean(figures), JSON.stringify(figures));
});
