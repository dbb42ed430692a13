import assert from "node:assert/strict";
import { killAfterCommit } from "./lost_reply_campaign.ts";

Deno.test("send whose broker was killed after the commit is answered with the same number, and stored once", async () => {
  const { sends, sameNumber, storedOnce } = await killAfterCommit(2);
  assert.equal(sends, 200);
  assert.deepEqual({ sameNumber, storedOnce }, { sameNumber: sends, storedOnce: sends });
});
