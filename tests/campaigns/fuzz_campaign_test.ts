import assert from "node:assert/strict";
import { seeded } from "../support/seeded.ts";
import { fuzzCampaign } from "./fuzz_campaign.ts";

seeded(
  "parsers of foreign bytes throw proper errors only, however the bytes are cut",
  async (random) => {
    const figures = await fuzzCampaign(20_000, random.whole(0, 0x7fff_ffff));
    assert.deepEqual([figures.crashes, figures.examples], [0, []]);
  },
);
