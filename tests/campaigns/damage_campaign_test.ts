import assert from "node:assert/strict";
import { damageCampaign } from "./damage_campaign.ts";

Deno.test("damaged store never answers wrongly without saying so", () => {
  const figures = damageCampaign(12);
  assert.equal(figures.wrong, 0, figures.faults[0]);
  assert.equal(figures.refused, 0, "what is ours is mended, not refused");
  assert.ok(figures.detected > 100, `only ${figures.detected} of ${figures.cases} were detected`);
  assert.ok(figures.saved > figures.had / 2, `${figures.saved} of ${figures.had} were saved`);
});
