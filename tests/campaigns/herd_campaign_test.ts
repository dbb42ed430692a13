import assert from "node:assert/strict";
import { herd, isRight } from "./herd_campaign.ts";

Deno.test("of processes that start at once one is the broker, and no call of the others fails", async () => {
  const round = await herd(16);
  assert.ok(isRight(round, 16), JSON.stringify(round));
});
