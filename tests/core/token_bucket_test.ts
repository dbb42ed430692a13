import assert from "node:assert/strict";
import { TokenBucket } from "../../lib/core/token_bucket.ts";

Deno.test("TokenBucket gives its burst at once, then says how long the next one takes", () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 100);
  for (let taken = 0; taken < 3; taken++) {
    assert.equal(bucket.waitMs(1, 100), 0);
    bucket.take(1);
  }
  assert.equal(bucket.waitMs(1, 100), 500);
  assert.equal(bucket.waitMs(1, 350), 250);
  assert.equal(bucket.waitMs(1, 600), 0);
  assert.equal(bucket.waitMs(2, 600), 500);
});

Deno.test("TokenBucket holds no more than its burst, however long nothing is taken", () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 1000 }, 0);
  assert.equal(bucket.waitMs(3, 1e12), 0);
  bucket.take(3);
  assert.equal(bucket.waitMs(1, 1e12), 1);
});

Deno.test("TokenBucket is not filled by asking, nor by a time that came before", () => {
  const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, 1000);
  bucket.take(1);
  for (let ask = 0; ask < 100; ask++) assert.equal(bucket.waitMs(1, 1000), 1000);
  assert.equal(bucket.waitMs(1, 0), 1000);
  assert.equal(bucket.waitMs(1, 1500), 500);
});
